"""Small networks with weights by lot, frames for them, and onnxruntime on one thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import onnxruntime

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Calibration
from vrface.model.calibration.calibration import Touch
from vrface.model.checkpoint import statistics_of
from vrface.model.config import NetworkConfig
from vrface.model.features import MAX_AGE_S, SKIN, SLOTS, WIDTH
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture

SMALL = NetworkConfig(
    width=24,
    encoder_width=16,
    slot_width=8,
    blocks=2,
    memory=20,
    hidden=12,
    code_width=6,
    skin_places=8,
)


def config_of(of: Model) -> NetworkConfig:
    """The size of a model that is a network."""
    assert isinstance(of.architecture, NetworkArchitecture)
    return of.architecture.config


def heard(*streams: str) -> tuple[int, ...]:
    """The slots of some streams."""
    return tuple(place for place, (stream, _) in enumerate(SLOTS) if stream in streams)


def model(config: NetworkConfig = SMALL, seed: int = 0) -> Model:
    """A model nobody trained: its weights twice as large as drawn, so that laws differ."""
    rng = np.random.default_rng(seed)
    architecture = NetworkArchitecture(config)
    statistics = {
        name: rng.uniform(0.0, 0.3, shape).astype(np.float32)
        for name, shape in statistics_of(config.width).items()
    }
    params = {name: value * np.float32(2.0) for name, value in architecture.drawn(seed).items()}
    return Model(
        name="by_lot",
        digest=bytes(range(32)),
        config={},
        card="",
        statistics=statistics,
        rivals={},
        architecture=architecture,
        params=params,
    )


def features(rng: np.random.Generator, wearers: int, present: float = 0.8) -> np.ndarray:
    """[W, 4, 256] as `Features` makes them."""
    there = rng.random((wearers, WIDTH)) < present
    planes = (
        np.where(there, rng.normal(size=there.shape) * 0.5, 0.0),
        np.where(there, rng.normal(size=there.shape) * 5.0, 0.0),
        there,
        np.where(there, rng.uniform(0.0, 0.1, there.shape), MAX_AGE_S),
    )
    return np.stack(planes, axis=1).astype(np.float32)


def positions(rng: np.random.Generator) -> np.ndarray:
    """[128, 3] places on a face."""
    return rng.uniform(-0.08, 0.08, (len(SKIN), 3)).astype(np.float32)


def calibrations(seed: int, config: NetworkConfig = SMALL) -> list[Calibration]:
    """One of each kind: nothing known, sensors, the face too, and what it taught."""
    rng = np.random.default_rng(seed)
    seen = np.concatenate([features(rng, 40, 0.9)])
    seen[:, :, rng.random(WIDTH) < 0.3] = 0.0
    weights = rng.uniform(0.0, 1.0, (40, COUNT)) ** 3
    weights[:, ::7] = np.nan
    paired = Calibration.paired(seen, weights, np.arange(40) / 60.0)
    move = rng.normal(size=(config.width + 1, COUNT)).astype(np.float32) * np.float32(0.03)
    widen = rng.uniform(0.3, 3.0, COUNT).astype(np.float32)
    touch = Touch(bytes(range(32)), move, widen)
    return [
        Calibration.none(),
        Calibration.unpaired(seen),
        paired,
        replace(paired, touch=touch),
    ]


def run(graph: bytes) -> Callable[[Mapping[str, np.ndarray]], dict[str, np.ndarray]]:
    """A graph in onnxruntime: from inputs to outputs by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def called(given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return dict(zip(names, session.run(names, dict(given)), strict=True))

    return called
