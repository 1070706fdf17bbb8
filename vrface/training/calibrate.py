"""Calibrating the wearers of a recording from its first seconds, as a wearer or a phone would.

``unpaired`` is what every wearer has: the sensors and one "hold still". ``paired`` also knows the
face of those seconds, as a phone in front of the bare face would tell it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Calibration, Mode
from vrface.model.checkpoint import Model
from vrface.model.features import PLANES, SLOTS
from vrface.training.dataset import features_of
from vrface.training.recording import Recording
from vrface.training.rest import face_rest, mean_speed

STILL_S = 2.0
"""Length of the "hold still": the calmest stretch of this length of the sensor stream."""

MIN_SCORED_S = 45.0
"""What must be left of a take to be scored, or it is not calibrated from itself."""

_VALUE, _PRESENT = PLANES.index("value"), PLANES.index("present")

_STEADY = np.array(
    [
        stream not in ("gaze", "gaze_combined") and not channel.startswith("openness")
        for stream, channel in SLOTS
    ]
)
"""Slots that are still on a still face; lids blink and eyes wander on one too."""


def calibration_source(
    recording: Recording, recordings: Sequence[Recording], seconds: float
) -> Recording | None:
    """Which recording's first seconds calibrate a recording.

    Its own if enough is left to score, else those of the same person's longest other take (the
    first by name among equals), else none.
    """
    if recording.truth.seconds >= seconds + MIN_SCORED_S:
        return recording
    siblings = [
        other
        for other in recordings
        if other.person == recording.person
        and other is not recording
        and other.truth.seconds >= seconds
    ]
    return min(siblings, key=lambda other: (-other.truth.seconds, other.name), default=None)


def calibrations_from(seen: Recording, model: Model, mode: Mode) -> list[Calibration]:
    """One calibration for each wearer of a recording, from all of it.

    Args:
        seen: The calibration seconds.
        model: Whose population stands in for what was not seen.
        mode: ``"unpaired"`` or ``"paired"``.
    """
    features = features_of(seen.wearers)
    face = model.statistics["face_rest"]
    if mode == "paired":
        own = face_rest([seen.truth])
        face = np.where(np.isfinite(own), own, face)
    population = model.statistics["sensor_rest"]
    still = [still_sensors(rows, seen.truth.time_ns) for rows in features.swapaxes(0, 1)]
    return [Calibration(mode, np.where(np.isfinite(own), own, population), face) for own in still]


def still_sensors(features: NDArray[np.float32], time_ns: NDArray[np.int64]) -> NDArray[np.float32]:
    """What each slot reads while the wearer holds still.

    Args:
        features: [frames, 4, 68] made with a rest of 0, so that values are the sensors' own.
        time_ns: [frames].

    Returns:
        [68] mean over the calmest `STILL_S`; NaN for slots that were not seen then, and everywhere
        where the record is shorter than that.
    """
    seen = features[:, _PRESENT] > 0
    values = np.where(seen, features[:, _VALUE], np.float32(np.nan))
    steady = _STEADY & seen.any(axis=0)
    speed = mean_speed(values[:, steady] if steady.any() else values, time_ns, STILL_S)
    if not np.isfinite(speed).any():
        return np.full(len(SLOTS), np.nan, np.float32)
    around = np.abs(time_ns - time_ns[speed.argmin()]) <= STILL_S / 2 * 1e9
    count = seen[around].sum(axis=0)
    total = np.where(seen[around], features[around, _VALUE], 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)
