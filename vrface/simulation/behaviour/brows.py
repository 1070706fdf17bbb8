"""Brow raises of conversation."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.actions import numbers
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import LISTEN, TALK, Plan
from vrface.simulation.wearer import Wearer


def brow_raises(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Brow raises of conversation, and the brow knit now and then.

    38 % come while not speaking (Guaitella, Cave): talking lasts twice as long as listening here,
    so the rate while listening is ``2 * .38 / .62`` of that while talking.
    """
    per_minute = {TALK: wearer.brow_raises, LISTEN: wearer.brow_raises * 2 * 0.38 / 0.62}
    start_s = plan.arrivals(rng, per_minute)
    count = len(start_s)
    return Events(
        track=rng.choice(numbers(("brow_raise", "brow_knit")), count, p=[0.8, 0.2]),
        start_s=start_s,
        attack_s=rng.uniform(0.12, 0.35, count),
        hold_s=rng.exponential(0.4, count),
        release_s=rng.uniform(0.2, 0.6, count),
        height=rng.beta(2.0, 3.0, count),
    )
