"""Calibrations as the wearer's graph and the step take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.calibration.summary import REST


def figures(calibrations: Sequence[Calibration]) -> Arrays:
    """The inputs of the wearer's graph: figures, 0 where not seen, and masks of what was."""
    sensors = np.stack([one.sensors for one in calibrations])
    face = np.stack([one.face for one in calibrations])
    return {
        "sensors": np.nan_to_num(sensors),
        "sensors_seen": _seen(sensors[:, REST]),
        "face": np.nan_to_num(face),
        "face_seen": _seen(face[:, 0]),
    }


def _seen(figure: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.isfinite(figure).astype(np.float32)
