"""`Case`: all that a rival may look at of one recording, under one mode of calibration.

The same in evaluation and where rivals learn how sure they may be, so that what they learn is of
the situation they are judged in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Arrays, Calibration, Mode
from vrface.model.features import Levels, against
from vrface.training.calibrate import calibrations_from
from vrface.training.recording import Recording
from vrface.training.rest import relative
from vrface.training.sequences import regressors_of, seconds_between


@dataclass(frozen=True, eq=False)
class Sensed:
    """What was sensed of W wearers, frame by frame.

    Attributes:
        features: [frames, W, 4, 256] against the rest that the calibration knows, as a model
            gets them.
        dt: [frames, W] seconds since the frame before.
    """

    features: NDArray[np.float32]
    dt: NDArray[np.float32]

    @cached_property
    def ridge(self) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """What the ridge predicts from.

        Returns:
            [W, frames, `ridge.REGRESSORS`] regressors, and [W, frames] the combination of sensors
            that is there.
        """
        regressors, there = regressors_of(self.features, self.dt)
        return regressors.swapaxes(0, 1), there.swapaxes(0, 1)


@dataclass(frozen=True, eq=False)
class Seen(Sensed):
    """The calibration seconds where their truth may be used.

    Attributes:
        truth: [frames, 54] weights relative to the rest that was found in these seconds; NaN where
            unknown.
    """

    truth: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Case(Sensed):
    """A recording under one mode.

    Attributes:
        mode: What is known of the wearers.
        summary: [W, `vrface.model.known.SUMMARY`] that.
        seen: The calibration seconds; None unless the mode is ``"paired"``.
    """

    mode: Mode
    summary: NDArray[np.float32]
    seen: Seen | None


def calibrated(
    source: Recording | None,
    features: NDArray[np.float32] | None,
    statistics: Arrays,
    mode: Mode,
) -> tuple[list[Calibration], Seen | None]:
    """The calibration of each wearer of a recording, and what a rival may learn from it.

    Args:
        source: The calibration seconds of W wearers; None where there are none.
        features: [frames, W, 4, 256] of them, made with a rest of 0.
        statistics: Of a checkpoint: its population stands in for what was not seen.
        mode: What may be used.

    Returns:
        W calibrations; without a source or with mode ``"none"``, the one that all wearers share.
    """
    if source is None or features is None or mode == "none":
        return [Calibration.none()], None
    calibrations = calibrations_from(source, features, mode)
    if mode == "unpaired":
        return calibrations, None
    return calibrations, Seen(
        features=seen_by(features, calibrations, statistics),
        dt=np.stack([seconds_between(source.truth.time_ns)] * len(calibrations), axis=1),
        # Every wearer of a recording has the same face.
        truth=relative(source.truth.weights, calibrations[0].face_rest(statistics)),
    )


def seen_by(
    features: NDArray[np.float32], calibrations: Sequence[Calibration], statistics: Arrays
) -> NDArray[np.float32]:
    """Features [frames, W, 4, 256] made with `Levels.none`, as each calibration has them seen."""
    levels = [one.levels(statistics) for one in calibrations]
    both = Levels(*(np.stack(part) for part in zip(*levels, strict=True)))
    return np.asarray(against(features, both))
