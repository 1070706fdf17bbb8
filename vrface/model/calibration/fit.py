"""Whether a calibration fits what it is used with, and what of it counts where it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vrface.errors import CalibrationError
from vrface.model.calibration.calibration import Calibration

if TYPE_CHECKING:
    from vrface.model.model import Model
    from vrface.sensors.headset import HeadsetProfile


class Misfit(NamedTuple):
    """Why part of a calibration is left aside, in words for people.

    Attributes:
        text: What is left aside, and what counts all the same.
        advice: What to do about it.
    """

    text: str
    advice: str


OTHER_MODEL = Misfit(
    "the calibration was made for another model: what the wearer's own face taught that one is "
    "left aside; how face and sensors rest and move still counts.",
    "Calibrate again with this model.",
)

OTHER_HEADSET = Misfit(
    "the calibration was made behind another headset: what sensors read and what they taught is "
    "left aside; how the face rests and moves still counts, where it knows that.",
    "Calibrate again with this headset on.",
)


def fitted(
    calibration: Calibration, model: Model, headset: HeadsetProfile
) -> tuple[Calibration, tuple[Misfit, ...]]:
    """What of a calibration counts for a model behind a headset.

    Each headset's sensors read their own: what rests at one value behind one may rest at another
    behind the next. A face is the same behind all of them.

    Args:
        calibration: As it was made.
        model: What infers.
        headset: What is worn; one that the calibration does not tell is taken for the same.

    Returns:
        The calibration without what is left aside, and why anything is.

    Raises:
        CalibrationError: if it says to be of this model, and cannot be.
    """
    misfits = []
    if calibration.about.headset not in ("", headset.name):
        misfits.append(OTHER_HEADSET)
        # As of somebody new: what sensors read is found out while the session runs.
        nothing = Calibration.none()
        calibration = replace(nothing, face=calibration.face, about=calibration.about)
    if (touch := calibration.touch) is not None:
        if touch.model != model.digest:
            misfits.append(OTHER_MODEL)
            calibration = replace(calibration, touch=None)
        elif len(touch.move) != len(model.statistics["prior_mean"]) + 1:
            raise CalibrationError(
                f"the calibration moves {len(touch.move)} states, which its model has not.",
                "Make a new one: vrface calibrate.",
            )
    return calibration, tuple(misfits)
