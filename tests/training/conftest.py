"""A model that knows nothing, and recordings of a simulated wearer under simulated sensors."""

import jax.numpy as jnp
import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.checkpoint import STATISTICS, Model
from vrface.model.features import WIDTH
from vrface.sensors.headset import headset
from vrface.simulation.behaviour import synthetic_take
from vrface.simulation.occlusion import wear
from vrface.training.recording import Recording


def constant(value, width=COUNT):
    return np.full(width, value, np.float32)


@pytest.fixture(scope="session")
def neutral_model():
    """Predicts the resting face, always."""
    return Model(
        name="neutral_model",
        digest=bytes(32),
        config={"kind": "ridge", "seen": ["wearer-2"], "best_rival": "climatology"},
        card="",
        statistics={
            "face_rest": constant(0.03),
            "sensor_rest": constant(0.04, WIDTH),
            "climatology_loc": constant(0.02),
            "climatology_scale": constant(0.03),
            "climatology_stddev": constant(0.1),
            "neutral_scale": constant(0.02),
            "copy_rule_scale": np.full(STATISTICS["copy_rule_scale"], 0.04, np.float32),
        },
        params={key: jnp.asarray(value) for key, value in ridge.empty_params().items()},
    )


@pytest.fixture(scope="session")
def recording():
    """Makes a recording of a simulated wearer: (seed, seconds, headset name, sensor seeds)."""

    def make(seed=1, seconds=12.0, name="vive_pro_eye_lip", seeds=(0, 1)):
        take = synthetic_take(seed=seed, seconds=seconds)
        wearers = tuple(wear(take, headset(name), seed=one) for one in seeds)
        return Recording(take.name, take.person, wearers)

    return make
