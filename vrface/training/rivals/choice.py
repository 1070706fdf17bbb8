"""Choosing, shape by shape, what a rival cannot tell from the rows that its weights came from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.training.rivals.law import Law


def least_of(
    tried: Sequence[Law], truth: NDArray[np.float32], usual: int
) -> tuple[NDArray[np.intp], Law]:
    """Which law of each shape has the least mean CRPS.

    Args:
        tried: Laws of rows, [rows, 54], one for each choice.
        truth: [rows, 54]; NaN where it does not count.
        usual: The choice for a shape that is nowhere known.

    Returns:
        [54] the choices, and the law of each row under them, [rows, 54].
    """
    crps = [np.nansum(law.crps(truth), axis=0, dtype=np.float64) for law in tried]
    best = np.where(np.isfinite(truth).any(axis=0), np.argmin(crps, axis=0), usual)
    shapes = np.arange(truth.shape[1])
    loc, scale = (np.stack(parts)[best, :, shapes].T for parts in zip(*tried, strict=True))
    return best, Law(loc, scale)
