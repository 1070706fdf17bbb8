"""Small cases, rows and checkpoints: made by hand, or drawn by lot, and fitted to nobody."""

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.checkpoint import RIVALS
from vrface.model.features import PLANES, WIDTH
from vrface.model.known import SUMMARY
from vrface.training.case import Case, Seen
from vrface.training.fit import Rows
from vrface.training.rivals.correction import Correction

RNG = np.random.default_rng(0)

EVERYTHING = ridge.COMBINATIONS - 1
"""The combination of all sensors."""


def logistic(shape):
    u = RNG.uniform(1e-4, 1 - 1e-4, shape)
    return np.log(u) - np.log1p(-u)


def drawn(loc, scale):
    """Weights drawn from laws."""
    loc = np.asarray(loc)
    return np.clip(loc + scale * logistic(loc.shape), 0, 1).astype(np.float32)


def features(values):
    """[frames, W, 4, 256] features whose slots are all there, with values [frames, W, 256]."""
    planes = np.zeros((*values.shape[:2], len(PLANES), WIDTH), np.float32)
    planes[:, :, 0] = values
    planes[:, :, 2] = 1.0
    return planes


def case(mode="none", seen=None, values=None, frames=40, wearers=1):
    """A case of a still face, or of one with these sensor values [frames, W, 256]."""
    if values is None:
        values = np.zeros((frames, wearers, WIDTH), np.float32)
    dt = np.full(values.shape[:2], 1 / 60, np.float32)
    return Case(features(values), dt, mode, np.zeros((values.shape[1], SUMMARY), np.float32), seen)


def seen(truth, values=None, wearers=1):
    """Calibration seconds with this truth [frames, 54]."""
    if values is None:
        values = np.zeros((len(truth), wearers, WIDTH), np.float32)
    dt = np.full(values.shape[:2], 1 / 60, np.float32)
    return Seen(features(values), dt, np.asarray(truth, np.float32))


def arrays(**changes):
    """A checkpoint's rivals: a ridge that says neutral, laws as they are drafted."""
    unchanged = Correction.none(COUNT)._asdict()
    parts = {name: unchanged.get(name.rpartition("_")[2]) for name in RIVALS}
    made = {
        name: np.stack([part] * 3).astype(np.float32)
        for name, part in parts.items()
        if part is not None
    }
    made |= {f"ridge_{name}": value for name, value in ridge.empty_params().items()}
    made |= {
        "climatology_loc": np.full(COUNT, 0.1, np.float32),
        "climatology_scale": np.full(COUNT, 0.05, np.float32),
        "climatology_histogram": np.zeros(RIVALS["climatology_histogram"], np.float32),
        "calibration_climatology_weight": np.full(COUNT, 10.0, np.float32),
        "ridge_user_share": np.ones(COUNT, np.float32),
        "pool_share": np.full(RIVALS["pool_share"], 0.5, np.float32),
        "pool_user_share": np.full(RIVALS["pool_user_share"], 0.5, np.float32),
    }
    made["climatology_histogram"][:, 20] = 1.0
    assert {name: array.shape for name, array in made.items()} == RIVALS
    return made | changes


def wandering(frames, wearers=2, present=1.0, seed=0):
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
    dt = np.full((frames, wearers), 1 / 60, np.float32)
    summary = rng.normal(0.0, 0.3, (wearers, SUMMARY)).astype(np.float32)
    return Case(features, dt, "unpaired", summary, None)


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
    made = wandering(frames=len(of.regressors), wearers=1)
    vars(made)["ridge"] = of.regressors[None], (of.there if there is None else there)[None]
    return made
