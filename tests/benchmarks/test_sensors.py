"""What each sensor is worth: what is away is away, harm is named, bad use is one line."""

import argparse
import json

import numpy as np
import pytest

from benchmarks import sensors, traces
from benchmarks.sensors import ALL, Worth, deafened, errors_of, main, table, verdict, worths
from vrface.errors import Refused
from vrface.model import pretrained
from vrface.model.config import NetworkConfig
from vrface.model.features import SLOTS
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.training.config import FIRST_TEST_SEED, SimulatedWearers
from vrface.training.logs import population, simulated_logs, with_rests
from vrface.trust.permission import Permission

STREAMS = ("lids", "gaze")


def test_each_sensor_is_away_once_and_alone_once():
    assert deafened(("lids", "gaze", "emg")) == {
        ALL: (),
        "without lids": ("lids",),
        "without gaze": ("gaze",),
        "without emg": ("emg",),
        "lids alone": ("gaze", "emg"),
        "gaze alone": ("lids", "emg"),
        "emg alone": ("lids", "gaze"),
    }


def wearer(size):
    """Lids help everything; gaze helps a brow and harms a cheek."""
    shapes = {"browDownLeft": 0.01 * size, "cheekSquintLeft": 0.02 * size}
    return {
        ALL: shapes,
        "without lids": {name: 2.0 * error for name, error in shapes.items()},
        "without gaze": {"browDownLeft": 0.015 * size, "cheekSquintLeft": 0.016 * size},
        "lids alone": {name: 1.5 * error for name, error in shapes.items()},
        "gaze alone": {name: 4.0 * error for name, error in shapes.items()},
    }


def test_harm_to_one_shape_is_found_where_all_together_gain():
    lids, gaze = worths([wearer(size) for size in (1.0, 2.0, 3.0, 1.5, 0.5)], STREAMS)
    assert (lids.without, lids.alone) == pytest.approx((2.0, 1.5))
    assert gaze.without == pytest.approx(np.sqrt(1.5 * 0.8))
    assert gaze.without > 1.0
    assert gaze.shapes[0].shape == "cheekSquintLeft"
    assert gaze.shapes[0].ratio == pytest.approx(1.25)
    assert not lids.harms
    assert gaze.harms == ["cheekSquintLeft"]
    assert verdict([lids, gaze]).endswith("2 %: gaze (cheekSquintLeft)")
    assert verdict([lids]).endswith("none")
    assert "| `gaze` | x 1.10 | x 4.00 | cheekSquintLeft | x 1.250 (1.250 to 1.250) |" in table(
        [lids, gaze]
    )


def test_a_sensor_that_nothing_moves_by_has_no_worst_shape():
    assert "| `imu` | x 1.00 | x 1.00 | - | - |" in table([Worth("imu", 1.0, 1.0, [])])


@pytest.fixture(scope="module")
def model():
    """A small network that was drawn, and speaks up."""
    given = SimulatedWearers(wearers=1, seconds=6.0, headsets=("eyes_and_mouth",))
    logs = with_rests(simulated_logs(given, lambda *_: None), lambda *_: None)
    network = NetworkConfig(
        slots=tuple(n for n, (stream, _) in enumerate(SLOTS) if stream in STREAMS),
        width=8, encoder_width=8, slot_width=4, blocks=1, memory=8, hidden=8, code_width=4,
    )  # fmt: skip
    architecture, rng = NetworkArchitecture(network), np.random.default_rng(0)
    drawn = architecture.drawn(0)
    return Model(
        name="drawn", digest=bytes(32), config={}, card="", statistics=population(logs), rivals={},
        architecture=architecture,
        params={n: p + 0.3 * rng.normal(size=p.shape).astype(np.float32) for n, p in drawn.items()},
    )  # fmt: skip


@pytest.mark.slow
def test_every_sensor_that_is_worn_is_heard_and_none_that_is_not(model):
    profile = headset("eyes_and_mouth")
    seconds = 5.0 + sensors.SCORED_S
    recordings = traces.simulated(profile, [FIRST_TEST_SEED], seconds, held_out=True)
    (case,) = traces.cases(recordings, 5.0)
    assert case.recording.wearers[0].wearer == "simulated-10000"
    found = errors_of(model, case, (*STREAMS, "emg"), 5.0)
    assert found["without emg"] == found[ALL]
    assert len({tuple(one.values()) for one in found.values()}) >= 4
    assert set(found[ALL]) <= set(profile.occludes)
    assert set(found[ALL]) == set(found["lids alone"])


@pytest.mark.slow
def test_what_is_printed_is_written_with_the_machine(model, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(pretrained, "load", lambda name: model)
    monkeypatch.setattr(sensors, "SCORED_S", 47.0)
    path = tmp_path / "sensors.json"
    main(["--headset", "eyes_and_mouth", "--wearers", "1", "--seconds", "3", "--json", str(path)])
    printed = capsys.readouterr().out
    found = json.loads(path.read_text())
    assert [one["stream"] for one in found["sensors"]] == ["mouth_tracker", "gaze", "lids"]
    assert found["machine"]["cores"]
    for one in found["sensors"]:
        assert f"| `{one['stream']}` | x {one['without']:.2f} |" in printed
        assert one["shapes"][0]["shape"] in printed


@pytest.mark.parametrize(
    "wrong",
    [
        ("--model", "nonesuch"), ("--model", "ridge"), ("--headset", "none"), ("--wearers", "0"),
        ("--seconds", "nan"), ("--json", "recipe.py"),
    ],
)  # fmt: skip
def test_bad_use_is_one_line_and_an_exit_code(capsys, wrong):
    with pytest.raises(SystemExit) as left:
        main([*wrong])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("sensors: ")
    assert said.count("\n") == 1


def test_a_file_that_cannot_be_written_is_told_before_anything_is_measured(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(sensors, "report", lambda *_: pytest.fail("measured"))
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as left:
        main(["--json", str(tmp_path / "file" / "found.json")])
    assert left.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_is_measured_without_permission():
    class Closed(Permission):
        def require(self, door):
            raise Refused(f"not {door}.")

    with pytest.raises(Refused, match="evaluate"):
        sensors.report(argparse.Namespace(), object.__new__(Closed))


def test_a_stop_is_one_line(monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sensors, "report", stopped)
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 130
    assert capsys.readouterr().err == "sensors: stopped\n"
