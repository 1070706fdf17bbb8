"""The strongest simple rival: the ridge, moved to one wearer by the truth of their calibration.

``W = argmin sum |y - x W|^2 + penalty |W - W_population|^2``, solved for the move away from
``W_population`` by what the population's ridge leaves over. The halves of the calibration seconds
choose each channel's penalty, and what the scale of the ridge's law is multiplied by: each half is
predicted from the other. A scale of the wearer's own would be worse: 30 seconds in which a brow
rests say nothing of how far it may rise. For the same reason the move is told of no regressor that
it is further out than it was in those seconds: a mouth that hardly moved with the brows then would
throw them about when it speaks. The halves are not told so: what holds from one to the other even
beyond is to be believed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.checkpoint import Arrays
from vrface.model.law import MIN_SCALE
from vrface.training.case import Case
from vrface.training.rivals.law import Law
from vrface.training.rivals.ridge import ridge
from vrface.training.rivals.rival import seen_in

STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Penalties tried, as shares of the number of rows, on regressors of unit variance.

The last is hardly a move at all: the halves of a range-of-motion take say little of each other.
"""

FACTORS = (0.25, 0.5, 0.71, 1.0, 1.41, 2.0)
"""What the scales of the ridge's law may be multiplied by."""


RANGE = (1.0, 99.0)
"""Percentiles of a regressor in the calibration seconds that it is cut at."""


def ridge_user(arrays: Arrays, case: Case) -> Law:
    """The ridge's law, moved to each wearer by the calibration seconds."""
    seen = seen_in(case)
    before, law = ridge(arrays, seen), ridge(arrays, case)
    fits = [
        fit_move(rows, seen.truth, loc, scale)
        for rows, loc, scale in zip(seen.ridge[0], *before, strict=True)
    ]
    moved = [
        within(rows, known) @ move
        for rows, known, (move, _) in zip(case.ridge[0], seen.ridge[0], fits, strict=True)
    ]
    factor = np.stack([factor for _, factor in fits])[:, None]
    return Law(law.loc + np.stack(moved), np.maximum(law.scale * factor, MIN_SCALE))


def fit_move(
    rows: NDArray[np.float32],
    truth: NDArray[np.float32],
    population: NDArray[np.float32],
    scale: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One wearer's move of the weights, [regressors, 54], and factor of the scales, [54].

    Args:
        rows: [frames, regressors].
        truth: [frames, 54] rest-relative; NaN where unknown.
        population: [frames, 54] locations of the population's ridge.
        scale: [frames, 54] its scales.
    """
    known = np.isfinite(truth).any(axis=1)
    late = np.arange(len(rows)) >= len(rows) // 2
    left = np.nan_to_num(truth - population)
    held_out = np.empty((len(STRENGTHS), *truth.shape), np.float32)
    for half in (late, ~late):
        moves = _moves(rows[~half & known], left[~half & known])
        held_out[:, half] = population[half] + rows[half] @ moves
    errors = np.square(np.where(np.isfinite(truth), held_out - truth, 0.0)).sum(axis=1)
    best, channels = errors.argmin(axis=0), np.arange(COUNT)
    move = _moves(rows[known], left[known])[best, :, channels].T
    return move, _best_factor(held_out[best, :, channels].T, scale, truth)


def within(rows: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Regressors [frames, regressors], cut to where they were in rows that are known."""
    if not len(known):
        return rows
    return np.asarray(np.clip(rows, *np.percentile(known, RANGE, axis=0)), dtype=np.float32)


def _best_factor(
    loc: NDArray[np.float32], scale: NDArray[np.float32], truth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The factor of each channel under which laws have the least mean CRPS, [54]."""
    known = np.isfinite(truth)
    laws = [Law(loc, np.maximum(scale * np.float32(f), MIN_SCALE)) for f in FACTORS]
    scores = [np.where(known, law.crps(truth), 0.0).sum(axis=0) for law in laws]
    # Where no truth is known all are alike, and nothing is to change.
    best = np.where(known.any(axis=0), np.argmin(scores, axis=0), FACTORS.index(1.0))
    return np.asarray(FACTORS, dtype=np.float32)[best]


def _moves(rows: NDArray[np.float32], left: NDArray[np.float32]) -> NDArray[np.float32]:
    """The move of the weights under each of `STRENGTHS` that explains what is left.

    Args:
        rows: [frames, regressors]; a regressor that never moves is not moved to.
        left: [frames, 54].

    Returns:
        [strengths, regressors, 54].
    """
    spread = rows.std(axis=0, dtype=np.float64) if len(rows) else np.zeros(rows.shape[1])
    unit = np.where(spread > 1e-5, spread, 1.0)
    x, count = rows / unit, max(len(rows), 1)
    penalties = np.array(STRENGTHS)[:, None, None] * np.eye(rows.shape[1])
    moves = np.linalg.solve(x.T @ x / count + penalties, (x.T @ left / count)[None])
    return np.asarray(moves / unit[:, None], dtype=np.float32)
