"""Sensors on the skin: the ridge finds what is linear, rows tell the right figures."""

import re

import numpy as np
import pytest

from benchmarks import skin, skin_ridge
from benchmarks.skin import FEWER, MODEL, PERSONAL, RIDGE, Row, main, saturation, table, verdict
from vrface.errors import BadUse
from vrface.model.config import NetworkConfig
from vrface.model.features import NAMED, WIDTH
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.model.ridge import MEMORY_S
from vrface.sensors.headset import headset
from vrface.training.fit import FOLDS

SLOTS = np.array([len(NAMED), len(NAMED) + 1])


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
    names = {MODEL: ours, RIDGE: ridge, PERSONAL: own, FEWER: ridge - 0.125}
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
    figures = re.findall(r"(\d+): ([.\d]+)", saturation(row, 320))
    assert [int(wearers) for wearers, _ in figures] == [96, 320]
    assert [float(r2) for _, r2 in figures] == pytest.approx([0.2875, 0.4125], abs=6e-4)
    assert Row.of("lid", found) is None


def test_a_personal_model_that_explains_nothing_is_no_measure():
    row = Row.of("hidden", [wearer(0.1, 0.0, -0.2), wearer(0.2, 0.1, -0.1)])
    assert row is not None
    assert row.share is None
    assert verdict(row).endswith("missed")


@pytest.mark.slow
def test_all_three_are_judged_on_wearers_that_none_of_them_met():
    profile = headset("foam_16")
    given = skin_ridge.lessons(profile, 8, lambda *_: None)
    ridge, fewer = skin_ridge.fit(given, 8), skin_ridge.fit(given, 4)
    assert ridge.weights.shape == (1 + 4 * 16, 54)
    assert not np.allclose(ridge.weights, fewer.weights)
    assert not ridge.neutral.loc.any()
    network = NetworkConfig(
        slots=tuple(skin_ridge.skin_slots(profile).tolist()), width=8, encoder_width=8,
        slot_width=4, blocks=1, memory=8, hidden=8, code_width=4, skin_places=4,
    )  # fmt: skip
    architecture = NetworkArchitecture(network)
    model = Model(
        name="drawn", digest=bytes(32), config={}, card="", statistics=ridge.statistics,
        rivals={}, architecture=architecture, params=architecture.drawn(0),
    )  # fmt: skip
    (found,) = skin.judged(profile, model, (ridge, fewer), 1, 5.0, lambda *_: None)
    row = Row.of("hidden", [found])
    assert row is not None
    assert row.r2[MODEL] < row.r2[PERSONAL] < 1.0  # it has not learned, and the other has seen all
    assert row.r2[MODEL] < 0.1
    assert row.r2[FEWER] < row.r2[RIDGE]
    assert set(row.crps) == {MODEL, RIDGE, PERSONAL, FEWER}


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
