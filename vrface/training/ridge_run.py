"""`RidgeRun`: a checkpoint's ridge over the frames of a recording, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.checkpoint import Arrays
from vrface.training.scales import scale_at
from vrface.training.sequences import regressors_of


@dataclass(frozen=True, eq=False)
class RidgeRun:
    """What the ridge saw and said; what it says step by step when it serves.

    Attributes:
        regressors: [W, frames, `vrface.model.ridge.REGRESSORS`].
        loc: [W, frames, 54] location of its law of each rest-relative weight.
        scale: [W, frames, 54] its scale.
    """

    regressors: NDArray[np.float32]
    loc: NDArray[np.float32]
    scale: NDArray[np.float32]

    @classmethod
    def of(cls, rivals: Arrays, features: NDArray[np.float32], dt: NDArray[np.float32]) -> RidgeRun:
        """Run it.

        Args:
            rivals: Of a checkpoint: they hold its ridge.
            features: [frames, W, 4, 68] as a model gets them.
            dt: [frames, W] seconds since the frame before.
        """
        regressors, combination = regressors_of(features, dt)
        rows, there = regressors.swapaxes(0, 1), combination.swapaxes(0, 1)
        loc = np.empty((*there.shape, COUNT), np.float32)
        scale = np.empty_like(loc)
        for one in np.unique(there):
            here = there == one
            loc[here] = rows[here] @ rivals["ridge_weights"][one]
            scale[here] = scale_at(rivals["ridge_scale"][one], loc[here])
        return cls(rows, loc, scale)
