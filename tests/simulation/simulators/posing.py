"""A wearer who does as told, for the tests of sensors on the skin."""

from dataclasses import replace
from functools import cache

import numpy as np

from vrface.face.blendshapes import indices
from vrface.rig.rig import Rig
from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn

EVERYTHING = headset("everything")


@cache
def head(seed):
    return Rig.drawn(seed)


@cache
def background(wearer, seconds):
    return perform(Wearer.drawn(wearer), seed=1, seconds=seconds)


def posing(shapes, level, *, wearer=1, clench=0.0, seconds=6.0):
    """Still but for `shapes`, which follow ``level(time_s)``."""
    still = background(wearer, seconds)
    pulse = level(still.time_s)
    weights = np.tile(still.wearer.rest, (len(pulse), 1))
    if shapes:
        weights[:, indices(shapes)] += pulse[:, None] * (1 - weights[:, indices(shapes)])
    return replace(
        still,
        weights=weights.astype(np.float32),
        clench=(clench * pulse).astype(np.float32),
    )


def step(time_s, at_s=3.0):
    """Nothing in the first half, all in the second."""
    return np.clip((time_s - at_s) / 0.2, 0.0, 1.0)


def wear(performance, *, wearer=1, number=0, held_out=False, **seat):
    """With a headset of all sensors on; `seat` replaces what the donning drew."""
    donning = Donning.drawn(wearer, number, held_out=held_out)
    return Worn(performance, EVERYTHING, replace(donning, **seat), head(wearer))


def sensed(name, worn, seconds=6.0):
    """Times and [samples, channels] of one stream."""
    stream = EVERYTHING.streams[EVERYTHING.stream_index(name)]
    time_s = np.arange(0.0, seconds, 1 / stream.rate_hz)
    return time_s, SIMULATORS[name].sense(stream, worn, time_s)


def positions(name):
    stream = EVERYTHING.streams[EVERYTHING.stream_index(name)]
    return np.array([pose[:3] for pose in stream.positions])


def change(time_s, values):
    """[channels] the mean after the step less that before it, with what settles left out."""
    return values[time_s > 4.0].mean(axis=0) - values[time_s < 2.5].mean(axis=0)
