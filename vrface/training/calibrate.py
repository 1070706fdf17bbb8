"""Calibrating the wearers of a recording from its first seconds, as a wearer or a phone would.

``unpaired`` is what every wearer has: the sensors, and moments in which the face is calm.
``paired`` also knows the face of those seconds, as a phone before the bare face would tell it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Calibration, Mode
from vrface.model.checkpoint import Model
from vrface.model.features import PLANES, SLOTS
from vrface.training.recording import Recording
from vrface.training.rest import CALM_WINDOW_S, calmest, face_rest, mean_speed

MIN_CALIBRATION_S = 2.0
"""The least that can calibrate: a few calm half seconds."""

SATURATED = 0.97
"""From here on a channel in [0, 1] counts as at the top of its range."""

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


def calibrations_from(
    seen: Recording, features: NDArray[np.float32], model: Model, mode: Mode
) -> list[Calibration]:
    """One calibration for each wearer of a recording, from all of it.

    Args:
        seen: The calibration seconds.
        features: [frames, W, 4, 68] of them, made with a rest of 0.
        model: Whose population stands in for what was not seen.
        mode: ``"unpaired"`` or ``"paired"``.
    """
    face = model.statistics["face_rest"]
    if mode == "paired":
        own = face_rest([seen.truth])
        face = np.where(np.isfinite(own), own, face)
    population = model.statistics["sensor_rest"]
    still = [still_sensors(rows, seen.truth.time_ns) for rows in features.swapaxes(0, 1)]
    return [Calibration(mode, np.where(np.isfinite(own), own, population), face) for own in still]


def still_sensors(features: NDArray[np.float32], time_ns: NDArray[np.int64]) -> NDArray[np.float32]:
    """What each slot reads while the wearer's face is at rest, as `rest.face_rest` finds it.

    A channel at the top of its range says nothing of calm: a pose that saturates a sensor has no
    noise, and would be stiller than any resting face.

    Args:
        features: [frames, 4, 68] made with a rest of 0, so that values are the sensors' own.
        time_ns: [frames].

    Returns:
        [68] median over the calmest frames; NaN for slots that were not seen then, and everywhere
        where the record is too short.
    """
    seen = features[:, _PRESENT] > 0
    values = np.where(seen, features[:, _VALUE], np.float32(np.nan))
    steady = _STEADY & seen.any(axis=0)
    moving = np.where(values < SATURATED, values, np.float32(np.nan))
    speed = mean_speed(moving[:, steady] if steady.any() else moving, time_ns, CALM_WINDOW_S)
    calm = values[calmest(speed)]
    rest = np.full(len(SLOTS), np.nan, np.float32)
    heard = np.isfinite(calm).any(axis=0)
    rest[heard] = np.nanmedian(calm[:, heard], axis=0)
    return rest
