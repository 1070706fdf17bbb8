"""The strongest simple rival: the ridge, moved to one wearer by the truth of their calibration.

``W = argmin sum |y - x W|^2 + penalty |W - W_population|^2``, solved for the move away from
``W_population`` by what the population's ridge leaves over. The halves of the calibration seconds
choose each channel's penalty, and what the scale of the ridge's law is multiplied by: each half is
predicted from the other. A scale of the wearer's own would be worse: 30 seconds in which a brow
rests say nothing of how far it may rise.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model import law
from vrface.model.calibration import Calibration
from vrface.model.checkpoint import Arrays
from vrface.training.recording import Recording
from vrface.training.rest import relative
from vrface.training.ridge_run import RidgeRun
from vrface.training.sequences import rested, seconds_between

STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Penalties tried, as shares of the number of rows, on regressors of unit variance.

The last is hardly a move at all: the halves of a range-of-motion take say little of each other.
"""

FACTORS = (0.25, 0.5, 0.71, 1.0, 1.41, 2.0)
"""What the scales of the ridge's law may be multiplied by."""

_crps = jax.jit(law.crps)


class UserUpdate:
    """Fits the update of each wearer, then applies it.

    Args:
        seen: The calibration seconds of W wearers, with truth.
        features: [frames, W, 4, 68] of them, made with a rest of 0.
        rivals: Of a checkpoint: they hold the ridge.
        calibrations: One for each wearer, made from the same seconds.
    """

    def __init__(
        self,
        seen: Recording,
        features: NDArray[np.float32],
        rivals: Arrays,
        calibrations: Sequence[Calibration],
    ) -> None:
        against = rested(features, np.stack([c.sensor_rest for c in calibrations]))
        dt = np.stack([seconds_between(seen.truth.time_ns)] * len(calibrations), axis=1)
        run = RidgeRun.of(rivals, against, dt)
        fits = [
            fit_move(rows, relative(seen.truth.weights, c.face_rest), loc, scale)
            for rows, loc, scale, c in zip(
                run.regressors, run.loc, run.scale, calibrations, strict=True
            )
        ]
        self._move = [move for move, _ in fits]
        self._factor = np.stack([factor for _, factor in fits])

    def __call__(self, run: RidgeRun) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Locations and scales of the updated law, each [W, frames, 54].

        Args:
            run: The ridge over the same wearers' take to predict.
        """
        loc = run.loc + np.stack([*map(np.matmul, run.regressors, self._move)])
        return loc, np.maximum(run.scale * self._factor[:, None], law.MIN_SCALE)


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


def _best_factor(
    loc: NDArray[np.float32], scale: NDArray[np.float32], truth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The factor of each channel under which laws have the least mean CRPS, [54]."""
    known = np.isfinite(truth)
    filled = np.where(known, truth, np.float32(0.0))
    scores = [
        np.where(known, _crps(loc, np.maximum(scale * factor, law.MIN_SCALE), filled), 0.0).sum(0)
        for factor in np.array(FACTORS, np.float32)
    ]
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
    x = rows / unit
    eigenvalues, vectors = np.linalg.eigh(x.T @ x / max(len(x), 1))
    along = vectors.T @ (x.T @ left) / max(len(x), 1)
    strengths = np.array(STRENGTHS)[:, None]
    shrunk = along / (np.maximum(eigenvalues, 0.0) + strengths)[:, :, None]
    return np.asarray(vectors @ shrunk / unit[:, None], dtype=np.float32)
