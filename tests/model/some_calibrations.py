"""Calibrations drawn by lot: figures of a real one's size, of slots and shapes that were seen."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import About, Calibration, Mode
from vrface.model.calibration.calibration import Touch
from vrface.model.calibration.summary import FACE_FIGURES, QUANTILES, SENSOR_FIGURES
from vrface.model.features import WIDTH

ABOUT = About("w7", "w7-2", "vive_pro_eye_lip", 30.0)


def some(
    seed: int = 0,
    mode: Mode = "paired",
    seen: float = 0.5,
    about: About = ABOUT,
    model: bytes | None = None,
    width: int = 16,
) -> Calibration:
    """A calibration; with `model`, also what its wearer's truth taught that one."""
    rng = np.random.default_rng(seed)
    sensors = rng.uniform(-0.5, 0.5, (SENSOR_FIGURES, WIDTH)).astype(np.float32)
    sensors[: len(QUANTILES)].sort(axis=0)
    sensors[len(QUANTILES) :] **= 2
    face = rng.uniform(0.0, 0.4, (FACE_FIGURES, COUNT)).astype(np.float32)
    sensors[:, rng.random(WIDTH) >= seen] = np.nan
    face[:, rng.random(COUNT) >= (seen if mode == "paired" else 0.0)] = np.nan
    touch = None
    if model is not None:
        move = rng.normal(0.0, 0.02, (width + 1, COUNT)).astype(np.float32)
        widen = rng.uniform(0.5, 2.0, COUNT).astype(np.float32)
        still = rng.random(COUNT) >= seen
        move[:, still], widen[still] = 0.0, 1.0
        touch = Touch(model, move, widen)
    return Calibration(mode, sensors, face, touch, about)


def assert_same(one: Calibration, other: Calibration) -> None:
    """See that two calibrations say the same, to the bit."""
    assert (one.mode, one.about) == (other.mode, other.about)
    np.testing.assert_array_equal(one.sensors, other.sensors)
    np.testing.assert_array_equal(one.face, other.face)
    assert (one.touch is None) == (other.touch is None)
    if one.touch is not None and other.touch is not None:
        assert one.touch.model == other.touch.model
        np.testing.assert_array_equal(one.touch.move, other.touch.move)
        np.testing.assert_array_equal(one.touch.widen, other.touch.widen)
