"""Ceilings: how near any method could come to one person's face in one take.

- ``personal``: a ridge on the same regressors as the rival's, learned from the rest of the very
  take: the take is cut into `BLOCKS`, and each is predicted from the others, `GUARD_S` beside it
  left out.
- ``personal_noncausal``: the same, told the sensors of `AHEAD_S` later too. What it gains is what
  waiting would gain.
- ``label_noise``: the truth itself, smoothed over its neighbours. What is left is the labels' own
  jitter, which nothing can foretell.

All are laws of the family that models and rivals have. Penalties and scales of a block come from
the other blocks' held-out predictions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.training.rivals.law import Law
from vrface.training.scales import CrpsByScale, scale_at

MIN_SECONDS = 45.0
"""What is shorter has no blocks to learn from."""

BLOCKS = 10
GUARD_S = 1.0
AHEAD_S = (0.1, 0.25, 0.5)

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Penalties tried, as shares of the number of rows; regressors have unit variance."""

REACH = 3
"""Rows of the labels on either side that the local quadratic is fitted to."""


def ceilings_of(
    regressors: NDArray[np.float32],
    truth: NDArray[np.float32],
    period_s: float,
    label_period_s: float,
) -> dict[str, Law]:
    """The law of each ceiling.

    Args:
        regressors: [W, frames, regressors] of one recording.
        truth: [frames, 54] rest-relative; rows of NaN where nothing is scored, and shapes that are
            NaN everywhere are not told.
        period_s: Seconds between frames.
        label_period_s: Seconds between the rows that the truth was interpolated from.

    Returns:
        By name; none where less than `MIN_SECONDS` are scored.
    """
    rows = np.flatnonzero(np.isfinite(truth).any(axis=1))
    if len(rows) * period_s < MIN_SECONDS:
        return {}
    later = [round(ahead / period_s) for ahead in AHEAD_S]
    reach = max(round(REACH * label_period_s / period_s), REACH)
    return {
        "personal": _personal(regressors, rows, truth, period_s, []),
        "personal_noncausal": _personal(regressors, rows, truth, period_s, later),
        "label_noise": _label_noise(truth, reach),
    }


def _personal(
    regressors: NDArray[np.float32],
    rows: NDArray[np.intp],
    truth: NDArray[np.float32],
    period_s: float,
    later: list[int],
) -> Law:
    """The law of a ridge that is told the regressors of some frames later too."""
    last = regressors.shape[1] - 1
    places = [np.minimum(rows + ahead, last) for ahead in (0, *later)]
    block = np.arange(len(rows)) * BLOCKS // len(rows)
    known = np.isfinite(truth[rows]).all(axis=0)
    loc = np.zeros((len(regressors), *truth.shape), np.float32)
    scale = np.ones_like(loc)
    for wearer, seen in enumerate(regressors):
        told = np.concatenate([seen[place, 1:] for place in places], axis=1)
        held_out = _held_out(told, truth[rows][:, known], block, _guarded(rows, block, period_s))
        said = np.zeros((len(rows), COUNT), np.float32)
        said[:, known] = held_out
        loc[wearer, rows] = said
        scale[wearer, rows] = _scale_out_of_block(said, truth[rows], block)
    return Law(loc, scale)


def _guarded(rows: NDArray[np.intp], block: NDArray[np.intp], period_s: float) -> list[slice]:
    """The rows of each block and of `GUARD_S` on both sides: it does not learn from these."""
    guard = round(GUARD_S / period_s)
    bounds = []
    for k in range(BLOCKS):
        own = rows[block == k]
        first, stop = np.searchsorted(rows, [own[0] - guard, own[-1] + guard + 1])
        bounds.append(slice(int(first), int(stop)))
    return bounds


