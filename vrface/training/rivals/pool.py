"""The linear pool of the best moving rival and the best constant one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Mode
from vrface.training.rivals.law import Law, Pool
from vrface.training.rivals.spread import MODES

MEMBERS: dict[Mode, tuple[str, str]] = {
    "none": ("ridge", "climatology"),
    "unpaired": ("ridge", "climatology"),
    "paired": ("ridge_user", "calibration_climatology"),
}
"""Who is pooled."""


def pooled(share: NDArray[np.float32], laws: Mapping[str, Law], mode: Mode) -> Pool:
    """The pool of laws with their spread.

    Args:
        share: [modes, 54] the chance that the moving one is believed.
        laws: By rival.
        mode: Of the calibration.
    """
    moving, constant = (laws[name] for name in MEMBERS[mode])
    return Pool(moving, constant, share[MODES.index(mode)])


def fit_share(first: Law, second: Law, truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The share of the first law with the least mean CRPS, [54]; a half where nothing is known.

    The mean CRPS of a pool is ``a c1 + (1 - a) c2 - a (1 - a) d`` (`Pool.crps`), a parabola in
    ``a`` whose ``d`` a pool of halves tells.

    Args:
        first: Laws of rows, [rows, 54].
        second: Other laws of them.
        truth: [rows, 54]; NaN where it does not count.
    """
    half = np.full(truth.shape[1], 0.5, np.float32)
    scores = [one.crps(truth) for one in (first, second, Pool(first, second, half))]
    c1, c2, mixed = (np.nansum(score, axis=0, dtype=np.float64) for score in scores)
    d = np.maximum(2.0 * (c1 + c2) - 4.0 * mixed, 1e-9)
    known = np.isfinite(truth).any(axis=0)
    return np.where(known, np.clip((c2 - c1 + d) / (2.0 * d), 0.0, 1.0), half).astype(np.float32)
