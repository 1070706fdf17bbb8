"""The ridge's step: lags that mean the same at any rate, one combination of sensors at a time."""

import jax
import numpy as np
import pytest

from vrface.face.schemes import scheme
from vrface.model import ridge
from vrface.model.calibration import Calibration
from vrface.model.features import SKIN, SLOTS, WIDTH, Features
from vrface.sensors.headset import headset


def features(value: float, name: str = "eyes_and_mouth") -> np.ndarray:
    there = Features(headset(name)).measured
    rows = np.zeros((1, 4, WIDTH), np.float32)
    rows[0, 0, there], rows[0, 2, there] = value, 1.0
    return rows


def memory_after(rate_hz: float, seconds: float) -> np.ndarray:
    carry, rows = ridge.new_carry(1), features(1.0)
    for _ in range(round(rate_hz * seconds)):
        carry, _, _ = ridge.regressors(carry, rows, np.full(1, 1 / rate_hz, np.float32))
    return np.asarray(carry["memory"])


def test_memories_depend_on_time_not_on_frames() -> None:
    slow, fast = memory_after(50, 0.4), memory_after(144, 0.4)
    np.testing.assert_allclose(slow, fast, atol=0.02)
    short, long = slow[0, 0, 0], slow[0, 1, 0]
    assert short == pytest.approx(1 - np.exp(-4), abs=0.02)
    assert long == pytest.approx(1 - np.exp(-1), abs=0.02)


@pytest.mark.parametrize(
    ("name", "sensors"),
    [
        ("mouth_only", {"mouth", "mouth_fine"}),
        ("vive_pro_eye_lip", {"mouth", "openness", "wide_squeeze", "gaze"}),
        ("openness_gaze_mouth", {"mouth", "mouth_fine", "openness", "gaze"}),
        ("eyes_and_mouth", set(ridge.SENSORS)),
    ],
)
def test_the_combination_is_what_the_headset_has(name: str, sensors: set[str]) -> None:
    _, _, combination = ridge.regressors(
        ridge.new_carry(1), features(0.5, name), np.zeros(1, np.float32)
    )
    expected = ridge.combination_of(np.array([name in sensors for name in ridge.SENSORS]))
    assert int(combination[0]) == expected


def test_a_combination_uses_its_own_regressors_only() -> None:
    nothing = ridge.regressors_in(0)
    assert nothing.tolist() == [0]
    everything = ridge.regressors_in(ridge.COMBINATIONS - 1)
    assert len(everything) == ridge.REGRESSORS
    mouth = ridge.regressors_in(ridge.combination_of(np.array([True, False, False, False, False])))
    names = [SLOTS[place] for place in ridge.USED]
    core = [n for s, n in names if s == "mouth_tracker" and n in scheme("htc").measured]
    assert len(mouth) == 1 + 4 * len(core)


def test_the_step_is_linear_in_what_it_may_use() -> None:
    params = ridge.empty_params()
    rng = np.random.default_rng(0)
    params["weights"][:] = rng.normal(size=params["weights"].shape) * 0.01
    carry, dt = ridge.new_carry(1), np.full(1, 0.01, np.float32)
    _, rows, combination = ridge.regressors(carry, features(0.3), dt)
    _, prediction = ridge.step(params, ridge.new_carry(1), features(0.3), dt)
    expected = np.asarray(rows)[0] @ params["weights"][int(combination[0])]
    np.testing.assert_allclose(prediction["loc"][0], expected, atol=1e-5)
    assert set(prediction) == {"loc", "scale", "mean", "stddev"}


def test_other_weights_do_not_compile_again() -> None:
    dt = np.full(1, 0.01, np.float32)
    ridge.step(ridge.empty_params(), ridge.new_carry(1), features(0.1), dt)
    before = ridge.step._cache_size()  # type: ignore[attr-defined]
    for seed in range(3):
        params = ridge.empty_params()
        params["scale"] += np.float32(seed / 100)
        ridge.step(params, ridge.new_carry(1), features(seed / 10), dt)
    assert ridge.step._cache_size() == before  # type: ignore[attr-defined]


def test_as_an_architecture_it_takes_its_step_whatever_is_known() -> None:
    net, empty = ridge.RidgeArchitecture(), ridge.empty_params()
    empty["weights"][:] = 0.01 * np.random.default_rng(0).normal(size=empty["weights"].shape)
    params = {name: jax.numpy.asarray(value) for name, value in empty.items()}
    dt, calibrations = np.full(2, 0.01, np.float32), [Calibration.none()] * 2
    known = net.known(params, calibrations, np.zeros((len(SKIN), 3), np.float32), {})
    rows = np.concatenate([features(0.3)] * 2)
    _, expected = ridge.step(params, ridge.new_carry(2), rows, dt)
    _, found = net.step(params, net.new_carry(2), rows, dt, known)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


def test_rows_of_a_batch_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(2)
    params = {k: jax.numpy.asarray(v) for k, v in ridge.empty_params().items()}
    params["weights"] = jax.numpy.asarray(
        rng.normal(size=params["weights"].shape).astype(np.float32) * 0.01
    )
    batch = np.concatenate([features(0.2), features(0.7, "mouth_only"), features(0.4)])
    _, together = ridge.step(params, ridge.new_carry(3), batch, np.full(3, 0.01, np.float32))
    for row in range(3):
        one = batch[row : row + 1]
        _, alone = ridge.step(params, ridge.new_carry(1), one, np.full(1, 0.01, np.float32))
        np.testing.assert_allclose(together["loc"][row], alone["loc"][0], atol=1e-6)
