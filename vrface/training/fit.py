"""Fitting the ridge: weights for every combination of sensors, and a law whose spread is honest.

Strengths of the penalty and scales of the law come from wearers that a fit has not seen: the
wearers are cut into folds, and each fold is predicted from the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model import law, ridge

FOLDS = 4
STRENGTHS = (1e-3, 1e-2, 1e-1)
"""Penalties tried, as shares of the number of rows; regressors have unit variance."""

MIN_ROWS = 200
"""Rows that a knot's scale is fitted on at the least."""

SCALES = np.geomspace(law.MIN_SCALE, 0.5, 28).astype(np.float32)
LOCATIONS = np.linspace(-0.3, 0.5, 33).astype(np.float32)


@dataclass(frozen=True)
class Rows:
    """What a ridge learns from.

    Attributes:
        regressors: [wearers, frames, `ridge.REGRESSORS`] with every sensor there.
        truth: [wearers, frames, 54] rest-relative weights; NaN where unknown.
        wearer: [wearers] whose they are: a wearer who is there twice is never split.
    """

    regressors: NDArray[np.float32]
    truth: NDArray[np.float32]
    wearer: NDArray[np.intp]


@dataclass(frozen=True)
class Fit:
    """A fitted ridge.

    Attributes:
        params: ``weights`` and ``scale`` as `vrface.model.ridge.step` takes them.
        crps: [`ridge.COMBINATIONS`, 54] mean CRPS on wearers that a fit had not seen.
    """

    params: dict[str, NDArray[np.float32]]
    crps: NDArray[np.float32]


def fit_ridge(rows: Rows, progress: Callable[[int, int], None] = lambda done, of: None) -> Fit:
    """Fit weights and law scales for every combination of sensors.

    Args:
        rows: Of at least `FOLDS` wearers.
        progress: Called with combinations done and to do.
    """
    fold = rows.wearer % FOLDS
    moments = [_Moments.of(rows, fold == k) for k in range(FOLDS)]
    everything = _Moments.total(moments)
    truth = rows.truth.reshape(-1, COUNT)
    params, crps = ridge.empty_params(), np.zeros((ridge.COMBINATIONS, COUNT), np.float32)
    for combination in range(ridge.COMBINATIONS):
        used = ridge.regressors_in(combination)
        by_strength = [_held_out(rows, fold, moments, used, strength) for strength in STRENGTHS]
        errors = [np.nanmean((loc - rows.truth) ** 2) for loc in by_strength]
        best = int(np.argmin(errors))
        loc = by_strength[best].reshape(-1, COUNT)
        params["weights"][combination][used] = everything.solve(used, STRENGTHS[best])
        params["scale"][combination] = best_scales(loc, truth)
        crps[combination] = mean_crps(loc, params["scale"][combination], truth)
        progress(combination + 1, ridge.COMBINATIONS)
    return Fit(params, crps)


