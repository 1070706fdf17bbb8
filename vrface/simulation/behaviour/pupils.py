"""The pupils of a simulated wearer."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.eye_habits import EyeHabits
from vrface.simulation.behaviour.motion import Floats, waves
from vrface.simulation.behaviour.plan import ACTIVITIES, LAUGH, LISTEN, POSE, READ, TALK, Plan

UNREST_HZ = (0.02, 0.6)
"""Pupils are never still: slow noise below 1 Hz (Stark, Campbell & Atwood 1958); the slowest is the
light of what is looked at, assumed."""

# How much of the effort of talking each activity is; assumed. Effort widens the pupil within a
# second or two (Beatty 1982).
_EFFORT = {TALK: 1.0, LISTEN: 0.5, POSE: 0.6, READ: 0.7, LAUGH: 1.2}
_EFFORT_S = 1.5

_APART_MM = 0.02  # SD of what one pupil does without the other; assumed


def pupils(rng: np.random.Generator, plan: Plan, habits: EyeHabits, time_s: Floats) -> Floats:
    """Diameter of both pupils: at rest at both ends, nearly the same in both eyes.

    Args:
        rng: Where the randomness comes from.
        plan: What the wearer is up to.
        habits: Whose pupils.
        time_s: [times] increasing.

    Returns:
        [times, 2] mm, left and right.
    """
    effort = np.array([_EFFORT.get(activity, 0.0) for activity in range(ACTIVITIES)])
    wider = habits.pupil_effort_mm * plan.level(effort, time_s, _EFFORT_S)
    both = habits.pupil_unrest_mm * waves(rng, time_s, 1, UNREST_HZ, 16)
    own = _APART_MM * waves(rng, time_s, 2, UNREST_HZ, 8)
    unrest = (both + own) * plan.awake(time_s)[:, None]
    return np.clip(habits.pupil_mm + wider[:, None] + unrest, 1.5, 9.0)
