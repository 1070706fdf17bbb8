"""Sensors on the skin: the ridge finds what is linear, rows tell the right figures."""

import numpy as np
import pytest

from benchmarks import skin, skin_ridge
from benchmarks.skin import MODEL, PERSONAL, RIDGE, Row, main, table, verdict
from vrface.errors import BadUse
from vrface.model.features import NAMED, WIDTH
from vrface.model.ridge import MEMORY_S
from vrface.sensors.headset import headset
from vrface.training.fit import FOLDS

SLOTS = np.array([len(NAMED), len(NAMED) + 1])


def features(frames=200, seed=0):
    rng = np.random.default_rng(seed)
    planes = rng.normal(size=(frames, 4, WIDTH)).astype(np.float32)
    planes[:, 2] = 1.0
    return planes


def test_memories_lag_by_their_time_constants():
    planes = np.zeros((120, 4, WIDTH), np.float32)
    planes[:, 0, SLOTS[0]] = 1.0
    dt = np.full(120, 1 / 60, np.float32)
    rows = skin_ridge.regressors(planes, dt, SLOTS)
    assert rows.shape == (120, 1 + 4 * len(SLOTS))
    for place, time_s in enumerate(MEMORY_S):
        memory = rows[:, 5 + 2 * place]
        expected = 1.0 - np.exp(-np.arange(1, 121) / 60 / time_s)
        np.testing.assert_allclose(memory, expected, atol=1e-4)
    assert not rows[:, 2::2][:, 1:].any()  # the other sensor is silent


def test_the_ridge_finds_what_is_linear_and_says_so_of_rows_it_did_not_learn():
    rng = np.random.default_rng(1)
    x = np.concatenate([np.ones((800, 1)), rng.normal(size=(800, 6))], axis=1).astype(np.float32)
    true = rng.normal(size=(7, 54)).astype(np.float32)
    y = (x @ true + 0.1 * rng.normal(size=(800, 54))).astype(np.float32)
    weights, held_out = skin_ridge._chosen(x, y, np.arange(800) % FOLDS)
    np.testing.assert_allclose(weights, true, atol=0.05)
    assert 0.09 < np.std(held_out - y) < 0.12


def test_a_headset_without_skin_sensors_is_bad_use():
    assert len(skin_ridge.skin_slots(headset("foam_16"))) == 16
    assert len(skin_ridge.skin_slots(headset("emg_8"))) == 8
    with pytest.raises(BadUse, match="no sensor on the skin"):
        skin_ridge.skin_slots(headset("mouth_only"))


def wearer(ours, ridge, own):
    names = {MODEL: ours, RIDGE: ridge, PERSONAL: own}
    return {
        name: {"hidden": {"r2": r2, "crps": 0.02}, "lid": {"r2": None, "crps": 0.01}}
        for name, r2 in names.items()
    }


def test_a_row_is_the_mean_over_wearers_with_intervals_that_hold_it():
    found = [wearer(0.6 + shift, 0.4 + shift, 0.65 + shift) for shift in (0.0, 0.1, -0.1, 0.05)]
    row = Row.of("hidden", found)
    assert row is not None
    assert row.wearers == 4
    assert row.above == pytest.approx((0.2, 0.2, 0.2))
    assert row.share is not None
    middle, low, high = row.share
    assert low < middle < high
    assert "| hidden | 4 | 0.61 | 0.41 | 0.66 | 0.20 (0.20 to 0.20) |" in table("foam_16", [row])
    assert verdict(row) == "0.15 above the ridge: reached; 90% of the personal: reached"
    assert Row.of("lid", found) is None


def test_a_personal_model_that_explains_nothing_is_no_measure():
    row = Row.of("hidden", [wearer(0.1, 0.0, -0.2), wearer(0.2, 0.1, -0.1)])
    assert row is not None
    assert row.share is None
    assert verdict(row).endswith("missed")


@pytest.mark.slow
def test_the_ridge_of_a_headset_explains_wearers_it_never_met():
    ridge = skin_ridge.fit(headset("foam_16"), 4, lambda *_: None)
    assert ridge.weights.shape == (1 + 4 * 16, 54)
    law = ridge.law(
        skin_ridge.regressors(
            features(),
            np.full(200, 1 / 60, np.float32),
            np.array(range(len(NAMED), len(NAMED) + 16)),
        )
    )
    assert law.loc.shape == (1, 200, 54)
    assert (law.scale > 0).all()
    assert ridge.neutral.loc.shape == (1, 1, 54)
    assert not ridge.neutral.loc.any()


@pytest.mark.parametrize(
    "wrong",
    [("--model", "nobody"), ("--wearers", "0"), ("--seconds", "nan"), ("--json", "recipe.py")],
)
def test_bad_use_is_one_line_and_an_exit_code(capsys, wrong):
    with pytest.raises(SystemExit) as left:
        main([*wrong])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("skin: ")
    assert said.count("\n") == 1


def test_a_stop_is_one_line(monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(skin, "report", stopped)
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 130
    assert capsys.readouterr().err == "skin: stopped\n"
