"""Which sensors tell that somebody is there: those of a face that a model listens to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.headset import HeadsetProfile

if TYPE_CHECKING:
    from vrface.model.model import Model

_log = logging.getLogger(__name__)


def face_slots(
    measured: NDArray[np.bool_], model: Model, headset: HeadsetProfile
) -> NDArray[np.intp]:
    """The slots of a headset that sense a face, of those that a model listens to.

    Args:
        measured: [256] the slots that the headset fills.
        model: Which.
        headset: Named in a warning where there are none.
    """
    from vrface.model.features import OF_FACE, WIDTH

    listened = np.isin(np.arange(WIDTH), model.architecture.slots)
    found = np.flatnonzero(measured & listened & OF_FACE)
    if not found.size:
        _log.warning(
            "model %r listens to no sensor of the face that headset %r has: nothing is inferred, "
            "its faces stay warming_up.",
            model.name,
            headset.name,
        )
    return found
