"""Fitting the ridge: weights for every combination of sensors, and a law whose spread is honest.

Strengths of the penalty and scales of the law come from wearers that a fit has not seen: the
wearers are cut into folds, and each fold is predicted from the others. A combination learns from
every row that has its sensors, whatever else the row has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.training.scales import CrpsByScale

FOLDS = 4
STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0)
"""Penalties tried, as shares of the number of rows; regressors have unit variance."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a ridge learns from: instants of recordings through any headsets.

    Attributes:
        regressors: [rows, `ridge.REGRESSORS`].
        truth: [rows, 54] rest-relative weights; NaN where unknown.
        there: [rows] the combination of sensors that was there.
        wearer: [rows] whose it is: a wearer is never split.
    """

    regressors: NDArray[np.float32]
    truth: NDArray[np.float32]
    there: NDArray[np.integer]
    wearer: NDArray[np.intp]


def fit_ridge(
    rows: Rows, progress: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, NDArray[np.float32]]:
    """Fit weights and law scales for every combination of sensors.

    A combination that too few rows have gets the weights and scales of the largest combination
    within it that enough have; a shape whose truth is nowhere known stays neutral and uncertain.

    Args:
        rows: Of two wearers or more.
        progress: Called with combinations done and to do.

    Returns:
        ``weights`` and ``scale`` as `vrface.model.ridge.step` takes them.

    Raises:
        BadUse: if they are of fewer.
    """
    fold = folds_of(rows)
    groups = [_Channels.of(rows, fold, channels) for channels in _known_together(rows.truth)]
    speaks = _speaks_for(groups)
    params = ridge.empty_params()
    for combination in range(ridge.COMBINATIONS):
        fitted = speaks[combination] == combination
        if fitted.any():
            here = np.flatnonzero((rows.there & combination) == combination)
            weights, predicted = _fitted(rows, fold, groups, combination, here)
            truth = np.where(fitted, rows.truth[here], np.float32(np.nan))
            table = CrpsByScale.of(predicted, truth).table()
            for other in range(ridge.COMBINATIONS):
                taken = speaks[other] == combination
                params["weights"][other][:, taken] = weights[:, taken]
                params["scale"][other][:, taken] = table[:, taken]
        progress(combination + 1, ridge.COMBINATIONS)
    return params


def folds_of(rows: Rows) -> NDArray[np.intp]:
    """The fold of each row, [rows]: wearers are dealt out, those of like sensors in turn.

    Raises:
        BadUse: if there are fewer than two wearers.
    """
    wearers, whose = np.unique(rows.wearer, return_inverse=True)
    if len(wearers) < 2:
        raise BadUse(f"a ridge learns from two wearers or more, got {len(wearers)}.")
    sensors = np.zeros(len(wearers), np.intp)
    np.bitwise_or.at(sensors, whose, rows.there)
    dealt = np.empty(len(wearers), np.intp)
    dealt[np.argsort(sensors, kind="stable")] = np.arange(len(wearers)) % FOLDS
    return np.asarray(dealt[whose])


def _fitted(
    rows: Rows,
    fold: NDArray[np.intp],
    groups: list[_Channels],
    combination: int,
    here: NDArray[np.intp],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights of one combination, and what each of its rows gets from those of other folds.

    Returns:
        [regressors, 54] and [rows here, 54]; 0 for channels that it is not fitted for.
    """
    used = ridge.regressors_in(combination)
    regressors = rows.regressors[np.ix_(here, used)]
    weights = np.zeros((ridge.REGRESSORS, COUNT), np.float32)
    loc = np.zeros((len(here), COUNT), np.float32)
    for group in groups:
        if group.enough(combination):
            truth = rows.truth[np.ix_(here, group.channels)]
            found, held_out = group.fit(combination, regressors, truth, fold[here])
            weights[np.ix_(used, group.channels)] = found
            loc[:, group.channels] = held_out
    return weights, loc


