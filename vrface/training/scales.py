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
from vrface.model.checkpoint import LEVELS

SCALES = np.geomspace(law.MIN_SCALE, 0.5, 28).astype(np.float32)

UNKNOWN_SCALE = np.float32(0.1)
"""The scale of a shape whose truth is nowhere known: an uncertain law."""

MIN_ROWS = 200
"""Rows that a knot's scale is fitted on at the least."""

STEP = 0.005

LOCATIONS = np.linspace(-0.3, 1.3, 321).astype(np.float32)
"""The grid of locations; what lies beyond counts as at its end."""

TRUTHS = np.linspace(0.0, 1.0, LEVELS).astype(np.float32)
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
            bounds = np.searchsorted(cells // LEVELS, _FIRST)
            by_knot = np.split(rows, bounds, axis=1), np.split(_crps_table()[cells], bounds)
            for knot, (here, crps) in enumerate(zip(*by_knot, strict=True)):
                total[k, knot], count[k, knot] = here @ crps, here.sum(axis=1)
        return cls(total, count)

    def table(self, without: int | None = None) -> NDArray[np.float32]:
        """The best scale of each channel at each knot, [knots, 54]: a table for `law.scale_at`.

        Args:
            without: A fold that has no part in it.
        """
        kept = [k for k in range(len(self.count)) if k != without]
        total, count = self.total[kept].sum(axis=0), self.count[kept].sum(axis=0)
        return least_by_knot(SCALES, total, count, UNKNOWN_SCALE)


def least_by_knot(
    choices: NDArray[np.float32],
    crps: NDArray[np.floating],
    count: NDArray[np.floating],
    unknown: np.float32,
) -> NDArray[np.float32]:
    """The choice of each channel at each knot that has the least CRPS.

    Where a knot has fewer rows than `MIN_ROWS`, the nearest knot below that has enough speaks for
    it, and below the first such knot the best one choice of all.

    Args:
        choices: Scales, or what scales are multiplied by.
        crps: [knots, 54, choices] sums over rows.
        count: [knots, 54] rows.
        unknown: What a channel without rows gets.

    Returns:
        [knots, 54].
    """
    best = choices[crps.argmin(axis=-1)]
    overall = choices[crps.sum(axis=0, dtype=np.float64).argmin(axis=-1)]
    below = np.where(count.any(axis=0), overall, unknown)
    for knot in range(len(best)):
        below = best[knot] = np.where(count[knot] >= MIN_ROWS, best[knot], below)
    return np.asarray(best)


def histogram(truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """How many of `truth` [rows, 54] are nearest to each of `TRUTHS`, [54, `LEVELS`]."""
    cells, count = _counted(np.zeros_like(truth), truth)
    levels = np.zeros((COUNT, LEVELS), np.float32)
    levels[:, cells % LEVELS] = count
    return levels


def crps_of_laws(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The CRPS of each law that a climatology may be, summed over a `histogram`, [54, laws]."""
    return np.asarray(levels @ _crps_by_truth())


def least(crps: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The law of each channel that has the least CRPS.

    Args:
        crps: [54, laws] from `crps_of_laws`.

    Returns:
        Location and scale, [54] each; an uncertain law at 0 where nothing is known.
    """
    known = crps.max(axis=1) > 0.0
    loc, scale = np.divmod(crps.argmin(axis=1), len(SCALES))
    return (
        np.where(known, LOCATIONS[loc], np.float32(0.0)),
        np.where(known, SCALES[scale], UNKNOWN_SCALE),
    )


def scale_at(table: NDArray[np.float32], loc: NDArray[np.float32]) -> NDArray[np.float32]:
    """`law.scale_at` of one table [knots, channels] for all of `loc` [..., channels]."""
    place = np.interp(loc, _KNOTS, np.arange(len(_KNOTS))).astype(np.float32)
    below, channels = place.astype(np.intp).clip(0, len(_KNOTS) - 2), np.arange(loc.shape[-1])
    share = place - below.astype(np.float32)
    return np.asarray((1.0 - share) * table[below, channels] + share * table[below + 1, channels])


def _counted(
    loc: NDArray[np.float32], truth: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Which cells of the grids (`_crps_table`) are met, [cells], and by how many, [54, cells]."""
    known = np.isfinite(truth)
    place = np.rint((loc - LOCATIONS[0]) / STEP).clip(0, len(LOCATIONS) - 1)
    level = np.rint(np.where(known, truth, np.float32(0.0)) / STEP)
    cell = (place * LEVELS + level).astype(np.intp)[known]
    met = np.zeros(len(LOCATIONS) * LEVELS, np.bool_)
    met[cell] = True
    cells = np.flatnonzero(met)
    number = np.cumsum(met) - 1
    channel = np.nonzero(known)[1]
    count = np.bincount(channel * len(cells) + number[cell], minlength=COUNT * len(cells))
    return cells, count.reshape(COUNT, -1).astype(np.float32)


@cache
def _crps_table() -> NDArray[np.float32]:
    """CRPS under each scale of each cell: a law at each location against each truth."""
    shape = (len(LOCATIONS), LEVELS, len(SCALES))
    grid = (LOCATIONS[:, None, None], SCALES[None, None, :], TRUTHS[None, :, None])
    crps = jax.jit(law.crps)(*(np.broadcast_to(part, shape) for part in grid))
    return np.asarray(crps).reshape(-1, len(SCALES))


@cache
def _crps_by_truth() -> NDArray[np.float32]:
    """The same, [truths, laws]: laws are at each location with each scale."""
    table = _crps_table().reshape(len(LOCATIONS), LEVELS, len(SCALES))
    return np.ascontiguousarray(table.swapaxes(0, 1)).reshape(LEVELS, -1)
