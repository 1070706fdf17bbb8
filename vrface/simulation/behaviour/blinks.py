"""Blinks of a simulated wearer."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import LISTEN, POSE, STILL, TALK, Plan
from vrface.simulation.wearer import Wearer


def blinks(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Spontaneous blinks: height 1 is this wearer's full closure.

    About half are partial (Ousler 2014); closed for 10-50 ms; no two durations are alike. Intervals
    follow a gamma law of shape 2, more regular than chance. Prompted or still, people blink as at
    rest.
    """
    resting = wearer.blinks_resting
    start_s = plan.arrivals(
        rng,
        {TALK: wearer.blinks_talking, LISTEN: resting, POSE: resting, STILL: resting},
        regularity=2.0,
    )
    count = len(start_s)
    partial = rng.uniform(size=count) < 0.5
    return Events(
        track=np.zeros(count, dtype=np.intp),
        start_s=start_s,
        attack_s=wearer.closing_s * np.exp(rng.normal(0.0, 0.12, count)),
        hold_s=rng.uniform(0.01, 0.05, count),
        release_s=wearer.opening_s * np.exp(rng.normal(0.0, 0.15, count)),
        height=np.where(partial, rng.uniform(0.4, 0.8, count), rng.uniform(0.85, 1.0, count)),
    )
