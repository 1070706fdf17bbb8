"""Spread: what a draft law's scale is multiplied by, by mode, by shape and by what it predicts.

The protocol's one input-dependent scale: every rival gets the factors under which its laws have the
least mean CRPS on wearers that it did not learn from, so that none wins by its law alone.
"""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Mode
from vrface.model.law import KNOTS, MIN_SCALE
from vrface.training.rivals.law import Law
from vrface.training.scales import least_by_knot, scale_at

MODES: tuple[Mode, ...] = get_args(Mode)
"""In the order of a table's first axis."""

FACTORS = np.geomspace(0.1, 12.5, 28).astype(np.float32)
"""Factors tried: with `constants.DRAFT_SCALE` they span `scales.SCALES`."""

_BETWEEN = (np.array(KNOTS[1:]) + np.array(KNOTS[:-1])) / 2


def spread(factors: NDArray[np.float32], draft: Law, mode: Mode) -> Law:
    """A law with its spread.

    Args:
        factors: [modes, knots, 54].
        draft: The law before.
        mode: Of the calibration.
    """
    factor = scale_at(factors[MODES.index(mode)], draft.loc)
    return Law(draft.loc, np.maximum(draft.scale * factor, np.float32(MIN_SCALE)))


def fit_spread(draft: Law, truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The factors with the least mean CRPS, [knots, 54].

    Knots with few rows are spoken for as in `scales.least_by_knot`; where nothing is known the
    draft stays as it is.

    Args:
        draft: Laws of rows, [rows, 54].
        truth: [rows, 54]; NaN where it does not count.
    """
    rows, shapes = np.nonzero(np.isfinite(truth))
    loc, scale, known = draft.loc[rows, shapes], draft.scale[rows, shapes], truth[rows, shapes]
    cell = np.searchsorted(_BETWEEN, loc) * COUNT + shapes
    size = len(KNOTS) * COUNT
    count = np.bincount(cell, minlength=size).reshape(-1, COUNT).astype(np.float64)
    total = []
    for factor in FACTORS:
        crps = Law(loc, np.maximum(scale * factor, np.float32(MIN_SCALE))).crps(known)
        total.append(np.bincount(cell, crps, size).reshape(-1, COUNT))
    return least_by_knot(FACTORS, np.stack(total, axis=-1), count, np.float32(1.0))
