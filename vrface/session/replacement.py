"""`Replacement`: another model for a frame path, made beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model
    from vrface.session.stepper import Stepper


class Replacement(NamedTuple):
    """Another model for a pipeline.

    Attributes:
        model: Which.
        stepper: Knows what was known of each wearer when it was made.
        face: The slots that sense a face, of those that the model listens to.
        known: What that was.
    """

    model: Model
    stepper: Stepper
    face: NDArray[np.intp]
    known: list[Calibration]
