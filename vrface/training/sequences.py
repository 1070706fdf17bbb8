"""From paired recordings to sequences to learn from, by the path that serving takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.model import ridge
from vrface.model.architecture import Carry
from vrface.model.features import PLANES, WIDTH, Features, Levels
from vrface.sensors.align import LONGEST_S, Align
from vrface.sensors.paired import Paired, column_frames

GROUP = 32
"""Recordings whose features are made side by side: 32 of 40 s at 60 Hz are 84 MB."""

CHUNK = 512
"""Frames that are scanned at once: of one size, so that recordings of any length compile once."""


def features_of(paireds: Sequence[Paired]) -> NDArray[np.float32]:
    """Features of recordings through one headset, seen against nothing (`Levels.none`).

    Args:
        paireds: W recordings; shorter ones repeat their last frame.

    Returns:
        [frames, W, 4, 256].
    """
    headset = paireds[0].headset
    align, features = Align(headset, len(paireds)), Features(headset)
    none = Levels.none(len(paireds))
    steps = max(len(paired.frame_time_ns) for paired in paireds)
    rows = np.empty((steps, len(paireds), len(PLANES), WIDTH), np.float32)
    for step, (frame_time_ns, samples) in enumerate(column_frames(paireds)):
        align.push(samples)
        rows[step] = features(align.at(frame_time_ns), none)
    return rows


def features_by_log(
    paireds: Sequence[Paired],
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Features of each recording at its own frame times, seen against nothing.

    Yields:
        The recording's number and [frames, 4, 256]; those of one headset follow each other, those
        of like length together.
    """
    order = sorted(
        range(len(paireds)),
        key=lambda n: (paireds[n].headset.name, len(paireds[n].frame_time_ns)),
    )
    for _, same in groupby(order, key=lambda n: paireds[n].headset):
        numbers = list(same)
        for first in range(0, len(numbers), GROUP):
            group = numbers[first : first + GROUP]
            features = features_of([paireds[number] for number in group])
            for row, number in enumerate(group):
                yield number, features[: len(paireds[number].frame_time_ns), row]


def seconds_between(frame_time_ns: NDArray[np.int64]) -> NDArray[np.float32]:
    """[frames] seconds since the frame before, as the pipeline tells its model; 0 for the first."""
    since = np.diff(frame_time_ns, prepend=frame_time_ns[:1]) / 1e9
    return np.minimum(since, LONGEST_S).astype(np.float32)


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
