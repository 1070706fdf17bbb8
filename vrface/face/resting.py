"""Weights relative to a resting face: 0 is this wearer at rest, 1 the shape in full."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def relative(weights: NDArray[np.floating], rest: NDArray[np.floating]) -> NDArray[np.float32]:
    """Weights relative to a resting face, ``clip((y - rest) / (1 - rest), 0, 1)``; NaN stays NaN.

    Args:
        weights: [..., 54] in [0, 1].
        rest: [54] in [0, 1); a shape that rests at 1 has nowhere to go and stays 0.
    """
    room = np.maximum(1.0 - rest, 1e-6)
    return np.asarray(np.clip((weights - rest) / room, 0.0, 1.0), dtype=np.float32)
