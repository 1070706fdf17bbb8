"""The trial of a model: whether its faces are faces, and in time, before anybody is shown one."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from vrface.errors import VrfaceError
from vrface.sensors.headset import headset
from vrface.session.faces import Faces
from vrface.session.pipeline import Pipeline
from vrface.session.stepper import warm_up
from vrface.simulation import synthetic_take, wear

if TYPE_CHECKING:
    from vrface.model.model import Model

HEADSETS = ("mouth_only", "everything")
"""Of many sensors and of few."""

FRAMES = 45
"""Behind each."""

STEPS = 100
"""Of either model, to see which one is slower."""

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
    for touched in (False, True):
        for batch in old.warm(touched):
            warm_up(new, batch, touched)
    take = synthetic_take(seed=0, seconds=FRAMES / 90.0 + 1.0, rate_hz=120)
    for name in HEADSETS:
        frames = list(islice(wear(take, headset(name), seed=0, rate_hz=90.0).frames(), FRAMES))
        pipeline = Pipeline(headset(name), new)
        for number, frame in enumerate(frames):
            pipeline.push([(0, frame)])
            when = np.array([frame.frame_time_ns])
            faces = pipeline.step(np.array([number + 1]), when)
            _check(new, name, faces)
    slower = _slower(new, old)
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


def _slower(new: Model, old: Model) -> float:
    """How many times as long a step of one wearer takes, each at its best."""
    pipelines = [Pipeline(headset(HEADSETS[-1]), model) for model in (new, old)]
    took = np.empty((STEPS, 2))
    for number in range(STEPS):
        sequence, now_ns = np.array([number + 1]), np.array([number * 11_000_000])
        for side, pipeline in enumerate(pipelines):
            took[number, side] = pipeline.step(sequence, now_ns).step_us
    best = took.min(axis=0)
    return float(best[0] / best[1])
