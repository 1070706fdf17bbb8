"""`livened`: the lively stream of a recording whose expected one is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.model.model import Model
from vrface.outputs.fusion import Fusion
from vrface.outputs.lively.draw import Lively
from vrface.outputs.measured import Measured, MeasuredFace
from vrface.training.recording import Inferred, Trial

_KNOWN = (Source.MEASURED, Source.COPIED)


def livened(trial: Trial, inferred: Inferred, model: Model, seed: int) -> Inferred:
    """What a pipeline of the lively style shows, from what one of the expected style inferred.

    The model need not step again: its laws, and what was measured, are the same under both.

    Args:
        trial: What was run.
        inferred: What came of it.
        model: What inferred; its statistics say how draws move.
        seed: Of the first wearer's draws; the others' follow it.

    Returns:
        The same with the weights and sources of the lively style; nobody is silenced.
    """
    headset, calibrations = trial.recording.headset, trial.calibrations
    known = [calibration.face_rest(model.statistics) for calibration in calibrations]
    rest: NDArray[np.float32] = np.stack(known)
    measured, spread = Measured(headset), model.statistics["climatology_stddev"]
    fusion = Fusion(measured.noise, measured.source, spread, rest, headset.extras)
    lively = Lively(model.statistics, [seed + wearer for wearer in range(len(rest))])
    no_gaze = np.empty((0, 4), np.float32)  # fusion does not look at it
    weights, source = inferred.weights.copy(), inferred.source.copy()
    law_s = np.zeros((len(rest), COUNT), np.float32)  # the spread that is shown does not change
    for frame, dt in enumerate(inferred.dt):
        was, kind = inferred.weights[:, frame], inferred.source[:, frame]
        present = np.isin(kind, _KNOWN)
        # While a wearer is heard each of the 54 is there; while not, each is held, or gone.
        heard = present[:, 0] | (kind[:, 0] == Source.INFERRED)
        laws = inferred.loc[:, frame], inferred.scale[:, frame]
        draw, drawn = lively(*laws, present[:, :COUNT], heard, dt)
        shown = np.where(drawn, rest + (1.0 - rest) * draw, was[:, :COUNT])
        face = MeasuredFace(np.where(present, was, np.float32(0.0)), present, no_gaze)
        fused = fusion(face, heard, shown, law_s, dt, drawn)
        weights[:, frame], source[:, frame] = fused.weights, fused.source
    return replace(inferred, weights=weights, source=source, silenced=None)
