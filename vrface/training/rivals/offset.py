"""Rivals that know how far they were off, on average, in the calibration seconds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vrface.model.checkpoint import Arrays
from vrface.training.case import Case, Sensed
from vrface.training.rivals.law import Law
from vrface.training.rivals.rival import seen_in


def with_offset(draft: Callable[[Arrays, Sensed], Law]) -> Callable[[Arrays, Case], Law]:
    """The same rival, its location moved by what it missed in the calibration seconds."""

    def moved(arrays: Arrays, case: Case) -> Law:
        law, seen = draft(arrays, case), seen_in(case)
        return Law(law.loc + offset(draft(arrays, seen).loc, seen.truth), law.scale)

    return moved


def offset(loc: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of what locations miss, [W, 1, 54]; 0 where the truth is unknown.

    Args:
        loc: [W, frames, 54].
        truth: [frames, 54]; NaN where unknown.
    """
    known = np.isfinite(truth)
    missed = np.where(known, truth - loc, np.float32(0.0)).sum(axis=1, keepdims=True)
    return np.asarray(missed / np.maximum(known.sum(axis=0), 1), dtype=np.float32)
