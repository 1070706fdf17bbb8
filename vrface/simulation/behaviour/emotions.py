"""Feelings that show."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.actions import EMOTIONS, UPPER, numbers
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import LISTEN, TALK, Plan
from vrface.simulation.wearer import Wearer


def emotions(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Feelings that show: mostly smiles, slow to come and go, of any strength.

    A third come with an act of the upper face of its own: a smile is not always in the eyes, and a
    mouth tracker cannot tell all (AU6 goes with the intensity of a smile, not with its truth:
    Ambadar 2009).
    """
    start_s = plan.arrivals(rng, {LISTEN: wearer.emotions, TALK: wearer.emotions / 2})
    count = len(start_s)
    likely = {"smile": 0.35, "smile_closed": 0.25}
    others = (1 - sum(likely.values())) / (len(EMOTIONS) - len(likely))
    chance = [likely.get(name, others) for name in EMOTIONS]
    shown = Events(
        track=rng.choice(numbers(EMOTIONS), count, p=chance),
        start_s=start_s,
        attack_s=rng.uniform(0.3, 0.9, count),
        hold_s=rng.exponential(1.2, count),
        release_s=rng.uniform(0.5, 1.5, count),
        height=rng.beta(2.0, 2.0, count),
    )
    with_it = shown.kept(rng.uniform(size=count) < 1 / 3)
    count = len(with_it.start_s)
    beside = Events(
        track=rng.choice(numbers(UPPER), count),
        start_s=with_it.start_s + rng.uniform(-0.3, 0.3, count),
        attack_s=with_it.attack_s,
        hold_s=with_it.hold_s * rng.uniform(0.3, 1.0, count),
        release_s=with_it.release_s,
        height=rng.beta(2.0, 3.0, count),
    )
    return Events.joined([shown, beside])
