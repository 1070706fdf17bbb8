"""`Calibration`: what is known of one wearer.

The model works on what moves: sensors against what they read at rest, and a face whose resting
weights are 0. Where nothing is known of a quantity, the training wearers stand in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model.calibration.summary import (
    FACE_FIGURES,
    QUANTILES,
    REST,
    SENSOR_FIGURES,
    of_face,
    of_sensors,
)
from vrface.model.features import WIDTH, Levels

Mode = Literal["none", "unpaired", "paired"]

MODES: tuple[Mode, ...] = get_args(Mode)
"""All of them, in the order of tables that have one row for each."""

Arrays = dict[str, NDArray[np.float32]]


class Touch(NamedTuple):
    """What a wearer's own truth changes of a model's laws (`vrface.model.calibration.last_layer`).

    Attributes:
        model: Digest of the model that it belongs to: no other has these features.
        move: [width + 1, 54] what is added to locations, by the last state of the network; the
            first row is constant.
        widen: [54] what scales are multiplied by.
    """

    model: bytes
    move: NDArray[np.float32]
    widen: NDArray[np.float32]


class About(NamedTuple):
    """Where a calibration comes from, as its file says. Nobody's name is in it.

    Attributes:
        wearer: Pseudonym; empty = not told, here and below.
        donning: Pseudonym of the time of putting the headset on that it was made in.
        headset: Name of the profile whose sensors it is of.
        seconds: That it was made from.
    """

    wearer: str = ""
    donning: str = ""
    headset: str = ""
    seconds: float = 0.0


UNTOLD = About()
"""Nobody says."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What is known of one wearer.

    Attributes:
        mode: ``"none"``: nothing; ``"unpaired"``: what sensors read; ``"paired"``: the face behind
            it too.
        sensors: [6, 256] figures of each slot (`summary.of_sensors`); NaN = not seen.
        face: [7, 54] figures of each weight (`summary.of_face`); NaN = not seen.
        touch: What the wearer's own truth changes of one model's laws; None = nothing.
        about: Where it comes from.
    """

    mode: Mode
    sensors: NDArray[np.float32]
    face: NDArray[np.float32]
    touch: Touch | None = None
    about: About = UNTOLD

    def __post_init__(self) -> None:
        """Check shapes and values.

        Raises:
            BadUse: if an array has another shape or holds what is infinite.
        """
        shapes = (self.sensors.shape, self.face.shape)
        right = ((SENSOR_FIGURES, WIDTH), (FACE_FIGURES, COUNT))
        if shapes != right:
            raise BadUse(f"a calibration takes arrays {right[0]} and {right[1]}, got {shapes}.")
        if np.isinf(self.sensors).any() or np.isinf(self.face).any():
            raise BadUse("a calibration holds a value that is infinite.", "Calibrate again.")

    @classmethod
    def none(cls) -> Calibration:
        """Nothing known of the wearer."""
        nowhere = np.float32(np.nan)
        sensors = np.full((SENSOR_FIGURES, WIDTH), nowhere)
        return cls("none", sensors, np.full((FACE_FIGURES, COUNT), nowhere))

    @classmethod
    def unpaired(cls, features: NDArray[np.floating]) -> Calibration:
        """What sensors alone say.

        Args:
            features: [frames, 4, 256] made with `Levels.none`.
        """
        return cls("unpaired", of_sensors(features), cls.none().face)

    @classmethod
    def paired(
        cls,
        features: NDArray[np.floating],
        weights: NDArray[np.floating],
        seconds: NDArray[np.floating],
    ) -> Calibration:
        """What sensors and the face behind them say.

        Args:
            features: [frames, 4, 256] made with `Levels.none`.
            weights: [frames, 54] in [0, 1]; NaN = unknown.
            seconds: [frames] since some instant, increasing.
        """
        return cls("paired", of_sensors(features), of_face(weights, seconds))

    def levels(self, statistics: Arrays) -> Levels:
        """What features are seen against, [256] each.

        Args:
            statistics: Of a checkpoint: its population stands in for what was not seen.
        """
        rest = self.sensors[REST]
        spread = self.sensors[len(QUANTILES) - 1] - self.sensors[0]
        return Levels(
            np.where(np.isfinite(rest), rest, statistics["sensor_rest"]),
            np.where(np.isfinite(spread), spread, statistics["sensor_spread"]),
        )

    def face_rest(self, statistics: Arrays) -> NDArray[np.float32]:
        """[54] weights of the resting face, in [0, 1]; a checkpoint's where it is not known."""
        return np.where(np.isfinite(self.face[0]), self.face[0], statistics["face_rest"])
