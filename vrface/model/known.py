"""What is known of wearers, as the arrays that a network takes beside their features.

It changes when a wearer is calibrated or a headset sits differently, not from frame to frame; so
what can be worked out of it beforehand is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.calibration.summary import FACE_FIGURES, REST, SENSOR_FIGURES
from vrface.model.features import NAMED

SUMMARY = len(NAMED) * (SENSOR_FIGURES + 1) + COUNT * FACE_FIGURES + 1
"""Width of a summary: figures of named slots and whether they were seen, figures of weights, and
whether the face was seen."""

MOST = 3.0
"""Figures of a summary are cut here: an odd sensor must not drown the others."""

BUSY_S = 0.2
"""Seconds that a change per second is multiplied by, so that it is of a value's size."""


Rows: TypeAlias = "jax.Array | NDArray[np.float32]"
"""Numbers of wearers, on the device or on their way there."""


class Known(NamedTuple):
    """What is known of W wearers.

    Attributes:
        code: [W, code width] what a network makes of a summary.
        nearness: [1 or W, kinds, channels, places] of skin sensors to the places where the network
            reads them off (`vrface.model.skin`), one for all behind the same headset; of a network
            without such places [1, 0, 0, 0].
        move: [1 or W, width + 1, 54] added to locations, by the last state; the first row is
            constant. One of zeros stands for all where nobody's own truth taught anything.
        widen: [W, 54] what scales are multiplied by.
    """

    code: Rows
    nearness: Rows
    move: Rows
    widen: Rows


def summaries(calibrations: Sequence[Calibration], statistics: Arrays) -> NDArray[np.float32]:
    """[W, `SUMMARY`] what calibrations say, in figures of a blendshape's size; 0 = as usual."""
    return np.stack([_summary(one, statistics) for one in calibrations])


def _summary(calibration: Calibration, statistics: Arrays) -> NDArray[np.float32]:
    named = slice(len(NAMED))
    sensors = calibration.sensors[:, named]
    rest = sensors[REST]
    off = sensors - rest
    off[REST] = rest - statistics["sensor_rest"][named]
    off[-1] = sensors[-1] * BUSY_S
    face = calibration.face.copy()
    face[-1] *= BUSY_S
    seen = np.isfinite(rest), np.isfinite(face[0])
    parts = [off.ravel(), seen[0], face.ravel(), [seen[1].any()]]
    found = np.concatenate([np.asarray(part, np.float32) for part in parts])
    return np.asarray(np.clip(np.nan_to_num(found), -MOST, MOST))
