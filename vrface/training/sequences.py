"""From paired recordings to sequences to learn from, by the path that serving takes."""

from __future__ import annotations

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.model import ridge
from vrface.model.architecture import Carry
from vrface.model.features import PLANES, WIDTH, Features
from vrface.sensors.hindsight import aligned_frames
from vrface.sensors.paired import Paired
from vrface.session.observation import seconds_between as seconds_between

CHUNK = 512
"""Frames that are scanned at once: of one size, so that recordings of any length compile once."""


def features_of(paired: Paired) -> NDArray[np.float32]:
    """[frames, 4, 256] features of a recording at its frames, made with `Levels.none`."""
    features = Features(paired.headset)
    rows = np.empty((len(paired.frame_time_ns), len(PLANES), WIDTH), np.float32)
    for frames, aligned in aligned_frames(paired):
        rows[frames] = features(aligned)
    return rows


def regressors_of(
    features: NDArray[np.float32], dt: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """The ridge's regressors of every frame, by the step that serving takes.

    Args:
        features: [frames, W, 4, 256].
        dt: [frames, W] seconds since the frame before.

    Returns:
        [frames, W, `ridge.REGRESSORS`], and [frames, W] the combination of sensors that is there.
    """
    frames, wearers = dt.shape
    carry, chunks = ridge.new_carry(wearers), []
    for first in range(0, frames, CHUNK):
        here = slice(first, first + CHUNK)
        missing = (0, max(first + CHUNK - frames, 0))
        chunk = np.pad(features[here], (missing, (0, 0), (0, 0), (0, 0)))
        carry, rows = _scan(carry, chunk, np.pad(dt[here], (missing, (0, 0))))
        chunks.append(rows)
    regressors, there = (np.concatenate(parts)[:frames] for parts in zip(*chunks, strict=True))
    return regressors, there


@jax.jit
def _scan(
    carry: Carry, features: jax.Array, dt: jax.Array
) -> tuple[Carry, tuple[jax.Array, jax.Array]]:
    def frame(
        carry: Carry, inputs: tuple[jax.Array, jax.Array]
    ) -> tuple[Carry, tuple[jax.Array, jax.Array]]:
        carry, rows, combination = ridge.regressors(carry, *inputs)
        return carry, (rows, combination)

    return jax.lax.scan(frame, carry, (features, dt))
