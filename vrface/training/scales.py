"""Scales of laws: how sure a prediction may be, from how far it was off the truth.

A law's scale is the one of `SCALES` with the least mean CRPS; where it depends on the prediction,
there is one for each of `law.KNOTS`. Locations and truths are counted on a grid of `STEP`, fine
beside the smallest scale, so that one table of CRPS serves all shapes, rows and folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model import law

SCALES = np.geomspace(law.MIN_SCALE, 0.5, 28).astype(np.float32)

UNKNOWN_SCALE = np.float32(0.1)
"""The scale of a shape whose truth is nowhere known: an uncertain law."""

MIN_ROWS = 200
"""Rows that a knot's scale is fitted on at the least."""

STEP = 0.005

LOCATIONS = np.linspace(-0.3, 1.3, 321).astype(np.float32)
"""The grid of locations; what lies beyond counts as at its end."""

TRUTHS = np.linspace(0.0, 1.0, 201).astype(np.float32)
"""The grid of truths."""

_KNOTS = np.asarray(law.KNOTS, np.float32)
_FIRST = np.searchsorted(LOCATIONS, (_KNOTS[1:] + _KNOTS[:-1]) / 2)
"""The first location of each knot but the lowest: those nearest to a knot are its own."""


@dataclass(frozen=True, eq=False)
class CrpsByScale:
    """Sums of CRPS over rows, by fold, scale and knot, from which scales are chosen.

    Attributes:
        total: [folds, knots, 54, scales] CRPS of laws of each of `SCALES`.
        count: [folds, knots, 54] rows whose location is nearest to the knot and truth is known.
    """

    total: NDArray[np.float64]
    count: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        loc: NDArray[np.float32],
        truth: NDArray[np.float32],
        fold: NDArray[np.intp] | None = None,
        folds: int = 1,
    ) -> CrpsByScale:
        """Score laws at `loc` under each scale.

        Args:
            loc: [rows, 54] locations of the laws.
            truth: [rows, 54]; NaN where unknown.
            fold: [rows] in 0..folds-1; by default all are in one.
            folds: How many there are.
        """
        fold = np.zeros(len(loc), np.intp) if fold is None else fold
        total = np.zeros((folds, len(_KNOTS), COUNT, len(SCALES)))
        count = np.zeros((folds, len(_KNOTS), COUNT))
        for k in range(folds):
            cells, rows = _counted(loc[fold == k], truth[fold == k])
            bounds = np.searchsorted(cells // len(TRUTHS), _FIRST)
            by_knot = np.split(rows, bounds, axis=1), np.split(_crps_table()[cells], bounds)
            for knot, (here, crps) in enumerate(zip(*by_knot, strict=True)):
                total[k, knot], count[k, knot] = here @ crps, here.sum(axis=1)
        return cls(total, count)

    def scale(self, without: int | None = None) -> NDArray[np.float32]:
        """The best one scale of each channel, [54].

        Args:
            without: A fold that has no part in it.
        """
        total, count = (_left(part, without).sum(axis=0) for part in (self.total, self.count))
        return np.where(count > 0, SCALES[total.argmin(axis=-1)], UNKNOWN_SCALE)

    def table(self, without: int | None = None) -> NDArray[np.float32]:
        """The best scale of each channel at each knot, [knots, 54]: a table for `law.scale_at`.

        Where a knot has fewer rows than `MIN_ROWS`, the nearest knot below that has enough speaks
        for it, and below the first such knot the best one scale.

        Args:
            without: A fold that has no part in it.
        """
        total, count = (_left(part, without) for part in (self.total, self.count))
        table, overall = SCALES[total.argmin(axis=-1)], self.scale(without)
        for knot in range(len(table)):
            below = table[knot - 1] if knot else overall
            table[knot] = np.where(count[knot] >= MIN_ROWS, table[knot], below)
        return np.asarray(table)


class Climatology:
    """The one law of each channel that has the least mean CRPS.

    Args:
        truth: [rows, 54]; NaN where unknown.
        fold: [rows] in 0..folds-1; by default all are in one.
        folds: How many there are.
    """

    def __init__(
        self, truth: NDArray[np.float32], fold: NDArray[np.intp] | None = None, folds: int = 1
    ) -> None:
        fold = np.zeros(len(truth), np.intp) if fold is None else fold
        self._count = np.zeros((folds, COUNT, len(TRUTHS)), np.float32)
        for k in range(folds):
            part = truth[fold == k]
            cells, count = _counted(np.zeros_like(part), part)
            self._count[k][:, cells % len(TRUTHS)] = count

    def law(self, without: int | None = None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Location and scale, [54] each; an uncertain law at 0 where truth is nowhere known.

        Args:
            without: A fold that has no part in it.
        """
        count = _left(self._count, without)
        crps = _crps_table().reshape(len(LOCATIONS), len(TRUTHS), -1)
        total = np.einsum("ct,lts->cls", count, crps, optimize=True)
        loc, scale = np.divmod(total.reshape(COUNT, -1).argmin(axis=1), len(SCALES))
        known = count.sum(axis=1) > 0
        return (
            np.where(known, LOCATIONS[loc], np.float32(0.0)),
            np.where(known, SCALES[scale], UNKNOWN_SCALE),
        )


def best_scales(loc: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """`CrpsByScale.table` of laws at `loc` [rows, 54] against `truth` [rows, 54]."""
    return CrpsByScale.of(loc, truth).table()


def scale_at(table: NDArray[np.float32], loc: NDArray[np.float32]) -> NDArray[np.float32]:
    """`law.scale_at` of one table [knots, 54] for all of `loc` [..., 54]."""
    place = np.interp(loc, _KNOTS, np.arange(len(_KNOTS))).astype(np.float32)
    below, channels = place.astype(np.intp).clip(0, len(_KNOTS) - 2), np.arange(COUNT)
    share = place - below.astype(np.float32)
    return np.asarray((1.0 - share) * table[below, channels] + share * table[below + 1, channels])


def _left(by_fold: NDArray[np.floating], without: int | None) -> NDArray[np.floating]:
    """The sum over folds but one."""
    kept = [k for k in range(len(by_fold)) if k != without]
    return np.asarray(by_fold[kept].sum(axis=0))


def _counted(
    loc: NDArray[np.float32], truth: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Which cells of the grids (`_crps_table`) are met, [cells], and by how many, [54, cells]."""
    known = np.isfinite(truth)
    place = np.rint((loc - LOCATIONS[0]) / STEP).clip(0, len(LOCATIONS) - 1)
    level = np.rint(np.where(known, truth, np.float32(0.0)) / STEP)
    cell = (place * len(TRUTHS) + level).astype(np.intp)[known]
    met = np.zeros(len(LOCATIONS) * len(TRUTHS), np.bool_)
    met[cell] = True
    cells = np.flatnonzero(met)
    number = np.cumsum(met) - 1
    channel = np.nonzero(known)[1]
    count = np.bincount(channel * len(cells) + number[cell], minlength=COUNT * len(cells))
    return cells, count.reshape(COUNT, -1).astype(np.float32)


@cache
def _crps_table() -> NDArray[np.float32]:
    """CRPS under each scale of each cell: a law at each location against each truth."""
    shape = (len(LOCATIONS), len(TRUTHS), len(SCALES))
    grid = (LOCATIONS[:, None, None], SCALES[None, None, :], TRUTHS[None, :, None])
    crps = jax.jit(law.crps)(*(np.broadcast_to(part, shape) for part in grid))
    return np.asarray(crps).reshape(-1, len(SCALES))
