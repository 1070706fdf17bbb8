"""A performance, and who wears what in it, for tests of what senses it."""

from functools import cache

from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance, perform
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn

VIVE = headset("vive_pro_eye_lip")


@cache
def performance(wearer: int = 7, seed: int = 7, seconds: float = 20.0) -> Performance:
    return perform(Wearer.drawn(wearer), seed=seed, seconds=seconds)


def worn(wearer: int = 7, seed: int = 7, number: int = 0, seconds: float = 20.0) -> Worn:
    return Worn(performance(wearer, seed, seconds), VIVE, Donning.drawn(wearer, number))
