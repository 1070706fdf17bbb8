"""A range of motion: posed acts, one after another."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.actions import EMOTIONS, FACE_POSES, MOUTH_POSES, UPPER, numbers
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import POSE, Plan


def poses(rng: np.random.Generator, plan: Plan) -> Events:
    """A range of motion: one act after another, strong, with a rest between.

    Posed acts rise faster and go further than spontaneous ones (Schmidt 2003, 2009).
    """
    acts = numbers({**UPPER, **EMOTIONS, **MOUTH_POSES, **FACE_POSES})
    parts = []
    for start, stop in plan.stretches(POSE):
        most = int((stop - start) / 0.6) + 1
        attack_s, release_s = rng.uniform(0.12, 0.4, (2, most))
        hold_s, gap_s = rng.uniform(0.3, 1.8, most), rng.uniform(0.1, 0.8, most)
        length_s = attack_s + hold_s + release_s
        act = Events(
            track=rng.choice(acts, most),
            start_s=start + np.cumsum(gap_s + length_s) - length_s,
            attack_s=attack_s,
            hold_s=hold_s,
            release_s=release_s,
            height=rng.uniform(0.5, 1.2, most),
        )
        parts.append(act.kept(act.stop_s < stop))
    return Events.joined(parts or [_NOTHING])


_NOTHING = Events(np.zeros(0, dtype=np.intp), *np.zeros((5, 0)))
