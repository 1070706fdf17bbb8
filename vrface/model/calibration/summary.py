"""Summaries: what some seconds of a wearer say of the wearer, in a few figures a quantity.

Of a sensor: where it rests, how far it goes, how busy it is. Of a face, where its truth is known:
the same of each weight. A network that is told them knows a lively face from a calm one before it
moves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.resting import relative
from vrface.model.features import PLANES

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of a sensor's values."""

SENSOR_FIGURES = len(QUANTILES) + 1
"""How many figures a sensor has: `QUANTILES`, then its mean absolute change a second."""

FACE_QUANTILES = (0.6, 0.75, 0.9, 0.97)
"""Of a weight relative to its rest: a face rests most of the time."""

FACE_FIGURES = len(FACE_QUANTILES) + 3
"""How many figures a weight has: where it rests, `FACE_QUANTILES`, its mean, its mean absolute
change a second."""

REST = QUANTILES.index(0.5)
"""The place of a sensor's rest among its figures: what it reads most of the time. Over half a
minute the median is nearer to a resting face than what is read where the face is calmest: a held
pose is calm too (docs/decisions/0008-protocol.md has the figures)."""

CHANGE_S = 1.0 / 15.0
"""Seconds that a weight's change is taken over, at any frame rate: over less it would be of the
jitter of whatever told the face."""

LEAST = 8
"""Values that a quantity must have, or nothing is said of it."""

_VALUE, _DIFFERENCE, _PRESENT = (PLANES.index(name) for name in ("value", "difference", "present"))


def of_sensors(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """The figures of each slot.

    Args:
        features: [frames, 4, slots] made with `Levels.none`, so that values are the sensors' own.

    Returns:
        [`SENSOR_FIGURES`, slots]; NaN for slots that were not seen.
    """
    seen = features[:, _PRESENT] > 0
    nowhere = np.float32(np.nan)
    value = np.where(seen, features[:, _VALUE], nowhere).astype(np.float32)
    change = np.where(seen, np.abs(features[:, _DIFFERENCE]), nowhere).astype(np.float32)
    return np.concatenate([_quantiles(value, QUANTILES), _mean(change)])


def of_face(weights: NDArray[np.floating], seconds: NDArray[np.floating]) -> NDArray[np.float32]:
    """The figures of each weight.

    Args:
        weights: [frames, 54]; NaN = unknown.
        seconds: [frames] since some instant, increasing.

    Returns:
        [`FACE_FIGURES`, 54]; NaN for shapes that were not seen.
    """
    weights = np.asarray(weights, np.float32)
    rest = _quantiles(weights, (0.5,))
    moved = relative(weights, rest)
    later = np.searchsorted(seconds, np.asarray(seconds) + CHANGE_S - 1e-6)
    now = np.flatnonzero(later < len(seconds))
    later = later[now]
    steps = np.maximum(seconds[later] - seconds[now], 1e-3)[:, None]
    change = _mean((np.abs(moved[later] - moved[now]) / steps).astype(np.float32))
    return np.concatenate([rest, _quantiles(moved, FACE_QUANTILES), _mean(moved), change])


def _quantiles(values: NDArray[np.float32], shares: tuple[float, ...]) -> NDArray[np.float32]:
    """[shares, channels] of known values, linear between two; NaN where fewer than `LEAST` are."""
    if not len(values):
        return np.full((len(shares), values.shape[1]), np.nan, np.float32)
    count = np.isfinite(values).sum(axis=0)
    in_order = np.sort(values, axis=0)  # NaN comes last
    place = np.array(shares)[:, None] * np.maximum(count - 1, 0)[None, :]
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high = (np.take_along_axis(in_order, at, axis=0) for at in (below, above))
    found = low + (place - below) * (high - low)
    return np.where(count >= LEAST, found, np.nan).astype(np.float32)


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """[1, channels] of known values; NaN where there are fewer than `LEAST`."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0, dtype=np.float64)
    mean = total / np.maximum(count, 1)
    return np.where(count >= LEAST, mean, np.nan).astype(np.float32)[None]
