"""Calibrations made by hand: what rests where, and how far it goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from vrface.model.calibration import Calibration, Mode
from vrface.model.calibration.summary import QUANTILES, REST

LOW, HIGH = 0, len(QUANTILES) - 1


def resting(
    mode: Mode, sensors: ArrayLike = np.nan, face: ArrayLike = np.nan, spread: ArrayLike = np.nan
) -> Calibration:
    """A calibration that knows what sensors and a face read at rest, and nothing else."""
    known = Calibration.none()
    figures, weights = known.sensors.copy(), known.face.copy()
    figures[REST], weights[0] = sensors, face
    figures[LOW] = figures[REST] - 0.5 * np.asarray(spread)
    figures[HIGH] = figures[REST] + 0.5 * np.asarray(spread)
    return Calibration(mode, figures, weights)
