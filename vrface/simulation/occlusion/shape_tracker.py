"""A simulated tracker of shapes, at mouth or brows: what it makes of a face, sensors version 1."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import index
from vrface.face.extras import CORE, EXTRAS
from vrface.sensors.stream import Stream

GAIN = (0.85, 1.15)
"""Least and largest gain of a channel; one for each donning."""

NOISE_TIME_CONSTANT_S = 0.1
"""How long the noise remembers itself; assumed."""


def shapes(
    channels: Sequence[str],
    weights: NDArray[np.float32],
    stream: Stream,
    donning: np.random.Generator,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Sense shapes of the face.

    Each channel is the true weight times its gain, plus first-order autoregressive noise whose
    standard deviation is the profile's, clipped to [0, 1].

    Args:
        channels: Names of the shapes: of the 54, or extras. An extra that is a part of one of the
            54 moves as that does; any other is at rest, since no face here has it.
        weights: [samples, 54] the face at the stream's own rate.
        stream: Whose rate and noise.
        donning: Draws what stays the same while the headset is on: the gains.
        rng: Draws the noise.

    Returns:
        [samples, channels] in [0, 1]; NaN where the face is unknown.
    """
    truth = np.stack([true_shape(name, weights) for name in channels], axis=1)
    gain = donning.uniform(*GAIN, len(channels))
    noise = _autoregressive(rng, truth.shape, stream.rate_hz) * stream.noise
    return np.clip(truth * gain + noise, 0.0, 1.0).astype(np.float32)


def true_shape(name: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a shape of a tracker is at, before any tracker looks.

    Args:
        name: One of the 54, or an extra: a part of one of the 54 moves as that does, any other one
            is at rest.
        weights: [samples, 54]; NaN = unknown.

    Returns:
        [samples]; NaN where the face, or this shape of it, is unknown.
    """
    if name not in EXTRAS:
        return weights[:, index(name)]
    if name in CORE:
        return weights[:, index(CORE[name])]
    known = np.isfinite(weights).any(axis=1)
    return np.where(known, np.float32(0.0), np.float32(np.nan))


def _autoregressive(
    rng: np.random.Generator, shape: tuple[int, ...], rate_hz: float
) -> NDArray[np.float64]:
    """Noise of standard deviation 1 along axis 0, stationary from the first sample."""
    memory = np.exp(-1 / (rate_hz * NOISE_TIME_CONSTANT_S))
    noise = rng.standard_normal(shape)
    noise[1:] *= np.sqrt(1 - memory**2)
    for before, now in pairwise(noise):
        now += memory * before
    return noise
