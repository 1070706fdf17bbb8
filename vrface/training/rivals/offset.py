"""Rivals that know how far they usually were off in the calibration seconds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Arrays
from vrface.training.case import Case, Sensed
from vrface.training.rivals.law import Law
from vrface.training.rivals.rival import seen_in


def with_offset(draft: Callable[[Arrays, Sensed], Law]) -> Callable[[Arrays, Case], Law]:
    """The same rival, its location moved by what it usually missed in the calibration seconds."""

    def moved(arrays: Arrays, case: Case) -> Law:
        law, seen = draft(arrays, case), seen_in(case)
        return Law(law.loc + offset(draft(arrays, seen).loc, seen.truth), law.scale)

    return moved


def offset(loc: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median of what locations miss, [W, 1, 54]; 0 where the truth is unknown.

    A median, as a location is one: rare great movements are no reason to never rest. A location
    that lies beyond [0, 1] says the end of it, and misses nothing there.

    Args:
        loc: [W, frames, 54].
        truth: [frames, 54]; NaN where unknown.
    """
    missed = np.zeros((len(loc), 1, truth.shape[1]), np.float32)
    known = np.isfinite(truth).any(axis=0)
    off = truth[:, known] - np.clip(loc[:, :, known], 0.0, 1.0)
    missed[:, :, known] = np.nanmedian(off, axis=1, keepdims=True)
    return missed
