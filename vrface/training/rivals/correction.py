"""Correction: what takes a draft law to the law that is judged, by shape.

A line for its location, for a mean of squares is no median where weights are mostly 0; and what
its scale is multiplied by, by what it predicts: the protocol's one input-dependent scale. Every
rival gets the correction under which its laws have the least mean CRPS on wearers that it did not
learn from, so that none wins by its law alone.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.model import law as closed_form
from vrface.model.law import KNOTS, MIN_SCALE
from vrface.training.rivals.law import Law
from vrface.training.scales import MIN_ROWS, least_by_knot, scale_at

SHIFTS = (-0.2, -0.15, -0.1, -0.075, -0.05, -0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.05, 0.1)
SLOPES = (0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5)
"""Lines tried: all pairs."""

FACTORS = np.geomspace(0.1, 12.5, 28).astype(np.float32)
"""Factors tried: with `constants.DRAFT_SCALE` they span `scales.SCALES`."""

SAMPLE = 2048
"""Rows of a shape, evenly drawn, that its line is chosen on."""

_SMALLEST = 256
_BESIDE = FACTORS[2::3]
"""Factors that a line is tried with."""

_LINES = np.array([(shift, slope) for slope in SLOPES for shift in SHIFTS], np.float32)
_LINES = _LINES[np.argsort(np.abs(_LINES - (0.0, 1.0)).sum(axis=1), kind="stable")]
"""[lines, 2], the nearest to none first: it is taken among equals."""

_BETWEEN = (np.array(KNOTS[1:], np.float32) + np.array(KNOTS[:-1], np.float32)) / 2


class Correction(NamedTuple):
    """How a draft law is corrected.

    Attributes:
        line: [2, 54] shift and slope of the location.
        factors: [knots, 54] of the scale, at each of `law.KNOTS` of the corrected location.
    """

    line: NDArray[np.float32]
    factors: NDArray[np.float32]

    @classmethod
    def none(cls, shapes: int) -> Correction:
        """The one that changes nothing."""
        line = np.array([[0.0], [1.0]], np.float32)
        return cls(np.repeat(line, shapes, axis=1), np.ones((len(KNOTS), shapes), np.float32))


def corrected(correction: Correction, draft: Law) -> Law:
    """The law that a draft [..., 54] becomes."""
    loc = _along(correction.line, draft.loc)
    factor = scale_at(correction.factors, loc)
    return Law(loc, np.maximum(draft.scale * factor, np.float32(MIN_SCALE)))


def fit_correction(draft: Law, truth: NDArray[np.float32], *, fixed: bool = False) -> Correction:
    """The correction with the least mean CRPS.

    The line of each shape is chosen on `SAMPLE` of its rows, each line under its own best factors;
    then the factors on all rows. Knots with few rows are spoken for as in `scales.least_by_knot`.
    A shape that is known in fewer than `scales.MIN_ROWS` rows stays where it is, one that is known
    in none as it is.

    Args:
        draft: Laws of rows, [rows, 54].
        truth: [rows, 54]; NaN where it does not count.
        fixed: Its location is right by definition.
    """
    line, _ = Correction.none(truth.shape[1])
    for shape, known in enumerate(np.isfinite(truth).T):
        rows = np.flatnonzero(known)
        if len(rows) >= MIN_ROWS and not fixed:
            drawn = rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype(np.intp)]
            parts = (part[drawn, shape] for part in (*draft, truth))
            line[:, shape] = _best_line(*parts)
    return Correction(line, _fit_factors(Law(_along(line, draft.loc), draft.scale), truth))


def _along(line: NDArray[np.float32], loc: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(line[0] + line[1] * loc)


def _best_line(
    loc: NDArray[np.float32], scale: NDArray[np.float32], truth: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Shift and slope of one shape, from its rows [rows]."""
    size = max(_SMALLEST, 1 << (len(loc) - 1).bit_length())
    padded = [
        np.pad(part, (0, size - len(part)), constant_values=0.5) for part in (loc, scale, truth)
    ]
    score = _scores(*padded, np.arange(size) < len(loc))
    best: NDArray[np.float32] = _LINES[int(np.argmin(score))]
    return best


@jax.jit
def _scores(loc: jax.Array, scale: jax.Array, truth: jax.Array, counts: jax.Array) -> jax.Array:
    """[lines] the CRPS summed over rows, each line under the best of `_BESIDE` at each knot."""
    scales = jnp.maximum(jnp.asarray(_BESIDE)[:, None] * scale[None], MIN_SCALE)

    def score(line: jax.Array) -> jax.Array:
        moved = line[0] + line[1] * loc
        knot = jnp.searchsorted(jnp.asarray(_BETWEEN), moved)
        here = (knot[:, None] == jnp.arange(len(KNOTS))[None]) & counts[:, None]
        at, came = (jnp.broadcast_to(part, scales.shape) for part in (moved[None], truth[None]))
        by_knot = closed_form.crps(at, scales, came) @ here.astype(jnp.float32)
        return by_knot.min(axis=0).sum()

    scores: jax.Array = jax.lax.map(score, jnp.asarray(_LINES))
    return scores


def _fit_factors(moved: Law, truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The factors of laws that are where they should be, [knots, 54]."""
    rows, shapes = np.nonzero(np.isfinite(truth))
    loc, scale, known = moved.loc[rows, shapes], moved.scale[rows, shapes], truth[rows, shapes]
    cell = np.searchsorted(_BETWEEN, loc) * truth.shape[1] + shapes
    size = len(KNOTS) * truth.shape[1]
    by_cell = (len(KNOTS), truth.shape[1])
    count = np.bincount(cell, minlength=size).reshape(by_cell).astype(np.float64)
    total = []
    for factor in FACTORS:
        crps = Law(loc, np.maximum(scale * factor, np.float32(MIN_SCALE))).crps(known)
        total.append(np.bincount(cell, crps, size).reshape(by_cell))
    return least_by_knot(FACTORS, np.stack(total, axis=-1), count, np.float32(1.0))