def _held_out(
    told: NDArray[np.float32],
    truth: NDArray[np.float32],
    block: NDArray[np.intp],
    guarded: list[slice],
) -> NDArray[np.float32]:
    """What each block's rows are told from the others, [rows, shapes].

    Args:
        told: [rows, regressors].
        truth: [rows, shapes], known.
        block: [rows].
        guarded: The rows that each block does not learn from.
    """
    x = _components(told)
    gram, cross = x.T @ x, x.T @ truth
    tried = np.empty((len(STRENGTHS), *truth.shape), np.float32)
    for k, out in enumerate(guarded):
        others = len(x) - (out.stop - out.start)
        left = gram - x[out].T @ x[out], cross - x[out].T @ truth[out]
        for strength, said in zip(STRENGTHS, tried, strict=True):
            said[block == k] = x[block == k] @ _solved(*left, strength * others)
    errors = np.square(tried - truth)
    by_block = np.stack([errors[:, block == k].sum(axis=1) for k in range(BLOCKS)])
    best = (by_block.sum(axis=0) - by_block).argmin(axis=1)  # by the other blocks' errors
    shapes = np.arange(truth.shape[1])
    return np.asarray(tried[best[block], np.arange(len(x))[:, None], shapes])


def _components(told: NDArray[np.float32]) -> NDArray[np.float32]:
    """The constant and the principal components of unit-variance regressors, [rows, components].

    A component that varies less than the lightest penalty is left out: it would be shrunk to
    less than half, and neighbouring instants have hundreds of these.
    """
    spread = told.std(axis=0)
    moving = spread > 1e-4
    unit = (told[:, moving] - told[:, moving].mean(axis=0)) / spread[moving]
    variance, axes = np.linalg.eigh(unit.T @ unit / len(unit))
    one = np.ones((len(told), 1), np.float32)
    return np.concatenate([one, unit @ axes[:, variance > STRENGTHS[0]]], axis=1)


def _solved(
    gram: NDArray[np.floating], cross: NDArray[np.floating], penalty: float
) -> NDArray[np.float32]:
    """Ridge weights; the first regressor is the constant, which has no penalty."""
    on_all = np.full(len(gram), np.float32(penalty))
    on_all[0] = 0.0
    return np.asarray(np.linalg.solve(gram + np.diag(on_all), cross), dtype=np.float32)


def _scale_out_of_block(
    loc: NDArray[np.float32], truth: NDArray[np.float32], block: NDArray[np.intp]
) -> NDArray[np.float32]:
    """The scale of each law, [rows, 54], by tables made without the row's block."""
    scores = CrpsByScale.of(loc, truth, block, BLOCKS)
    scale = np.empty_like(loc)
    for k in range(BLOCKS):
        scale[block == k] = scale_at(scores.table(without=k), loc[block == k])
    return scale


def _label_noise(truth: NDArray[np.float32], reach: int) -> Law:
    """A law at the truth smoothed over `reach` frames on both sides."""
    loc = smoothed(truth, reach)
    return Law(loc[None], scale_at(CrpsByScale.of(loc, truth).table(), loc)[None])


def smoothed(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """A local quadratic through the rows around each row (Savitzky and Golay, 1964).

    Args:
        values: [rows, channels]; rows of NaN are unknown, and stay 0.
        reach: Rows on either side that it is fitted to; those beyond the ends are unknown.

    Returns:
        [rows, channels].
    """
    there = np.asarray(np.isfinite(values).any(axis=1))
    filled = np.nan_to_num(values)
    at = np.arange(-reach, reach + 1) / reach
    rows = there[:, None].astype(np.float64)
    count = np.stack([_around(rows, at**power)[:, 0] for power in range(5)])
    sums = np.stack([_around(filled, at**power) for power in range(3)], axis=1)
    powers = np.add.outer(np.arange(3), np.arange(3))
    moments = np.moveaxis(count[powers], -1, 0)
    fitted = np.linalg.pinv(moments, hermitian=True)[:, :1] @ sums
    return np.where(there[:, None], fitted[:, 0], 0.0).astype(np.float32)


def _around(values: NDArray[np.floating], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted sum over the rows around each row, [rows, channels]."""
    reach = len(weight) // 2
    padded = np.pad(values.astype(np.float64), ((reach, reach), (0, 0)))
    total = np.zeros(values.shape)
    for place, share in enumerate(weight):
        total += share * padded[place : place + len(values)]
    return total
