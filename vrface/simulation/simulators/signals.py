"""What simulated sensors do with values over time: interpolate, smooth, and let them wander.

All at any times that increase, so that a clock that trembles changes no law.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.worn import Worn

Floats = NDArray[np.float64]

_FORGOTTEN = 1e-7


def weights_at(worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """[times, 54] the face at sample times."""
    known_s, weights = worn.performance.time_s, worn.performance.weights
    left = np.clip(np.searchsorted(known_s, time_s, side="right") - 1, 0, len(known_s) - 2)
    share = np.clip((time_s - known_s[left]) / (known_s[left + 1] - known_s[left]), 0.0, 1.0)
    part = share.astype(np.float32)[:, None]
    return np.asarray(weights[left] * (1 - part) + weights[left + 1] * part)


def between(known_s: Floats, values: NDArray[np.floating], time_s: Floats) -> Floats:
    """[times, columns] values [instants, columns] at other times; beyond the ends, the ends'."""
    return np.column_stack([np.interp(time_s, known_s, column) for column in values.T])


def one_pole(values: Floats, time_s: Floats, tau_s: float) -> Floats:
    """`values` [times, columns] through a causal low-pass that settles with `tau_s`."""
    keep = _kept(time_s, tau_s)
    return _accumulated(keep, (1 - keep) * values)


def wander(rng: np.random.Generator, time_s: Floats, tau_s: float, columns: int) -> Floats:
    """[times, columns] noise of unit variance that forgets itself in `tau_s` (AR(1))."""
    keep = _kept(time_s, tau_s)
    return _accumulated(keep, np.sqrt(1 - keep**2) * rng.standard_normal((len(time_s), columns)))


def _kept(time_s: Floats, tau_s: float) -> Floats:
    """[times, 1] how much of the value before is left at each time; nothing at the first."""
    gone = np.diff(time_s, prepend=-np.inf)[:, None]
    return np.exp(-gone / tau_s)


def _accumulated(keep: Floats, news: Floats) -> Floats:
    """``y[n] = keep[n] y[n-1] + news[n]``, in as many passes as the count has binary digits."""
    total, share, step = news.copy(), keep.copy(), 1
    while step < len(total) and share.max() > _FORGOTTEN:
        total[step:] += share[step:] * total[:-step]
        share[step:] *= share[:-step]
        step *= 2
    return total
