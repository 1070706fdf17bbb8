"""Plans and people that several tests of behaviour draw."""

import numpy as np

from vrface.simulation.behaviour.eye_habits import EyeHabits
from vrface.simulation.behaviour.plan import Plan


def rng(seed=0):
    return np.random.default_rng(seed)


def whole(activity, seconds=600.0):
    """A plan of one activity only."""
    return Plan(np.array([0.0, seconds]), np.array([activity]))


EYES = [EyeHabits.drawn(rng(seed)) for seed in range(12)]