def best_scale(loc: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scale of each channel at which laws at `loc` have the least mean CRPS.

    Args:
        loc: [rows, 54] locations of the laws.
        truth: [rows, 54]; NaN where unknown.

    Returns:
        [54] one of `SCALES` each.
    """
    known, filled = _filled(truth)
    scores = [np.asarray(_mean_crps(loc, filled, known, scale)) for scale in SCALES]
    return np.asarray(SCALES[np.argmin(scores, axis=0)])


def best_scales(loc: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scales by location at which laws at `loc` have the least mean CRPS.

    Each knot is fitted on the rows nearest to it; where they are fewer than `MIN_ROWS`, the nearest
    knot below that has enough speaks for it.

    Args:
        loc: [rows, 54] locations of the laws.
        truth: [rows, 54]; NaN where unknown.

    Returns:
        [knots, 54] a table for `law.scale_at`.
    """
    known, filled = _filled(truth)
    knots = np.asarray(law.KNOTS, np.float32)
    nearest = np.searchsorted((knots[1:] + knots[:-1]) / 2, loc)
    cell = (nearest * COUNT + np.arange(COUNT))[known]

    def by_knot(values: NDArray[np.float32]) -> NDArray[np.float64]:
        sums = np.bincount(cell, values[known], minlength=len(knots) * COUNT)
        return np.asarray(sums.reshape(-1, COUNT), dtype=np.float64)

    scores = [by_knot(np.asarray(_crps(loc, filled, scale))) for scale in SCALES]
    table = SCALES[np.argmin(scores, axis=0)]
    overall = SCALES[np.argmin(np.sum(scores, axis=1), axis=0)]
    enough = by_knot(np.ones_like(loc)) >= MIN_ROWS
    for knot in range(len(knots)):
        table[knot] = np.where(enough[knot], table[knot], table[knot - 1] if knot else overall)
    return np.asarray(table)


def mean_crps(
    loc: NDArray[np.float32], scale: NDArray[np.float32], truth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Mean CRPS of each channel, [54], of laws at `loc` [rows, 54].

    Args:
        loc: Locations.
        scale: [54], or a table [knots, 54].
        truth: [rows, 54]; NaN where unknown.
    """
    if scale.ndim == 2:
        scale = scale_at(scale, loc)
    known, filled = _filled(truth)
    return np.asarray(_mean_crps(loc, filled, known, scale))


def climatology(truth: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The one law of each channel that has the least mean CRPS: location and scale, [54] each."""
    best = np.full(COUNT, np.inf, np.float32)
    loc, scale = np.zeros(COUNT, np.float32), np.full(COUNT, law.MIN_SCALE, np.float32)
    known, filled = _filled(truth)
    for here in LOCATIONS:
        locations = np.full_like(filled, here)
        for spread in SCALES:
            score = np.asarray(_mean_crps(locations, filled, known, spread))
            better = score < best
            best = np.where(better, score, best)
            loc, scale = np.where(better, here, loc), np.where(better, spread, scale)
    return loc.astype(np.float32), scale.astype(np.float32)


def _filled(truth: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Where truth is known, and truth with 0 elsewhere: NaN would spread."""
    known = np.isfinite(truth)
    return known, np.where(known, truth, np.float32(0.0))


@dataclass(frozen=True)
class _Moments:
    """Sums over rows of known truth, from which a ridge on any regressors can be solved."""

    count: int
    gram: NDArray[np.floating]
    cross: NDArray[np.floating]

    @classmethod
    def of(cls, rows: Rows, wearers: NDArray[np.bool_]) -> _Moments:
        x = rows.regressors[wearers].reshape(-1, ridge.REGRESSORS)
        y = rows.truth[wearers].reshape(-1, COUNT)
        known = np.isfinite(y).all(axis=1)
        x, y = x[known].astype(np.float64), y[known].astype(np.float64)
        return cls(len(x), x.T @ x, x.T @ y)

    @classmethod
    def total(cls, parts: list[_Moments]) -> _Moments:
        return cls(
            sum(part.count for part in parts),
            np.sum([part.gram for part in parts], axis=0),
            np.sum([part.cross for part in parts], axis=0),
        )

    def solve(self, used: NDArray[np.intp], strength: float) -> NDArray[np.floating]:
        """Ridge weights on some regressors; the penalty is on unit-variance regressors."""
        gram, cross = self.gram[np.ix_(used, used)], self.cross[used]
        mean = gram[0] / self.count
        variance = np.maximum(np.diag(gram) / self.count - mean**2, 0.0)
        # A regressor that never moves gets weight 0, the constant no penalty.
        penalty = strength * self.count * np.where(variance > 1e-10, variance, 1.0)
        penalty[0] = 0.0
        return np.linalg.solve(gram + np.diag(penalty), cross)


def _held_out(
    rows: Rows,
    fold: NDArray[np.intp],
    moments: list[_Moments],
    used: NDArray[np.intp],
    strength: float,
) -> NDArray[np.float32]:
    """Each wearer's prediction from the other folds, [wearers, frames, 54]."""
    loc = np.empty_like(rows.truth)
    for k in range(FOLDS):
        others = _Moments.total([m for j, m in enumerate(moments) if j != k])
        weights = others.solve(used, strength).astype(np.float32)
        loc[fold == k] = rows.regressors[fold == k][:, :, used] @ weights
    return loc


def scale_at(table: NDArray[np.float32], loc: NDArray[np.float32]) -> NDArray[np.float32]:
    """`law.scale_at` of one table [knots, 54] for all rows of `loc`, [rows, 54]."""
    return np.asarray(_scale_at(table, loc))


@jax.jit
def _scale_at(table: jax.Array, loc: jax.Array) -> jax.Array:
    return law.scale_at(jnp.broadcast_to(table, (len(loc), *table.shape)), loc)


@jax.jit
def _crps(loc: jax.Array, truth: jax.Array, scale: jax.Array) -> jax.Array:
    return law.crps(loc, jnp.broadcast_to(scale, loc.shape), truth)


@jax.jit
def _mean_crps(loc: jax.Array, truth: jax.Array, known: jax.Array, scale: jax.Array) -> jax.Array:
    return jnp.mean(_crps(loc, truth, scale), axis=0, where=known)
