"""doctor: whole or not, how well it went, and the way back from what is damaged."""

import json

import pytest

from tests.faults.logs import small_log
from tests.words import words
from vrface.log import Event, FileSink, LogReader, LogWriter
from vrface.log.event import MOST_KEPT
from vrface.sensors import SensorFrame

LOG = small_log(frames=60)


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.mcap"
    path.write_bytes(LOG.data)
    return path


@pytest.fixture
def damaged(tmp_path):
    path = tmp_path / "damaged.mcap"
    data = bytearray(LOG.data[:-30])
    data[LOG.chunks[5].end - 1] ^= 1
    path.write_bytes(data)
    return path


def test_a_whole_log_is_said_to_be(vrface, whole, tmp_path):
    report = tmp_path / "a.json"
    code, out, err = vrface("doctor", whole, "--json", report)
    assert (code, err) == (0, "")
    for fact in (
        "whole yes",
        "version 1, written by vrface",
        "headset mouth_only, version",
        "sensor frames 60, 90.0 a second",
        "anchors 1 to the time of day",
        "gaps 0",
        "notices 1",
        "mouth_tracker 60 90.0",
        "0.333 s: half of it",
    ):
        assert fact in words(out)
    found = json.loads(report.read_text())
    assert (found["whole"], found["damage"], found["recovery"]) == (True, None, None)
    assert found["streams"][0]["achieved_hz"] == pytest.approx(90.0)
    assert found["entries"]["/sensors"] == 60
    (event,) = found["events"]
    assert (event["kind"], event["text"], event["frames"]) == ("notice", "half of it", 0)
    assert found["event_count"] == {"notice": 1}


def test_a_damaged_log_is_an_error_that_says_what_is_left_and_what_to_do(vrface, damaged, tmp_path):
    report = tmp_path / "a.json"
    code, out, err = vrface("doctor", damaged, "--json", report)
    assert code == 1
    for fact in ("whole no", "sensor frames 57", "in 19 chunks", "missing 6 entries are known"):
        assert fact in words(out)
    assert "damaged at byte" in out
    assert err.startswith("error: the log ")
    assert f"vrface doctor {damaged} --recover OUT.mcap" in err
    assert err.count("\n") == 1
    found = json.loads(report.read_text())
    assert not found["whole"]
    assert found["recovery"]["frames"] == 57
    assert found["recovery"]["losses"][0]["frames"] == 3
    assert "entries" not in found


def test_recovering_writes_what_is_intact_and_leaves_the_log_alone(vrface, damaged, tmp_path):
    saved, report = tmp_path / "new" / "saved.mcap", tmp_path / "a.json"
    before = damaged.read_bytes()
    code, out, err = vrface("doctor", damaged, "--recover", saved, "--json", report)
    assert (code, err) == (0, "")
    assert damaged.read_bytes() == before
    for fact in ("whole no", "gaps 2", "6 entries are missing", f"{saved}: written"):
        assert fact in words(out)
    assert len(list(LogReader(saved).frames())) == 57
    found = json.loads(report.read_text())
    assert found["recovered"] == str(saved)
    assert found["entries"]["/sensors"] == 57
    code, out, _ = vrface("doctor", saved)
    assert code == 0
    assert "whole yes" in words(out)


def test_of_many_events_the_first_are_shown(vrface, tmp_path):
    path = tmp_path / "a.mcap"
    header = LogReader(_written(tmp_path / "small.mcap")).header
    with LogWriter(FileSink(path), header) as log:
        for k in range(25):
            log.event(Event.drop_out("gaze", k * 10**9), k * 10**9)
    code, out, _ = vrface("doctor", path)
    assert code == 0
    assert out.count("gaze is silent.") == 10
    assert "and 15 more" in out


def test_of_very_many_events_the_first_are_kept_and_all_are_counted(vrface, tmp_path):
    path, report = tmp_path / "a.mcap", tmp_path / "a.json"
    header = LogReader(_written(tmp_path / "small.mcap")).header
    with LogWriter(FileSink(path), header) as log:
        log.sensors(SensorFrame(1, 0), 0)
        for k in range(2 * MOST_KEPT):
            log.event(Event.notice(f"{k}"), 0)
    for verb in ("doctor", "replay"):
        code, out, _ = vrface(verb, path, "--json", report)
        assert code == 0
        assert f"and {2 * MOST_KEPT - 10} more" in out
        found = json.loads(report.read_text())
        assert found["event_count"] == {"notice": 2 * MOST_KEPT}
        assert [event["text"] for event in found["events"]] == [f"{k}" for k in range(MOST_KEPT)]


def test_info_and_doctor_show_a_whole_log_in_the_same_way(vrface, whole):
    assert vrface("info", whole) == vrface("doctor", whole)


def _written(path):
    path.write_bytes(LOG.data)
    return path


def test_what_cannot_be_looked_at_is_one_line(fails, whole, tmp_path):
    (tmp_path / "text.mcap").write_text("hello")
    assert "no MCAP file" in fails(1, "doctor", tmp_path / "text.mcap")
    assert "cannot read" in fails(1, "doctor", tmp_path / "none.mcap")
    assert "never overwritten" in fails(1, "doctor", whole, "--recover", whole)
    assert "--json would write over" in fails(2, "doctor", whole, "--json", whole)
    assert whole.read_bytes() == LOG.data
