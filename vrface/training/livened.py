"""`Livened`: the lively stream beside a pipeline of the expected style."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.model.model import Model
from vrface.outputs.blending import Blending
from vrface.outputs.fusion import Fused, Fusion
from vrface.outputs.lively.draw import Lively
from vrface.outputs.measured import Measured, MeasuredFace
from vrface.sensors.headset import HeadsetProfile
from vrface.session.faces import Faces

_KNOWN = (Source.MEASURED, Source.COPIED)


class Livened:
    """What a pipeline of the lively style shows, from what one of the expected style inferred.

    The model need not step again: its laws, and what was measured, are the same under both.

    Args:
        headset: Whose samples come in.
        model: What inferred; its statistics say how draws move.
        calibrations: One for each of W wearers.
        seeds: Of the draws, one for each wearer.
    """

    def __init__(
        self,
        headset: HeadsetProfile,
        model: Model,
        calibrations: Sequence[Calibration],
        seeds: Sequence[int],
    ) -> None:
        known = [calibration.face_rest(model.statistics) for calibration in calibrations]
        self._rest: NDArray[np.float32] = np.stack(known)
        measured, spread = Measured(headset), model.statistics["climatology_stddev"]
        self._fusion = Fusion(measured.noise, measured.source, spread, self._rest, headset.extras)
        self._blending = Blending(self._fusion.held.rest)
        self._lively = Lively(model.statistics, seeds)
        self._no_gaze = np.empty((0, 4), np.float32)  # fusion does not look at it
        self._law_s = np.zeros((len(known), COUNT), np.float32)  # what is shown has none of its own

    def __call__(self, faces: Faces, dt: NDArray[np.float32]) -> Fused:
        """The same frame in the lively style; what it says of spread and confidence is void.

        Args:
            faces: Of the expected style.
            dt: [W] seconds since the frame before.
        """
        was, kind, rest = faces.weights, faces.source, self._rest
        present = np.isin(kind, _KNOWN)
        # While a wearer is heard each of the 54 is there; while not, each is held, or gone.
        heard = present[:, 0] | (kind[:, 0] == Source.INFERRED)
        draw, drawn = self._lively(faces.loc, faces.scale, present[:, :COUNT], heard, dt)
        shown = np.where(drawn, rest + (1.0 - rest) * draw, was[:, :COUNT])
        face = MeasuredFace(
            np.where(present, was, np.float32(0.0)), present, self._no_gaze, kind == Source.COPIED
        )
        fused = self._fusion(face, heard, shown, self._law_s, dt, drawn)
        return fused._replace(weights=self._blending(fused.weights, fused.source, dt))
