"""Rivals that say the same of every frame: the neutral face, the usual one, the last one seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Arrays
from vrface.training.case import Case
from vrface.training.rivals.law import Law
from vrface.training.rivals.rival import seen_in

DRAFT_SCALE = np.float32(0.04)
"""The scale of a law whose rival has none of its own: its correction is all it is."""

LAST_S = 0.5
"""The last face is the median over this long: a blink at the end is not held for ever."""


def neutral(arrays: Arrays, case: Case) -> Law:
    """The wearer's resting face, always."""
    return unsized(np.zeros((1, 1, COUNT), np.float32))


def climatology(arrays: Arrays, case: Case) -> Law:
    """The usual face of the training wearers, always."""
    loc, scale = (arrays[f"climatology_{part}"].reshape(1, 1, COUNT) for part in Law._fields)
    return Law(loc, scale)


def hold_last(arrays: Arrays, case: Case) -> Law:
    """The face at the end of the calibration seconds, always; neutral where that is unknown."""
    seen = seen_in(case)
    time_s = np.cumsum(seen.dt[:, 0], dtype=np.float64)
    return unsized(last_face(seen.truth, time_s).reshape(1, 1, COUNT))


def last_face(truth: NDArray[np.float32], time_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """The median of each shape over the last `LAST_S` in which it is known, [54].

    Args:
        truth: [frames, 54]; NaN where unknown.
        time_s: [frames].
    """
    known = np.isfinite(truth)
    last = np.where(known, time_s[:, None], -np.inf).max(axis=0, initial=-np.inf)
    late = np.where(known & (time_s[:, None] > last - LAST_S), truth, np.float32(np.nan))
    face = np.zeros(COUNT, np.float32)
    heard = known.any(axis=0)
    face[heard] = np.nanmedian(late[:, heard], axis=0)
    return face


def unsized(loc: NDArray[np.float32]) -> Law:
    """A law at `loc` [W, frames, 54] that knows nothing of how sure it is."""
    return Law(loc, np.full((1, 1, COUNT), DRAFT_SCALE))
