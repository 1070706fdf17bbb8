"""replay: the same faces from the same model, and how far those of another one are."""

import json

import pytest

from tests.model.some_calibrations import ABOUT, some
from tests.words import words
from vrface import Session
from vrface.face.smoothing import Smoothing
from vrface.log import LogReader, read_paired
from vrface.model.calibration import file
from vrface.sensors import headset
from vrface.trackers.synthetic import SyntheticTracker


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A log of a second of a synthetic wearer, by the model that ships."""
    path = tmp_path_factory.mktemp("log") / "recorded.mcap"
    tracker = SyntheticTracker(headset("mouth_only"), seed=5, realtime=False)
    with Session(tracker, record=path, wearer="erika") as session:
        list(session.take(90))
        assert session.recorder is not None
        session.recorder.notice("the cable was pulled")
    return path


@pytest.fixture(scope="module")
def tracked(tmp_path_factory, small):
    """A few frames of a synthetic wearer, by a small model."""
    path = tmp_path_factory.mktemp("log") / "tracked.mcap"
    tracker = SyntheticTracker(headset("mouth_only"), seed=5, realtime=False)
    with Session(tracker, model=small, record=path) as session:
        list(session.take(10))
    return path


def test_the_same_model_makes_the_same_faces_and_the_same_log(vrface, tmp_path, recorded):
    again = tmp_path / "again.mcap"
    code, out, err = vrface("replay", recorded, "-o", again)
    assert (code, err) == (0, "")
    assert again.read_bytes() == recorded.read_bytes()
    for fact in (
        "erika in mouth_only",
        "frames 90, 1.0 s",
        "90, by the same model",
        "the cable was pulled",
        "All 90 faces are identical to the logged ones.",
        f"{again}: the same bytes as {recorded}",
    ):
        assert fact in words(out)
    assert "difference" not in out


def test_another_smoothing_makes_calmer_faces_and_says_so(vrface, tmp_path, recorded):
    calm, again = tmp_path / "calm.mcap", tmp_path / "again.mcap"
    code, out, _ = vrface("replay", recorded, "-o", calm, "--smooth", "brow=0.2:0")
    assert code == 0
    assert "of 90 faces are identical" in out
    assert LogReader(calm).header.smoothing == Smoothing.parse("brow=0.2:0")
    # By default as the log says.
    code, out, _ = vrface("replay", calm, "-o", again)
    assert (code, again.read_bytes()) == (0, calm.read_bytes())
    assert "All 90 faces are identical" in out
    code, _, err = vrface("replay", recorded, "--smooth", "brow=0:0")
    assert code == 2
    assert "a cutoff is in 0.01..1000 Hz" in err


def test_another_model_is_told_apart(vrface, tmp_path, recorded, small):
    again, report = tmp_path / "again.mcap", tmp_path / "report.json"
    code, out, _ = vrface("replay", recorded, "--model", small, "-o", again, "--json", report)
    assert code == 0
    assert "by another model" in words(out)
    assert "of 90 faces are identical" in out
    assert f"{again}: written" in out
    found = json.loads(report.read_text())
    assert found["groups"]["brow"]["max"] > 0.01
    assert found["groups"]["brow"]["mean"] <= found["groups"]["brow"]["max"]
    assert found["groups"]["mouth"] != found["groups"]["brow"]
    assert (found["frames"], found["compared"]) == (90, 90)
    assert found["logged_digest"] != found["model"]["digest"]
    # The new log knows who made it: the next replay finds the difference the other way round.
    code, out, _ = vrface("replay", again, "--json", report)
    back = json.loads(report.read_text())
    assert back["groups"] == found["groups"]
    assert back["logged_digest"] == found["model"]["digest"]


def test_a_log_without_faces_gets_some_and_stays_paired(vrface, tmp_path):
    log, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    vrface("simulate", "--headset", "mouth_only", "--minutes", 2 / 60, "-o", log)
    report = tmp_path / "report.json"
    code, out, _ = vrface("replay", log, "-o", again, "--json", report)
    assert code == 0
    assert "logged faces none" in words(out)
    assert "no faces to compare" in out
    found = json.loads(report.read_text())
    assert (found["compared"], found["logged_digest"]) == (0, None)
    assert found["groups"]["brow"] == {"mean": None, "max": None}
    assert len(read_paired(again).frame_time_ns) == 120
    assert len(list(LogReader(again).expressions())) == 120


@pytest.mark.parametrize(
    ("mode", "about", "model", "says"),
    [
        ("unpaired", ABOUT._replace(headset="mouth_only"), None, "unpaired"),
        ("unpaired", ABOUT, None, "none"),
        ("paired", ABOUT, None, "paired, the face alone"),
        ("paired", ABOUT._replace(headset="mouth_only"), None, "paired"),
        ("paired", ABOUT._replace(headset=""), bytes(32), "paired, without what it taught"),
    ],
)
def test_it_says_what_of_a_calibration_it_used(
    vrface, tmp_path, tracked, small, mode, about, model, says
):
    known, report = tmp_path / "a.calibration", tmp_path / "report.json"
    file.save(known, some(mode=mode, about=about, model=model))
    where = ("--model", small, "--calibration", known, "--json", report)
    code, out, _ = vrface("replay", tracked, *where)
    assert code == 0
    assert f"calibration {says} step p50" in words(out)
    assert json.loads(report.read_text())["calibration"] == says


def test_in_real_time_it_takes_its_time_and_makes_the_same_bytes(
    vrface, tmp_path, recorded, monkeypatch
):
    slept: list[float] = []
    monkeypatch.setattr("vrface.cli.replay.time.sleep", slept.append)
    again = tmp_path / "again.mcap"
    code, _, _ = vrface("replay", recorded, "--realtime", "-o", again)
    assert code == 0
    assert again.read_bytes() == recorded.read_bytes()
    assert len(slept) == 90
    assert min(slept) >= 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.mcap", "cannot read"),
        ("text.mcap", "no MCAP file"),
        ("torn.mcap", "ends too early"),
        ("face.mcap", "a face alone"),
    ],
)
def test_what_cannot_be_replayed_leaves_no_log(
    fails, vrface, tmp_path, recorded, take_csv, name, says
):
    (tmp_path / "text.mcap").write_text("hello")
    (tmp_path / "torn.mcap").write_bytes(recorded.read_bytes()[:-5000])
    vrface("import", take_csv, "-o", tmp_path / "face.mcap")
    assert says in fails(1, "replay", tmp_path / name, "-o", tmp_path / "out.mcap")
    assert not (tmp_path / "out.mcap").exists()


def test_a_log_is_never_overwritten(fails, recorded, tmp_path):
    before = recorded.read_bytes()
    assert "never overwritten" in fails(1, "replay", recorded, "-o", recorded)
    assert recorded.read_bytes() == before
    assert "cannot write" in fails(1, "replay", recorded, "--json", recorded / "a.json")


def test_an_unknown_model_leaves_no_log(fails, recorded, tmp_path):
    out = tmp_path / "out.mcap"
    assert "Did you mean 'default'" in fails(2, "replay", recorded, "--model", "defualt", "-o", out)
    assert not out.exists()


def test_an_interrupt_leaves_no_log(vrface, recorded, tmp_path, monkeypatch):
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("vrface.cli.replay.time.sleep", interrupt)
    out = tmp_path / "out.mcap"
    assert vrface("replay", recorded, "--realtime", "-o", out)[0] == 130
    assert not out.exists()


def test_a_log_of_a_model_that_ships_is_replayed_by_that_model(vrface, tmp_path):
    """`ridge` ships beside the default: nobody has to say again which of the two it was."""
    log, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    where = ("--headset", "mouth_only", "--seconds", 0)
    assert vrface("record", *where, "--model", "ridge", "-o", log)[0] == 0
    code, out, _ = vrface("replay", log, "-o", again)
    assert code == 0
    assert "model ridge" in words(out)
    assert again.read_bytes() == log.read_bytes()


def test_json_never_writes_over_a_log(fails, tmp_path, recorded):
    kept = recorded.read_bytes()
    out = tmp_path / "both.mcap"
    hidden = tmp_path / "log.json"
    hidden.write_bytes(kept)
    for path in (recorded, out, hidden):
        line = fails(2, "replay", recorded, "-o", out, "--json", path)
        assert "--json would write over" in line
    assert recorded.read_bytes() == kept == hidden.read_bytes()
    assert not out.exists()
