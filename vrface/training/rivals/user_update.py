"""The strongest simple rival: the ridge, moved to one wearer by the truth of their calibration.

First by its offset; then by what that leaves over:
``W = argmin sum |y - x W|^2 + penalty |W - W_population|^2``, solved for the move away from
``W_population``. The halves of the calibration seconds choose each channel's penalty: each half is
predicted from the other. The move is told of no regressor that it is further out than it was in
those seconds: a mouth that hardly moved with the brows then would throw them about when it speaks.
The halves are not told so: what holds from one to the other even beyond is to be believed.

How much of the move is to be believed at all, shape by shape, is chosen on other wearers: two
halves of one half minute are more like each other than like what comes after it. For the same
reason they say nothing of how sure to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Arrays
from vrface.training.case import Case
from vrface.training.rivals.choice import least_of
from vrface.training.rivals.law import Law
from vrface.training.rivals.offset import offset
from vrface.training.rivals.ridge import ridge
from vrface.training.rivals.rival import seen_in

STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Penalties tried, as shares of the number of rows, on regressors of unit variance.

The last is hardly a move at all: the halves of a range-of-motion take say little of each other.
"""

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the move that may be believed."""

USUAL_SHARE = 0.5
"""Of a shape that nothing could be chosen on."""

RANGE = (1.0, 99.0)
"""Percentiles of a regressor in the calibration seconds that it is cut at."""


def ridge_user(arrays: Arrays, case: Case) -> Law:
    """The ridge's law, moved to each wearer by the calibration seconds."""
    return Update.of(arrays, case).under(arrays["ridge_user_share"])


@dataclass(frozen=True, eq=False)
class Update:
    """What the calibration seconds say of each wearer, before it is chosen how much to believe.

    Attributes:
        law: The ridge's law with its offset, [W, frames, 54].
        move: Of its location, [W, frames, 54].
    """

    law: Law
    move: NDArray[np.float32]

    @classmethod
    def of(cls, arrays: Arrays, case: Case) -> Update:
        """The update of the ridge for a case."""
        seen = seen_in(case)
        law, before = ridge(arrays, case), ridge(arrays, seen).loc
        missed = offset(before, seen.truth)
        moves = [
            within(rows, known) @ fit_move(known, loc, seen.truth)
            for rows, known, loc in zip(case.ridge[0], seen.ridge[0], before + missed, strict=True)
        ]
        return cls(Law(law.loc + missed, law.scale), np.stack(moves))

    def under(self, share: NDArray[np.float32] | np.float32) -> Law:
        """The law if a share of the move is believed, [54] or one of all."""
        return Law(self.law.loc + share * self.move, self.law.scale)


def fit_move(
    rows: NDArray[np.float32], population: NDArray[np.float32], truth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """One wearer's move of the weights, [regressors, 54].

    Args:
        rows: [frames, regressors].
        population: [frames, 54] locations to move from.
        truth: [frames, 54] rest-relative; NaN where unknown.
    """
    known = np.isfinite(truth).any(axis=1)
    late = np.arange(len(rows)) >= len(rows) // 2
    # A location beyond [0, 1] says the end of it, and misses nothing there.
    left = truth - np.clip(population, 0.0, 1.0)
    told = np.nan_to_num(left)
    errors = np.zeros((len(STRENGTHS), COUNT))
    for half in (late, ~late):
        moved = rows[half] @ _moves(rows[~half & known], told[~half & known])
        errors += np.square(np.nan_to_num(moved - left[half])).sum(axis=1)
    moves = _moves(rows[known], told[known])
    return moves[errors.argmin(axis=0), :, np.arange(COUNT)].T


def choose_share(
    tried: Sequence[Law], truth: NDArray[np.float32]
) -> tuple[NDArray[np.float32], Law]:
    """Choose how much of each shape's move to believe, on wearers the ridge did not learn from.

    Args:
        tried: Laws of rows under each of `SHARES`, [rows, 54].
        truth: [rows, 54]; NaN where it does not count.

    Returns:
        [54] the share with the least mean CRPS, and the law of each row under it, [rows, 54].
    """
    best, law = least_of(tried, truth, SHARES.index(USUAL_SHARE))
    return np.array(SHARES, np.float32)[best], law


def within(rows: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Regressors [frames, regressors], cut to where they were in rows that are known."""
    if not len(known):
        return rows
    return np.asarray(np.clip(rows, *np.percentile(known, RANGE, axis=0)), dtype=np.float32)


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
