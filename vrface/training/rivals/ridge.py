"""The ridge as a rival: the linear model of the checkpoint, over all frames of a record at once.

What it says is what it says step by step when it serves as a model of its own.
"""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Arrays
from vrface.training.case import Sensed
from vrface.training.rivals.law import Law
from vrface.training.scales import scale_at


def ridge(arrays: Arrays, sensed: Sensed) -> Law:
    """The law of what was sensed of each wearer."""
    rows, there = sensed.ridge
    loc = np.empty((*there.shape, COUNT), np.float32)
    scale = np.empty_like(loc)
    for one in np.unique(there):
        here = there == one
        loc[here] = rows[here] @ arrays["ridge_weights"][one]
        scale[here] = scale_at(arrays["ridge_scale"][one], loc[here])
    return Law(loc, scale)