@dataclass(frozen=True, eq=False)
class _Moments:
    """Sums over rows, from which a ridge on any regressors can be solved."""

    count: int
    gram: NDArray[np.floating]
    cross: NDArray[np.floating]

    @classmethod
    def total(cls, parts: list[_Moments]) -> _Moments:
        return cls(
            sum(part.count for part in parts),
            np.sum([part.gram for part in parts], axis=0),
            np.sum([part.cross for part in parts], axis=0),
        )

    def solve(self, used: NDArray[np.intp], strength: float) -> NDArray[np.float32]:
        """Ridge weights on some regressors; the penalty is on unit-variance regressors."""
        gram, cross = self.gram[np.ix_(used, used)], self.cross[used]
        mean = gram[0] / self.count
        variance = np.maximum(np.diag(gram) / self.count - mean**2, 0.0)
        # A regressor that never moves gets weight 0, the constant no penalty.
        penalty = strength * self.count * np.where(variance > 1e-10, variance, 1.0)
        penalty[0] = 0.0
        return np.linalg.solve(gram + np.diag(penalty), cross).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Channels:
    """Channels whose truth is known in the same rows, and the moments of those.

    Attributes:
        channels: Their places.
        moments: (fold, combination that is there) -> sums over its rows.
    """

    channels: NDArray[np.intp]
    moments: dict[tuple[int, int], _Moments]

    @classmethod
    def of(cls, rows: Rows, fold: NDArray[np.intp], channels: NDArray[np.intp]) -> _Channels:
        known = np.isfinite(rows.truth[:, channels[0]])
        moments = {}
        for k, there in np.unique(np.stack([fold, rows.there])[:, known], axis=1).T.tolist():
            part = np.flatnonzero(known & (fold == k) & (rows.there == there))
            x = rows.regressors[part].astype(np.float64)
            y = rows.truth[np.ix_(part, channels)].astype(np.float64)
            moments[k, there] = _Moments(len(x), x.T @ x, x.T @ y)
        return cls(channels, moments)

    def enough(self, combination: int) -> bool:
        """Whether each fold's rows can be predicted from others: more than it has regressors."""
        count = np.zeros(FOLDS, np.intp)
        for (k, there), part in self.moments.items():
            count[k] += part.count if there & combination == combination else 0
        others = count.sum() - count[count > 0]
        return bool(others.size and others.min() > len(ridge.regressors_in(combination)))

    def fit(
        self,
        combination: int,
        regressors: NDArray[np.float32],
        truth: NDArray[np.float32],
        fold: NDArray[np.intp],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weights [used, channels], and each row's prediction without its fold [rows, channels].

        Args:
            combination: Of sensors.
            regressors: [rows, used] of all rows that have them.
            truth: [rows, channels].
            fold: [rows].
        """
        used = ridge.regressors_in(combination)
        without = {k: self._moments(combination, without=k).solve for k in np.unique(fold).tolist()}
        held_out = np.empty((len(STRENGTHS), *truth.shape), np.float32)
        for loc, strength in zip(held_out, STRENGTHS, strict=True):
            for k, solve in without.items():
                loc[fold == k] = regressors[fold == k] @ solve(used, strength)
        errors = [np.nanmean((loc - truth) ** 2) for loc in held_out]
        best = int(np.argmin(errors))
        return self._moments(combination).solve(used, STRENGTHS[best]), held_out[best]

    def _moments(self, combination: int, without: int | None = None) -> _Moments:
        """Of all rows that have a combination's sensors."""
        return _Moments.total(
            [
                part
                for (k, there), part in self.moments.items()
                if k != without and there & combination == combination
            ]
        )


def _known_together(truth: NDArray[np.float32]) -> list[NDArray[np.intp]]:
    """The channels by the rows that they are known in; those never known are in none."""
    known = np.isfinite(truth)
    _, pattern = np.unique(np.packbits(known, axis=0), axis=1, return_inverse=True)
    heard = known.any(axis=0)
    return [np.flatnonzero((pattern == one) & heard) for one in np.unique(pattern[heard])]


def _speaks_for(groups: list[_Channels]) -> NDArray[np.intp]:
    """Whose weights each combination uses for each channel, [`ridge.COMBINATIONS`, 54].

    Its own where they can be fitted, else those of the largest combination within it that has
    some (the one of more regressors among equals); -1 where there are none.
    """
    combinations = range(ridge.COMBINATIONS)
    largest_first = sorted(
        combinations, key=lambda c: (-c.bit_count(), -len(ridge.regressors_in(c)))
    )
    speaks = np.full((ridge.COMBINATIONS, COUNT), -1, np.intp)
    for group in groups:
        fitted = [c for c in largest_first if group.enough(c)]
        for combination in combinations:
            within = (c for c in fitted if c & combination == c)
            speaks[combination, group.channels] = next(within, -1)
    return speaks
