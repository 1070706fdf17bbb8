"""Cases and rows drawn by lot, for rivals that learn."""

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.features import PLANES, WIDTH
from vrface.training.case import Case
from vrface.training.fit import Rows

EVERYTHING = ridge.COMBINATIONS - 1
"""The combination of all sensors."""


def case(frames, wearers=2, present=1.0, seed=0):
    """Sensors that wander; of each slot's instants a share is there."""
    rng = np.random.default_rng(seed)
    shape = (frames, wearers, WIDTH)
    planes = {
        "value": rng.normal(0.0, 0.3, shape),
        "difference": rng.normal(0.0, 1.0, shape),
        "age": rng.uniform(0.0, 0.05, shape),
        "present": np.ones(shape),
    }
    there = rng.random(shape) < present
    features = np.stack([planes[name] * there for name in PLANES], axis=2).astype(np.float32)
    return Case(features, np.full((frames, wearers), 1 / 60, np.float32), "none", None)


def rows(count=600, there=EVERYTHING, known=(3, 20, 41), seed=0):
    """Rows of six wearers whose known shapes follow a regressor each, the same for any seed."""
    rng = np.random.default_rng(seed)
    regressors = rng.normal(0.0, 0.3, (count, ridge.REGRESSORS)).astype(np.float32)
    regressors[:, 0] = 1.0
    truth = np.full((count, COUNT), np.nan, np.float32)
    for place, shape in enumerate(known, start=1):
        noise = 0.03 * rng.normal(size=count)
        truth[:, shape] = np.clip(0.4 + 0.6 * regressors[:, place] + noise, 0.0, 1.0)
    return Rows(regressors, truth, np.full(count, there), np.arange(count) % 6)


def sensed(of, there=None):
    """The case of one wearer whose frames have the regressors of these rows."""
    made = case(frames=len(of.regressors), wearers=1)
    vars(made)["ridge"] = of.regressors[None], (of.there if there is None else there)[None]
    return made
