"""The trial of a model: whether its faces are faces, and in time, before anybody is shown one."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from vrface.errors import VrfaceError
from vrface.model.stepper import FIRST
from vrface.sensors.headset import headset
from vrface.session.faces import Faces
from vrface.session.pipeline import Pipeline
from vrface.simulation import synthetic_take, wear

if TYPE_CHECKING:
    from vrface.model.model import Model

HEADSETS = ("mouth_only", "everything")
"""Of many sensors and of few."""

FRAMES = 45
"""Behind each."""

SLOWER = 2.0
"""A model whose step takes so many times as long as that of the old one is refused."""


class ModelRefused(VrfaceError):
    """A model that was tried and is not used."""


def tried(new: Model, old: Model) -> None:
    """Try a model on a synthetic wearer behind `HEADSETS`.

    Args:
        new: Which is to be used.
        old: Which is used now.

    Raises:
        ModelRefused: if a face or a law is no number or out of range, or it is much slower.
    """
    for batch in FIRST:
        new.warm_up(batch)
    take = synthetic_take(seed=0, seconds=FRAMES / 90.0 + 1.0, rate_hz=120)
    for name in HEADSETS:
        frames = list(islice(wear(take, headset(name), seed=0, rate_hz=90.0).frames(), FRAMES))
        pipeline = Pipeline(headset(name), new)
        for number, frame in enumerate(frames):
            pipeline.push([(0, frame)])
            when = np.array([frame.frame_time_ns])
            faces = pipeline.step(np.array([number + 1]), when)
            _check(new, name, faces)
    slower = _step_s(new) / _step_s(old)
    if slower > SLOWER:
        raise ModelRefused(
            f"model {new.name!r} takes {slower:.1f} times as long as the one in use.",
            "Start a server of its own with it, if that is meant.",
        )


def _check(model: Model, headset_name: str, faces: Faces) -> None:
    laws = np.isfinite(faces.loc).all() and np.isfinite(faces.scale).all()
    laws &= np.all(faces.scale > 0.0)
    shown = faces.weights[np.isfinite(faces.weights)]
    if not laws or np.any((shown < 0.0) | (shown > 1.0)):
        raise ModelRefused(
            f"model {model.name!r} says what is no face behind {headset_name}.",
            "The one in use stays; look at how this one was trained.",
        )


def _step_s(model: Model) -> float:
    """How long a step of one wearer takes, seconds: the median of some."""
    from vrface.model.calibration import Calibration
    from vrface.model.features import PLANES, WIDTH
    from vrface.model.stepper import Stepper

    stepper = Stepper(model, np.zeros((128, 3), np.float32), [Calibration.none()])
    features, dt = np.zeros((1, len(PLANES), WIDTH), np.float32), np.full(1, 0.011, np.float32)
    took = []
    for _ in range(100):
        began_s = time.perf_counter()
        stepper(features, dt)
        took.append(time.perf_counter() - began_s)
    return float(np.median(took))
