"""`Easing`: what is shown follows the model's laws without their tremor.

A model's law trembles with the noise of its sensors, by much less than its own scale: of its mean
that is seen as jitter. A change well within the scale tells nothing, so it is followed slowly; one
of about the scale is followed at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.face.blendshapes import COUNT

SLOWEST_S = 0.25
"""How slowly a change is followed that tells nothing."""

TELLING = 0.5
"""A change of so many scales is followed twice as fast, one of three times as many 28 times."""

STEEPNESS = 3.0


@dataclass
class Eased(Columns):
    """Laws as they are followed; a scale of 0 is of before the first frame."""

    loc: NDArray[np.float64]
    scale: NDArray[np.float64]


class Easing:
    """The eased laws of W wearers; before the first frame there are none.

    Args:
        wearers: W.
        width: N, laws a wearer.
    """

    def __init__(self, wearers: int, width: int = COUNT) -> None:
        self.held = Eased(np.zeros((wearers, width)), np.zeros((wearers, width)))

    def __call__(
        self, loc: NDArray[np.float32], scale: NDArray[np.float32], dt: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Location and scale of the eased laws.

        Args:
            loc: [W, N] of the model's.
            scale: [W, N].
            dt: [W] seconds since the call before.
        """
        right, held = np.isfinite(loc) & (scale > 0), self.held
        first = held.scale == 0.0
        if first.any():
            for own, law, other in ((held.loc, loc, 0.0), (held.scale, scale, 1e-3)):
                np.copyto(own, np.where(right, law, other), where=first)
        scales = np.abs(loc - held.loc) / held.scale
        faster = 1.0 + (scales / TELLING) ** STEEPNESS
        gain = -np.expm1(-dt[:, None] * faster / SLOWEST_S)
        # What is not finite is followed nowhere: the law of before stands.
        held.loc = np.where(right, held.loc + gain * (loc - held.loc), held.loc)
        held.scale = np.where(right, held.scale + gain * (scale - held.scale), held.scale)
        return held.loc, held.scale
