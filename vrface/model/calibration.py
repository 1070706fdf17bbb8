"""`Calibration`: what is known of one wearer's face at rest.

The model works on what moves: sensors minus what they read at rest, and a face whose resting
weights are 0. Without a calibration the rest of the training wearers stands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model.features import WIDTH

if TYPE_CHECKING:
    from vrface.model.checkpoint import Model

Mode = Literal["none", "unpaired", "paired"]

MODES: tuple[Mode, ...] = get_args(Mode)
"""All of them, in the order of tables that have one row for each."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What is known of one wearer.

    Attributes:
        mode: ``"none"``: nothing; ``"unpaired"``: the sensors' rest; ``"paired"``: the face's too.
        sensor_rest: [68] what each feature slot reads at rest, in the channel's unit.
        face_rest: [54] the weights of the resting face, in [0, 1].
    """

    mode: Mode
    sensor_rest: NDArray[np.float32]
    face_rest: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Check shapes and values.

        Raises:
            BadUse: if an array has another shape or holds what is not finite.
        """
        shapes = (self.sensor_rest.shape, self.face_rest.shape)
        if shapes != ((WIDTH,), (COUNT,)):
            raise BadUse(f"a calibration takes arrays [{WIDTH}] and [{COUNT}], got {shapes}.")
        if not (np.isfinite(self.sensor_rest).all() and np.isfinite(self.face_rest).all()):
            raise BadUse("a calibration holds a value that is not finite.", "Calibrate again.")

    @classmethod
    def none(cls, model: Model) -> Calibration:
        """Nothing known of the wearer: the rest of the model's training wearers."""
        return cls("none", model.statistics["sensor_rest"], model.statistics["face_rest"])
