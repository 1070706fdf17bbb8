"""Easing: what is shown follows the model's laws without their tremor.

A model's law trembles with the noise of its sensors, by much less than its own scale: of its mean
that is seen as jitter. A change well within the scale tells nothing, so it is followed slowly; one
of about the scale is followed at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vrface.columns import Numbers
from vrface.face.blendshapes import COUNT

SLOWEST_S = 0.25
"""How slowly a change is followed that tells nothing."""

TELLING = 0.5
"""A change of so many scales is followed twice as fast, one of three times as many 28 times."""

STEEPNESS = 3.0

UNSURE = 1e-3
"""The scale of a law that was none from the beginning."""


class Eased(NamedTuple):
    """Laws as they are followed, each [W, N]; a scale of 0 is of before the first frame."""

    loc: Numbers
    scale: Numbers

    @classmethod
    def begun(cls, wearers: int, width: int = COUNT) -> Eased:
        """Before the first frame."""
        return cls(*np.zeros((2, wearers, width), np.float32))


def eased(held: Eased, loc: Numbers, scale: Numbers, dt: Numbers) -> Eased:
    """The eased laws of one more frame.

    Args:
        held: Those of the frame before.
        loc: [W, N] of the model's.
        scale: [W, N].
        dt: [W] seconds since the frame before.
    """
    xp = loc.__array_namespace__()
    right, first = xp.isfinite(loc) & (scale > 0.0), held.scale == 0.0
    at = xp.where(first, xp.where(right, loc, 0.0), held.loc)
    spread = xp.where(first, xp.where(right, scale, UNSURE), held.scale)
    faster = 1.0 + (xp.abs(loc - at) / spread / TELLING) ** STEEPNESS
    gain = -xp.expm1(-dt[:, None] * faster / SLOWEST_S)
    # What is not finite is followed nowhere: the law of before stands.
    return Eased(
        xp.where(right, at + gain * (loc - at), at),
        xp.where(right, spread + gain * (scale - spread), spread),
    )
