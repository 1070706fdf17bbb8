"""What goes on while nothing does: a resting face wanders, a jaw is clenched."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import COUNT, PAIR
from vrface.simulation.behaviour.motion import Events, Floats, waves
from vrface.simulation.behaviour.plan import LISTEN, POSE, READ, STILL, Plan
from vrface.simulation.wearer import Wearer

_UNTIED = 0.1  # of what both sides do: left and right go together, r .97-1.0, on ARKit

_WAVERS = 0.08


def drift(rng: np.random.Generator, plan: Plan, wearer: Wearer, time_s: Floats) -> Floats:
    """[times, 54] slow wandering of a face at rest: a few hundredths, .02-.6 Hz.

    The calm stretches of open Live Link Face takes wander by SD .01-.03, more in shapes that rest
    away from 0.
    """
    wandering = waves(rng, time_s, COUNT, (0.02, 0.6), 24)
    tied = wandering[:, PAIR] + _UNTIED * wandering
    reach: Floats = 0.003 + 0.08 * wearer.rest
    return plan.awake(time_s)[:, None] * tied * reach


def unsteady(rng: np.random.Generator, tracks: int, time_s: Floats) -> Floats:
    """[tracks, times] about 1: nobody holds an act without wavering. How far is assumed."""
    wavering: Floats = 1.0 + _WAVERS * waves(rng, time_s, tracks, (0.3, 3.0), 12).T
    return wavering


def clenches(rng: np.random.Generator, plan: Plan, wearer: Wearer, time_s: Floats) -> Floats:
    """[times] how hard the jaw is clenched, 0 to 1, while the mouth is still: nothing moves.

    How often and how long is assumed; some people never do.
    """
    rate = wearer.clenches
    start_s = plan.arrivals(rng, {STILL: rate, READ: rate, LISTEN: rate / 2, POSE: rate})
    count = len(start_s)
    found = Events(
        track=np.zeros(count, np.intp),
        start_s=start_s,
        attack_s=rng.uniform(0.1, 0.3, count),
        hold_s=np.exp(rng.normal(0.0, 0.7, count)),
        release_s=rng.uniform(0.1, 0.4, count),
        height=rng.beta(2.0, 1.5, count),
    )
    held: Floats = plan.settled(found).levels(time_s, 1)[0].clip(0.0, 1.0)
    return held
