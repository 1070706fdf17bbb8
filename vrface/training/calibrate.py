"""Calibrating the wearers of a recording from its first seconds, as a wearer or a phone would.

``unpaired`` is what every wearer has: the sensors, over seconds in which the face mostly rests.
``paired`` also knows the face of those seconds, as a phone before the bare face would tell it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Calibration, Mode
from vrface.model.checkpoint import Arrays
from vrface.model.features import PLANES
from vrface.training.recording import Recording
from vrface.training.rest import usual
from vrface.training.sequences import features_by_log

MIN_CALIBRATION_S = 2.0
"""The least that can calibrate: enough for most of it to be no blink."""

GAP_S = 1.0
"""What comes right behind the calibration seconds is too like them to be scored."""

MIN_SCORED_S = 45.0
"""What must be left of a take to be scored, or it is not calibrated from itself; and what a ceiling
needs to learn from."""

_VALUE, _PRESENT = PLANES.index("value"), PLANES.index("present")


@dataclass(frozen=True, eq=False)
class Calibrator:
    """What calibrates a recording.

    Attributes:
        recording: It, or a sibling.
        first: The calibration seconds.
        features: [frames, W, 4, 68] of them, made with a rest of 0.
    """

    recording: Recording
    first: Recording
    features: NDArray[np.float32]


def calibrators(recordings: Sequence[Recording], seconds: float) -> list[Calibrator | None]:
    """What calibrates each recording from `seconds` of one; None where nothing can."""
    found = [calibration_source(one, recordings, seconds) for one in recordings]
    apart = {id(one): one for one in found if one is not None}
    firsts = [one.first(seconds) for one in apart.values()]
    made = {
        key: Calibrator(recording, first, features)
        for (key, recording), first, features in zip(
            apart.items(), firsts, _features_of_all(firsts), strict=True
        )
    }
    return [None if one is None else made[id(one)] for one in found]


def calibration_source(
    recording: Recording, recordings: Sequence[Recording], seconds: float
) -> Recording | None:
    """Which recording's first seconds calibrate a recording.

    Its own if it is long enough, else those of the same person's longest other take (the first by
    name among equals), else none.
    """
    if calibrates_itself(recording, seconds):
        return recording
    siblings = [
        other
        for other in recordings
        if other.person == recording.person
        and other is not recording
        and other.truth.seconds >= seconds
    ]
    return min(siblings, key=lambda other: (-other.truth.seconds, other.name), default=None)


def calibrates_itself(recording: Recording, seconds: float) -> bool:
    """Whether enough is left to be scored behind its first seconds and the gap after them."""
    return recording.truth.seconds >= seconds + GAP_S + MIN_SCORED_S


def calibrations_from(
    seen: Recording, features: NDArray[np.float32], statistics: Arrays, mode: Mode
) -> list[Calibration]:
    """One calibration for each wearer of a recording, from all of it.

    Args:
        seen: The calibration seconds.
        features: [frames, W, 4, 68] of them, made with a rest of 0.
        statistics: Of a checkpoint: its population stands in for what was not seen.
        mode: ``"unpaired"`` or ``"paired"``.
    """
    face = statistics["face_rest"]
    if mode == "paired":
        own = usual(seen.truth.weights)
        face = np.where(np.isfinite(own), own, face)
    population = statistics["sensor_rest"]
    rests = [sensor_rest(rows) for rows in features.swapaxes(0, 1)]
    return [Calibration(mode, np.where(np.isfinite(own), own, population), face) for own in rests]


def sensor_rest(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each slot reads while the wearer's face is at rest: what it reads most of the time.

    Over half a minute the median is nearer to a resting face than what is read where the face is
    calmest: a held pose is calm too (docs/decisions/0008-protocol.md has the figures).

    Args:
        features: [frames, 4, 68] made with a rest of 0, so that values are the sensors' own.

    Returns:
        [68]; NaN for slots that were not seen.
    """
    seen = features[:, _PRESENT] > 0
    return usual(np.where(seen, features[:, _VALUE], np.float32(np.nan)))


def _features_of_all(recordings: Sequence[Recording]) -> list[NDArray[np.float32]]:
    """Features of each recording, [frames, W, 4, 68], made with a rest of 0, side by side."""
    wearers = [wearer for recording in recordings for wearer in recording.wearers]
    made = dict(features_by_log(wearers))
    numbers = iter(range(len(wearers)))
    return [np.stack([made[next(numbers)] for _ in one.wearers], axis=1) for one in recordings]
