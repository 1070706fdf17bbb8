"""Models that nobody trained, and recordings of a simulated wearer under simulated sensors."""

import jax.numpy as jnp
import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.model import checkpoint, ridge
from vrface.model.checkpoint import RIVALS, statistics_of
from vrface.model.config import NetworkConfig
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.recording import Recording

VIVE = "vive_pro_eye_lip"
TINY = NetworkConfig(width=8, encoder_width=8, slot_width=4, blocks=1, memory=8, hidden=8)


def constant(value, shape=COUNT):
    return np.full(shape, value, np.float32)


def statistics():
    """What a checkpoint of `TINY` says of wearers, and how little of a last layer moves."""
    known = {"face_rest": 0.03, "sensor_rest": 0.04, "sensor_spread": 1.0, "prior_mean": 0.0}
    return {
        **{
            name: constant(known.get(name, 0.1), shape)
            for name, shape in statistics_of(TINY.width).items()
        },
        "draw_time_s": np.array([0.1, 0.3, 1.0, 5.0], np.float32),
        "draw_share": np.full((COUNT, 4), 0.25, np.float32),
        "draw_factor": np.eye(COUNT, dtype=np.float32),
        "blink_hazard": np.array([-1.0, 0.0], np.float32),
    }


def neutral_rivals():
    """Rivals whose ridge predicts the resting face, always, and whose pools believe both."""
    known = {
        "climatology_loc": constant(0.02),
        "climatology_scale": constant(0.03),
        "climatology_histogram": np.eye(1, RIVALS["climatology_histogram"][1], 4, np.float32),
        "pool_share": constant(0.5, RIVALS["pool_share"]),
        "pool_user_share": constant(0.5, RIVALS["pool_user_share"]),
        **{name: np.array([[0.0], [1.0]], np.float32) for name in RIVALS if name.endswith("_line")},
        **{f"ridge_{name}": value for name, value in ridge.empty_params().items()},
    }
    return {
        name: np.array(np.broadcast_to(known.get(name, np.float32(1.0)), shape))
        for name, shape in RIVALS.items()
    }


@pytest.fixture(scope="session")
def neutral_model():
    """Predicts the resting face, always; so does its ridge, which it is."""
    return Model(
        name="neutral_model",
        digest=bytes(32),
        config={"seen": ["wearer-2"], "best_rival": {"none": {"": "climatology"}}},
        card="",
        statistics=statistics(),
        rivals=neutral_rivals(),
        architecture=ridge.RidgeArchitecture(),
        params={key: jnp.asarray(value) for key, value in ridge.empty_params().items()},
    )


@pytest.fixture(scope="session")
def drawn_model(tmp_path_factory):
    """A small network and a ridge, both drawn by lot, through a checkpoint and back."""
    rng = np.random.default_rng(0)
    rivals = neutral_rivals()
    weights = 0.02 * rng.normal(size=rivals["ridge_weights"].shape)
    rivals["ridge_weights"] = weights.astype(np.float32)
    rivals["ridge_scale"] += rng.uniform(0, 0.1, rivals["ridge_scale"].shape).astype(np.float32)
    params = {
        name: 0.3 * rng.normal(size=shape).astype(np.float32)
        for name, shape in NetworkArchitecture(TINY).shapes().items()
    }
    folder = tmp_path_factory.mktemp("models") / "drawn"
    checkpoint.save(
        folder,
        network=TINY,
        config={"seen": [], "best_rival": {"paired": {VIVE: "copy_rule", "": "neutral"}}},
        params=params,
        rivals=rivals,
        statistics=statistics(),
        card="",
    )
    return checkpoint.load(folder)


@pytest.fixture(scope="session")
def recording():
    """Makes a recording of a simulated wearer: (seed, seconds, headset name, sensor seeds)."""

    def make(seed=1, seconds=12.0, name=VIVE, seeds=(0, 1)):
        take = synthetic_take(seed=seed, seconds=seconds)
        wearers = tuple(wear(take, headset(name), seed=one) for one in seeds)
        return Recording(take.name, take.person, wearers)

    return make
