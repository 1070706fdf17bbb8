"""A simulated mouth tracker: what it makes of a mouth, in evaluation sensors version 1."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.sensors.headset import Stream

GAIN = (0.85, 1.15)
"""Least and largest gain of a channel; one for each donning."""

NOISE_TIME_CONSTANT_S = 0.1
"""How long the noise remembers itself; assumed."""


def mouth(
    stream: Stream,
    weights: NDArray[np.float32],
    donning: np.random.Generator,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Sense the mouth.

    Each channel is the true weight times its gain, plus first-order autoregressive noise whose
    standard deviation is the profile's, clipped to [0, 1].

    Args:
        stream: The mouth tracker of a headset.
        weights: [samples, 54] the face at the stream's own rate.
        donning: Draws what stays the same while the headset is on: the gains.
        rng: Draws the noise.

    Returns:
        [samples, channels] in [0, 1]; NaN where the face is unknown.
    """
    truth = weights[:, indices(stream.channels)]
    gain = donning.uniform(*GAIN, len(stream.channels))
    noise = _autoregressive(rng, truth.shape, stream.rate_hz) * stream.noise
    return np.clip(truth * gain + noise, 0.0, 1.0).astype(np.float32)


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
