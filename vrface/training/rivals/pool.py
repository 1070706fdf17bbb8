"""Linear pools of a rival that moves and a constant one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import MODES, Arrays, Mode
from vrface.training.rivals.law import Law, Pool

POOLS: dict[str, tuple[str, str]] = {
    "pool": ("ridge", "climatology"),
    "pool_user": ("ridge_user", "calibration_climatology"),
}
"""Who is pooled. The arrays ``NAME_share`` [modes, 54] say with what chance the first is right."""


def pools_of(arrays: Arrays, laws: Mapping[str, Law], mode: Mode) -> dict[str, Pool]:
    """The pools whose members are there.

    Args:
        arrays: A checkpoint's rivals.
        laws: By rival.
        mode: Of the calibration.
    """
    return {
        name: Pool(laws[moving], laws[constant], arrays[f"{name}_share"][MODES.index(mode)])
        for name, (moving, constant) in POOLS.items()
        if moving in laws and constant in laws
    }


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
