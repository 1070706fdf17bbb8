"""`Lesson`: a log as it is learned from: its features, made once, in as little memory as may be.

Features are made by the path that serving takes, of a log that was disturbed as a whole; windows
are then cut from them as often as one likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.model.features import PLANES, WIDTH, Features
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.training.config import TrainConfig
from vrface.training.disturb import disturbed
from vrface.training.logs import Steps, TrainingLog
from vrface.training.rest import relative
from vrface.training.sequences import features_of, seconds_between
from vrface.training.tiers import without_extras


@dataclass(frozen=True, eq=False)
class Lesson:
    """One log, disturbed.

    Attributes:
        headset: What was worn.
        slots: [n] the slots that the headset fills.
        planes: [frames, 4, n] features of these, made with `Levels.none`; float16, whose eleven
            bits are finer than any sensor.
        dt: [frames] seconds since the frame before.
        time_s: [frames] since the first.
        weights: [frames, 54] the face in [0, 1]; NaN where unknown.
        face_rest: [54] the wearer's resting face.
        positions: [128, 3] of skin sensors, metres.
    """

    headset: HeadsetProfile
    slots: NDArray[np.intp]
    planes: NDArray[np.float16]
    dt: NDArray[np.float32]
    time_s: NDArray[np.float64]
    weights: NDArray[np.float32]
    face_rest: NDArray[np.float32]
    positions: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return float(self.time_s[-1])

    def features(self, frames: slice) -> NDArray[np.float32]:
        """[frames, 4, 256] of some frames, made with `Levels.none`."""
        planes = self.planes[frames]
        whole = np.zeros((len(planes), len(PLANES), WIDTH), np.float32)
        whole[:, :, self.slots] = planes
        return whole

    def truth(
        self, frames: slice, warp: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
    ) -> NDArray[np.float32]:
        """[frames, 54] rest-relative weights of some frames, perhaps warped; NaN where unknown."""
        moved = relative(self.weights[frames], self.face_rest)
        if warp is None:
            return moved
        gain, exponent = warp
        return np.asarray(np.minimum(gain * moved**exponent, 1.0), dtype=np.float32)


def lessons(logs: Sequence[TrainingLog], config: TrainConfig, progress: Steps) -> list[Lesson]:
    """A lesson of each log; the same logs and config give the same.

    Args:
        logs: To learn from.
        config: Of the training: how logs are disturbed, and its seed.
        progress: Told how far it is.
    """
    made = []
    for number, log in enumerate(logs):
        worse = _disturbed(log, number, config)
        made.append(lesson_of(worse, features_of(worse), log.face_rest))
        progress("making features", len(made), len(logs))
    return made


def _disturbed(log: TrainingLog, number: int, config: TrainConfig) -> Paired:
    rng = np.random.default_rng([config.seed, number])
    return disturbed(without_extras(log.paired), config.disturbances, rng)


def lesson_of(
    paired: Paired, features: NDArray[np.float32], face_rest: NDArray[np.float32]
) -> Lesson:
    """The lesson of a log whose features [frames, 4, 256] were made with `Levels.none`."""
    own = Features(paired.headset)
    slots = np.flatnonzero(own.measured)
    time_ns = paired.frame_time_ns
    return Lesson(
        headset=paired.headset,
        slots=slots,
        planes=features[:, :, slots].astype(np.float16),
        dt=seconds_between(time_ns),
        time_s=(time_ns - time_ns[0]) / 1e9,
        weights=paired.truth.weights,
        face_rest=face_rest,
        positions=own.positions,
    )
