"""`Easing`: what is shown follows the model's laws without their tremor.

A model's law trembles with the noise of its sensors, by much less than its own scale: of its mean
that is seen as jitter. A change well within the scale tells nothing, so it is followed slowly; one
of about the scale is followed at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SLOWEST_S = 0.25
"""How slowly a change is followed that tells nothing."""

TELLING = 0.5
"""A change of so many scales is followed twice as fast, one of three times as many 28 times."""

STEEPNESS = 3.0


class Easing:
    """The eased laws of W wearers; before the first frame there are none."""

    def __init__(self) -> None:
        self._loc: NDArray[np.float64] | None = None
        self._scale = np.empty(0)

    def __call__(
        self, loc: NDArray[np.float32], scale: NDArray[np.float32], dt: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Location and scale of the eased laws.

        Args:
            loc: [W, N] of the model's.
            scale: [W, N].
            dt: [W] seconds since the call before.
        """
        right = np.isfinite(loc) & (scale > 0)
        if self._loc is None:
            self._loc, self._scale = (
                np.where(right, own, other) for own, other in ((loc, 0.0), (scale, 1e-3))
            )
        scales = np.abs(loc - self._loc) / self._scale
        faster = 1.0 + (scales / TELLING) ** STEEPNESS
        gain = -np.expm1(-dt[:, None] * faster / SLOWEST_S)
        # What is not finite is followed nowhere: the law of before stands.
        self._loc = np.where(right, self._loc + gain * (loc - self._loc), self._loc)
        self._scale = np.where(right, self._scale + gain * (scale - self._scale), self._scale)
        return self._loc, self._scale
