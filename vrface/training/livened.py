"""`Livened`: the lively stream beside a pipeline of the expected style."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.model.model import Model
from vrface.outputs.blending import Blended, blended
from vrface.outputs.fusion import Alive, Fused, Inferred, Kinds, fused
from vrface.outputs.lively.draw import Dice, Drawing, draw
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
        names = (*BLENDSHAPES, *headset.extras)
        measured, spread = Measured(headset), model.statistics["climatology_stddev"]
        rest = np.zeros((len(calibrations), len(names)), np.float32)
        rest[:, :COUNT] = [one.face_rest(model.statistics) for one in calibrations]
        self._rest, self._hazard = rest, model.statistics["blink_hazard"]
        self._kinds = Kinds(
            measured.noise, measured.source.astype(np.float32), measured.partial, spread
        )
        self._dice, self._drawing = Dice(model.statistics, seeds), Drawing.begun(len(rest))
        self._alive, self._blended = Alive.begun(rest, self._kinds), Blended.begun(rest)
        self._no_gaze = np.empty((0, 4), np.float32)  # fusion does not look at it
        self._law_s = np.zeros((len(rest), COUNT), np.float32)  # what is shown has none of its own

    def __call__(self, faces: Faces, dt: NDArray[np.float32]) -> Fused:
        """The same frame in the lively style; what it says of spread and confidence is void.

        Args:
            faces: Of the expected style.
            dt: [W] seconds since the frame before.
        """
        was, kind, rest = faces.weights, faces.source, self._rest[:, :COUNT]
        present, law = np.isin(kind, _KNOWN), (faces.loc, faces.scale)
        # While a wearer is heard each of the 54 is there; while not, each is held, or gone.
        heard = present[:, 0] | (kind[:, 0] == Source.INFERRED)
        chances = self._dice(dt)
        self._drawing, (weights, drawn) = draw(
            self._drawing, self._hazard, chances, law, present[:, :COUNT], heard, dt
        )
        shown = np.where(drawn, rest + (1.0 - rest) * weights, was[:, :COUNT])
        face = MeasuredFace(
            np.where(present, was, np.float32(0.0)), present, self._no_gaze, kind == Source.COPIED
        )
        inferred = Inferred(shown, self._law_s, drawn, heard)
        self._alive, made = fused(self._alive, self._rest, self._kinds, face, inferred, dt)
        self._blended, shown = blended(self._blended, self._rest, made.weights, made.source, dt)
        return made._replace(weights=shown)
