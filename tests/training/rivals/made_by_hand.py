"""Cases made by hand: what was sensed of one wearer, and what a rival may look at of it."""

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model.checkpoint import RIVALS
from vrface.model.features import PLANES, WIDTH
from vrface.model.ridge import empty_params
from vrface.training.case import Case, Seen

RNG = np.random.default_rng(0)


def logistic(shape):
    u = RNG.uniform(1e-4, 1 - 1e-4, shape)
    return np.log(u) - np.log1p(-u)


def drawn(loc, scale):
    """Weights drawn from laws."""
    loc = np.asarray(loc)
    return np.clip(loc + scale * logistic(loc.shape), 0, 1).astype(np.float32)


def features(values):
    """[frames, W, 4, 68] features whose every slot is there, with these values [frames, W, 68]."""
    planes = np.zeros((*values.shape[:2], len(PLANES), WIDTH), np.float32)
    planes[:, :, 0] = values
    planes[:, :, 2] = 1.0
    return planes


def case(mode="none", seen=None, values=None, frames=40, wearers=1):
    """A case of a still face, or of one with these sensor values [frames, W, 68]."""
    if values is None:
        values = np.zeros((frames, wearers, WIDTH), np.float32)
    dt = np.full(values.shape[:2], 1 / 60, np.float32)
    return Case(features(values), dt, mode, seen)


def seen(truth, values=None, wearers=1):
    """Calibration seconds with this truth [frames, 54]."""
    if values is None:
        values = np.zeros((len(truth), wearers, WIDTH), np.float32)
    dt = np.full(values.shape[:2], 1 / 60, np.float32)
    return Seen(features(values), dt, np.asarray(truth, np.float32))


def arrays(**changes):
    """A checkpoint's rivals: a ridge that says neutral, laws as they are drafted."""
    made = {name: np.ones(shape, np.float32) for name, shape in RIVALS.items() if "spread" in name}
    made |= {f"ridge_{name}": value for name, value in empty_params().items()}
    made |= {
        "climatology_loc": np.full(COUNT, 0.1, np.float32),
        "climatology_scale": np.full(COUNT, 0.05, np.float32),
        "climatology_histogram": np.zeros(RIVALS["climatology_histogram"], np.float32),
        "calibration_climatology_weight": np.full(COUNT, 10.0, np.float32),
        "pool_share": np.full(RIVALS["pool_share"], 0.5, np.float32),
    }
    made["climatology_histogram"][:, 20] = 1.0
    return made | changes
