"""`raising`: how often, how high and how long one face raises its brows."""

from __future__ import annotations

import numpy as np

from vrface.training.metrics.arrays import Figures, Floats
from vrface.training.metrics.events import RAISE_ONSET, RAISE_RELEASE, brow_raises, held


def raising(brows: Floats, period_s: float) -> Figures:
    """Brow raises.

    Args:
        brows: [frames, channels] browInnerUp and browOuterUp relative to rest; NaN = unknown.
        period_s: Seconds between frames.
    """
    track = np.asarray(brows.max(axis=1))
    raises = held(track, RAISE_ONSET, RAISE_RELEASE)
    heights = [float(track[start:stop].max()) for start, stop in raises]
    return {
        "raise_rate": brow_raises(brows, brows, period_s)["truth_per_minute"],
        "raise_height": float(np.median(heights)) if heights else None,
        "raise_seconds": (
            float(np.median(raises[:, 1] - raises[:, 0])) * period_s if heights else None
        ),
    }
