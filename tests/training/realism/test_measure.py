"""Measuring: jobs give what findings are made of; a group without its data is named, not silent."""

import json

import numpy as np
import pytest

from vrface.errors import TakeError
from vrface.training.realism import measure as measuring
from vrface.training.realism.finding import Finding
from vrface.training.realism.measure import Kind, _Sensors, _Simulated, measure
from vrface.training.realism.published import DYNAMICS, STATISTICS
from vrface.training.realism.simulators import write_simulators

FOUND = Finding("EMG, ridge: r", 0.5, 0.48, 0.62, "Abey et al. 2026", (0.4, 0.6))


def _quiet(share):
    pass


@pytest.fixture
def sensors(monkeypatch):
    """One kind of sensor that is measured, and one whose data is not there."""

    def lost(data):
        raise TakeError("no logs of eyes.", "Get some.")

    kinds = {
        "Skin": Kind(lambda data: [FOUND], range(3, 5)),
        "Eyes, worn": Kind(lost, range(5, 7)),
    }
    monkeypatch.setattr(measuring, "SENSORS", kinds)


@pytest.fixture
def done(tmp_path, sensors):
    """A folder with the result of every job: nothing is left to run."""
    results = {
        "realism-skin": _Sensors("Skin", None)(_quiet),
        "realism-eyes--worn": _Sensors("Eyes, worn", None)(_quiet),
        "realism-real": {"figures": {"a": {"blink_rate": 9.0}}, "apart": {"a": [None, 2.0]}},
    }
    for seeds, rate in (("10000-10009", 12.0), ("10010-10011", 20.0)):
        figures = [{"blink_rate": rate}] * (10 if rate == 12.0 else 2)
        results[f"realism-{seeds}-90"] = {"figures": figures, "apart": {"a": [rate, None]}}
    for name, result in results.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(result))
    return tmp_path


def test_a_wearer_tells_everything_and_is_the_same_each_time():
    job = _Simulated((3,), 40.0, ())
    found = job(_quiet)
    (figures,) = found["figures"]
    assert set(figures) == {one.name for one in (*STATISTICS, *DYNAMICS)}
    assert found == job(_quiet)
    assert all(value is None or np.isfinite(value) for value in figures.values())
    json.dumps(found, allow_nan=False)


def test_wearers_are_as_far_from_a_real_take_as_they_are(vrface_data):
    path = vrface_data / "arkit/alex/alex_rom_3.csv"
    (multiple,) = _Simulated((3,), 60.0, (path,))(_quiet)["apart"]["alex_rom_3"]
    assert 0.3 < multiple < 30.0


def test_jobs_come_together_by_title(done):
    found = measure([], None, done, wearers=12)
    assert found.groups["Skin"] == [FOUND]
    (rate,) = [one for one in found.groups["Blinks"] if one.what == "blinks a minute"]
    assert (rate.simulated, rate.low) == (12.0, 8.0)
    assert found.apart["a"].simulated == [12.0, 20.0]
    assert found.apart["a"].real == [2.0]


def test_a_sensor_without_its_data_is_named_and_fails_nothing(done):
    found = measure([], None, done, wearers=12)
    assert found.missing == {"Eyes, worn": "no logs of eyes."}
    assert found.groups["Eyes, worn"] == []


def test_the_page_and_its_plots_are_written(done, tmp_path):
    output = tmp_path / "docs"
    output.mkdir()
    page = write_simulators(
        output, done, [], None, command="make report", machine="a machine", wearers=12
    )
    text = page.read_text()
    assert page == output / "simulators.md"
    assert "Not filled: Eyes, worn: no logs of eyes." in text
    assert "### Skin" in text
    assert "Simulation version 1; wearer seeds 3 to 4." in text
    for name in ("behaviour.png", "sensors.png"):
        assert f"(simulators/{name})" in text
        assert (output / "simulators" / name).exists()
