"""The slow wandering of a face at rest."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.simulation.behaviour.motion import Floats, smooth
from vrface.simulation.wearer import Wearer

SETTLED_S = 0.5
"""A take begins and ends in the resting face for this long: one take can follow another."""


def drift(rng: np.random.Generator, wearer: Wearer, time_s: Floats, seconds: float) -> Floats:
    """[times, 54] slow wandering of a face at rest: a few hundredths, .02-.6 Hz.

    The calm stretches of open Live Link Face takes wander by SD .01-.03, more in shapes that rest
    away from 0.
    """
    waves = 24
    frequency_hz = np.exp(rng.uniform(np.log(0.02), np.log(0.6), waves))
    phase = rng.uniform(0.0, 2 * np.pi, waves)
    shares = rng.standard_normal((waves, COUNT)) / np.sqrt(waves / 2)
    wave = np.sin(2 * np.pi * frequency_hz * time_s[:, None] + phase)
    fade = smooth(np.minimum(time_s, seconds - time_s) / SETTLED_S)[:, None]
    drift: Floats = (fade * wave) @ (shares * (0.003 + 0.08 * wearer.rest))
    return drift
