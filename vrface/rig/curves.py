"""Smooth curves through a few points, and the smooth joining of surfaces."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def curve(knots: ArrayLike, values: ArrayLike, at: ArrayLike) -> Array:
    """A monotone cubic through points (Fritsch and Carlson 1980, with harmonic slopes).

    Args:
        knots: [knots] increasing.
        values: [knots, ...].
        at: [places]; clipped to the range of the knots.

    Returns:
        [places, ...].
    """
    x, y = np.asarray(knots, np.float64), np.asarray(values, np.float64)
    place = np.clip(np.asarray(at, np.float64), x[0], x[-1])
    step = np.diff(x).reshape(-1, *[1] * (y.ndim - 1))
    rise = np.diff(y, axis=0) / step
    slope = np.zeros_like(y)
    slope[0], slope[-1] = rise[0], rise[-1]
    product = rise[1:] * rise[:-1]
    total = rise[1:] + rise[:-1]
    slope[1:-1] = np.where(product > 0, 2 * product / np.where(total == 0, 1, total), 0)
    left = np.clip(np.searchsorted(x, place, side="right") - 1, 0, len(x) - 2)
    width = step[left]
    t = (place - x[left]).reshape(-1, *[1] * (y.ndim - 1)) / width
    ease = t * t * (3 - 2 * t)
    bend = width * (t * (1 - t) ** 2 * slope[left] - t * t * (1 - t) * slope[left + 1])
    return np.asarray(y[left] * (1 - ease) + y[left + 1] * ease + bend)


def ramp(start: float, stop: float, at: ArrayLike) -> Array:
    """0 before `start`, 1 after `stop` (or the other way round), smooth between."""
    t = np.clip((np.asarray(at, np.float64) - start) / (stop - start), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))


def bell(*shares: ArrayLike) -> Array:
    """A Gaussian of distances given in spreads, one an axis."""
    return np.asarray(np.exp(-0.5 * sum(np.square(np.asarray(s, np.float64)) for s in shares)))


def joined(first: ArrayLike, second: ArrayLike, width: float) -> Array:
    """The greater of two heights, rounded where they meet within about `width`."""
    return np.asarray(width * np.logaddexp(np.asarray(first) / width, np.asarray(second) / width))


def dome(x: Array, y: Array, centre: ArrayLike, radii: ArrayLike) -> Array:
    """How far ahead the surface of an ellipsoid lies; beside it, falling steeply.

    Args:
        x: Places, to the right.
        y: Places, up.
        centre: Right, up, ahead.
        radii: The same.
    """
    cx, cy, ahead = np.asarray(centre, np.float64)
    rx, ry, depth = np.asarray(radii, np.float64)
    share = np.square((x - cx) / rx) + np.square((y - cy) / ry)
    inside = np.sqrt(np.clip(1 - share, 0, None))
    return np.asarray(ahead + depth * (inside - 2 * np.clip(share - 1, 0, None)))
