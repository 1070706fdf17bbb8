"""The exported step is the step: same laws, same memory, frame after frame."""

from dataclasses import replace

import numpy as np
import onnx
import pytest

from tests.model.export.networks import (
    SMALL,
    calibrations,
    config_of,
    features,
    heard,
    model,
    positions,
    run,
)
from vrface.model.export import exported
from vrface.model.export.graph import OPERATORS, OPSET
from vrface.model.features import WIDTH
from vrface.model.known import Known
from vrface.model.model import Model

LAWS = ("loc", "scale", "mean", "stddev")
CONFIGS = {
    "everything": SMALL,
    "no skin": replace(SMALL, slots=heard("mouth_tracker", "lids", "gaze", "head_pose")),
    "skin alone": replace(SMALL, slots=heard("foam", "emg")),
    "one stream, one block": replace(SMALL, slots=heard("mouth_tracker"), blocks=1),
    "some channels": replace(SMALL, slots=tuple(range(0, WIDTH, 3)), memory_s=0.5),
}


def given(known: Known) -> dict[str, np.ndarray]:
    """As the step takes it: a row a wearer, and without skin sensors no nearness of theirs."""
    wearers = len(known.code)
    parts = {name: np.asarray(value) for name, value in known._asdict().items() if value.size}
    return {n: np.repeat(p, wearers // len(p), axis=0) for n, p in parts.items()}


def differences(of: Model, wearers: int, frames: int, seed: int) -> dict[str, float]:
    """The most that the two differ by over a sequence: clocks of all kinds, sensors that go."""
    rng = np.random.default_rng(seed)
    step = run(exported(of, wearers)[".onnx"])
    kinds = calibrations(seed, config_of(of))
    known = of.known([kinds[-1 - row % 4] for row in range(wearers)], positions(rng))
    constant, carry = given(known), of.new_carry(wearers)
    memory, worst = np.array(carry["memory"]), dict.fromkeys((*LAWS, "new_memory"), 0.0)
    for frame in range(frames):
        seen = features(rng, wearers, present=(0.9, 0.5, 0.0, 1.0)[frame // 5 % 4])
        usual, odd = 1.0 / rng.uniform(50.0, 144.0, wearers), rng.choice([0.0, 1.0], wearers)
        since = np.where(rng.random(wearers) < 0.1, odd, usual)
        dt = np.where(frame == 0, 0.0, since).astype(np.float32)
        carry, law = of.step(carry, seen, dt, known)
        out = step({"features": seen, "dt": dt, "memory": memory, **constant})
        memory = out["new_memory"]
        expected = {**law, "new_memory": carry["memory"]}
        for name in worst:
            apart = np.abs(out[name] - np.asarray(expected[name])).max()
            worst[name] = max(worst[name], float(apart))
    return worst


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_sequences_agree_whatever_is_heard(config):
    worst = differences(model(config), wearers=1, frames=60, seed=1)
    assert max(worst.values()) < 1e-4, worst


@pytest.mark.parametrize("seed", range(3))
def test_sequences_agree_for_several_wearers_known_in_several_ways(seed):
    worst = differences(model(seed=seed), wearers=4, frames=40, seed=seed)
    assert max(worst.values()) < 1e-4, worst


def test_laws_agree_where_a_face_is_surely_0_or_surely_1():
    certain = model()
    kernel, bias = certain.params["head.laws.kernel"], certain.params["head.laws.bias"]
    sure = np.concatenate([np.linspace(-1.0, 2.0, 54), np.full(54, -9.0)])
    params = {
        **certain.params,
        "head.laws.kernel": kernel * 0.1,
        "head.laws.bias": bias * 0 + sure.astype(np.float32),
    }
    worst = differences(replace(certain, params=params), wearers=4, frames=20, seed=3)
    assert max(worst.values()) < 1e-4, worst


def test_what_an_absent_slot_holds_is_not_looked_at():
    rng = np.random.default_rng(0)
    of = model()
    step = run(exported(of)[".onnx"])
    clean = features(rng, 1, present=0.4)
    dirty = np.where(clean[:, 2:3] > 0, clean, np.float32(np.nan))
    dirty[:, 2] = clean[:, 2]
    rest = given(of.known(calibrations(0)[:1], positions(rng)))
    rest |= {"dt": np.full(1, 0.01, np.float32), "memory": np.array(of.new_carry(1)["memory"])}
    one, other = step({"features": clean, **rest}), step({"features": dirty, **rest})
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_memory_that_is_no_number_is_forgotten_at_once(odd):
    rng = np.random.default_rng(0)
    of = model()
    step = run(exported(of)[".onnx"])
    memory = np.array(of.new_carry(1)["memory"])
    memory[0, 1, 3] = odd
    rest = given(of.known(calibrations(0)[:1], positions(rng)))
    out = step(
        {"features": features(rng, 1), "dt": np.zeros(1, np.float32), "memory": memory, **rest}
    )
    assert all(np.isfinite(value).all() for value in out.values())
    assert out["new_memory"][0, 1, 3] == 0.0


def test_only_operators_that_engines_know_in_their_oldest_common_opset():
    for name in (".onnx", "-wearer.onnx"):
        graph = onnx.load_from_string(exported(model())[name])
        assert [(one.domain, one.version) for one in graph.opset_import] == [("", OPSET)]
        assert {node.op_type for node in graph.graph.node} <= OPERATORS
        kinds = {onnx.TensorProto.FLOAT, onnx.TensorProto.INT64}
        assert {one.data_type for one in graph.graph.initializer} <= kinds
        assert all(len(one.dims) <= 4 for one in graph.graph.initializer)


def test_inputs_and_outputs_have_names_and_whole_shapes():
    graph = onnx.load_from_string(exported(model(), wearers=3)[".onnx"]).graph

    def shapes(values):
        return {
            value.name: tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
            for value in values
        }

    assert shapes(graph.input) == {
        "features": (3, 4, 256),
        "dt": (3,),
        "code": (3, 6),
        "nearness": (3, 3, 64, 8),
        "move": (3, 25, 54),
        "widen": (3, 54),
        "memory": (3, 2, 20),
    }
    assert shapes(graph.output) == dict.fromkeys(LAWS, (3, 54)) | {"new_memory": (3, 2, 20)}
