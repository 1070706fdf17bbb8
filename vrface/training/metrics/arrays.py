"""What the metrics are made of: their arrays, a mean of what is known and a ratio that may not be.

Nothing here is NaN on its way out: a figure that is not defined is None.
"""

from __future__ import annotations

from math import isfinite
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

Sums: TypeAlias = NDArray[np.float64]
"""Of each channel, over its frames: the metrics of any set of channels are had from them."""

Places: TypeAlias = NDArray[np.intp]
"""Which channels a metric is of."""

Figures: TypeAlias = dict[str, float | None]
"""What was found, by name; None is undefined."""


def mean(values: Floats) -> float | None:
    """Mean of what is known; NaN counts as unknown."""
    known = np.isfinite(values)
    return float(values[known].mean()) if known.any() else None


def ratio(part: float | None, whole: float | None) -> float | None:
    """``part / whole``; None where one of them is not known, or there is no whole."""
    if part is None or whole is None or not (isfinite(part) and isfinite(whole)) or whole <= 0:
        return None
    return float(part / whole)
