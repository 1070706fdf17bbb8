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
from vrface.model.features import Features
from vrface.model.model import Model
from vrface.session.observation import LEAST_S
from vrface.training.recording import Recording
from vrface.training.sequences import features_of, seconds_between

MIN_CALIBRATION_S = LEAST_S
"""The least that can calibrate."""

GAP_S = 1.0
"""What comes right behind the calibration seconds is too like them to be scored."""

MIN_SCORED_S = 45.0
"""What must be left of a take to be scored, or it is not calibrated from itself; and what a ceiling
needs to learn from."""


@dataclass(frozen=True, eq=False)
class Calibrator:
    """What calibrates a recording.

    Attributes:
        recording: It, or a sibling.
        first: The calibration seconds.
        features: [frames, W, 4, 256] of them, made with `Levels.none`.
    """

    recording: Recording
    first: Recording
    features: NDArray[np.float32]

    @classmethod
    def of(cls, recording: Recording, seconds: float) -> Calibrator:
        """The first seconds of a recording."""
        first = recording.first(seconds)
        features = np.stack([features_of(wearer) for wearer in first.wearers], axis=1)
        return cls(recording, first, features)

    def taught(self, model: Model, calibrations: Sequence[Calibration]) -> list[Calibration]:
        """The calibrations made from it, with what its truth changes of a model's laws."""
        truth = self.first.truth
        dt, positions = seconds_between(truth.time_ns), Features(self.first.headset).positions
        return [
            model.taught(one, rows, dt, truth.weights, positions)
            for one, rows in zip(calibrations, self.features.swapaxes(0, 1), strict=True)
        ]


def calibrators(recordings: Sequence[Recording], seconds: float) -> list[Calibrator | None]:
    """What calibrates each recording from `seconds` of one; None where nothing can."""
    found = [calibration_source(one, recordings, seconds) for one in recordings]
    apart = {id(one): one for one in found if one is not None}
    made = {key: Calibrator.of(recording, seconds) for key, recording in apart.items()}
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
    seen: Recording, features: NDArray[np.float32], mode: Mode
) -> list[Calibration]:
    """One calibration for each wearer of a recording, from all of it.

    Args:
        seen: The calibration seconds.
        features: [frames, W, 4, 256] of them, made with `Levels.none`.
        mode: ``"unpaired"`` or ``"paired"``.
    """
    wearers = features.swapaxes(0, 1)
    if mode == "unpaired":
        return [Calibration.unpaired(rows) for rows in wearers]
    seconds = (seen.truth.time_ns - seen.truth.time_ns[0]) / 1e9
    return [Calibration.paired(rows, seen.truth.weights, seconds) for rows in wearers]
