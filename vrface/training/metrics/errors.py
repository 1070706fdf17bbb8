"""What the metrics are made of, and the plainest of them: how far a face is off."""

from __future__ import annotations

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
"""What a family of metrics found, by name; None is undefined."""


def mean(values: Floats) -> float | None:
    """Mean of what is known; NaN counts as unknown."""
    known = np.isfinite(values)
    return float(values[known].mean()) if known.any() else None


def mae(truth: Floats, predicted: Floats) -> float | None:
    """Mean absolute error, ``mean |p - y|``. A dead face does well here: never read it alone."""
    return mean(np.abs(predicted - truth))


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``; None where there is no whole."""
    return None if whole <= 0 else float(part / whole)
