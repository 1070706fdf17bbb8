"""vrface import: what it finds, what it says, what it writes."""

from pathlib import Path

import pytest

from tests.log.importers import test_capture, test_ier, test_plain, test_pupil
from tests.words import words
from vrface.log import LogReader
from vrface.log.importers import FORMATS
from vrface.log.recording import read_sensors
from vrface.trust import Permission

LOCAL = Permission.local()


def test_a_sensor_log_of_another_program_becomes_one_of_ours(vrface, tmp_path):
    source = test_ier.log(tmp_path / "eyes.csv")
    code, out, _ = vrface("import", source, "-o", tmp_path / "a.mcap", "--person", "p1")
    assert code == 0
    for fact in ("format ier", "person p1", "headset ier_2023", "frames 3", "50.0% lost"):
        assert fact in words(out)
    recording = read_sensors(tmp_path / "a.mcap", LOCAL)
    assert (recording.wearer, recording.real_sensors) == ("p1", True)
    assert len(recording.frame_time_ns) == 3


def test_a_folder_is_a_recording_too(vrface, tmp_path):
    folder = test_pupil.export(tmp_path / "who" / "r", [test_pupil.gaze(1), test_pupil.gaze(2)])
    code, out, _ = vrface("import", folder, "-o", tmp_path / "a.mcap")
    assert code == 0
    assert "headset pupil_invisible" in words(out)
    assert read_sensors(tmp_path / "a.mcap", LOCAL).wearer == "who"


def test_a_capture_becomes_a_face(vrface, tmp_path):
    source = tmp_path / "face.pcap"
    source.write_bytes(test_capture.as_pcap(test_capture.moving(6)))
    code, out, _ = vrface("import", source, "-o", tmp_path / "a.mcap")
    assert code == 0
    for fact in ("format livelink_udp", "frames 6", "note Times are the phone's timecode."):
        assert fact in words(out)
    assert len(list(LogReader(tmp_path / "a.mcap", LOCAL).faces())) == 6


def test_what_was_left_out_is_told(vrface, tmp_path):
    rows = ["0,.1,x", "1,.2,x", "0,.1,x"]
    source = test_plain.write(tmp_path / "a.csv", test_plain.FIRST, "time_s,jawOpen,mood", *rows)
    code, out, _ = vrface("import", source, "-o", tmp_path / "a.mcap")
    assert code == 0
    assert "note 1 row left out: doubled, or back in time." in words(out)
    assert "note Columns not read: mood." in words(out)


def test_a_person_that_only_a_folder_names_is_marked(vrface, tmp_path):
    source = test_plain.write(
        tmp_path / "lab" / "a.csv", test_plain.FIRST, "time_s,jawOpen", "0,.1", "1,.2"
    )
    _, out, _ = vrface("import", source, "-o", tmp_path / "a.mcap")
    assert "person lab (the folder's name; give --person)" in words(out)
    assert LogReader(tmp_path / "a.mcap", LOCAL).header.wearer == "lab"
    _, out, _ = vrface("import", source, "-o", tmp_path / "b.mcap", "--person", "lab")
    assert "person lab face real" in words(out)
    test_plain.write(source, f"{test_plain.FIRST}; person: p7", "time_s,jawOpen", "0,.1", "1,.2")
    _, out, _ = vrface("info", source)
    assert "person p7 face real" in words(out)


def test_a_log_is_imported_already(vrface, fails, tmp_path):
    source = test_ier.log(tmp_path / "eyes.csv")
    assert vrface("import", source, "-o", tmp_path / "a.mcap")[0] == 0
    line = fails(1, "import", tmp_path / "a.mcap", "-o", tmp_path / "b.mcap")
    assert "is a log already. `vrface info`" in line


def test_names_that_are_no_text_are_written_with_backslashes(vrface, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source, log = test_ier.log(Path("x\udcff.csv")), Path("y\udcfe.mcap")
    code, out, err = vrface("import", source, "-o", log, "--person", "p\udcfd")
    assert code == 0, err
    assert all(name in out for name in (r"y\udcfe.mcap", r"p\udcfd"))
    recording = read_sensors(log, LOCAL)
    assert (recording.name, recording.wearer) == (r"x\udcff", r"p\udcfd")


def test_a_format_can_be_named(vrface, fails, tmp_path):
    source = test_ier.log(tmp_path / "eyes.csv")
    log = tmp_path / "a.mcap"
    assert "no column 'Timeline'" in fails(1, "import", source, "-o", log, "--format", "pico")
    assert "Did you mean 'ier'" in fails(2, "import", source, "-o", log, "--format", "irr")
    assert not log.exists()
    assert vrface("import", source, "-o", log, "--format", "ier")[0] == 0


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x89PNG\r\n\x1a\n\0\0", b"\xff" * 100])
def test_what_nobody_knows_is_one_line_with_all_that_is_known(fails, tmp_path, content):
    source = tmp_path / "a.bin"
    source.write_bytes(content)
    line = fails(1, "import", source, "-o", tmp_path / "a.mcap")
    assert all(name in line for name in FORMATS)
    assert not (tmp_path / "a.mcap").exists()
    assert "no recording" in fails(1, "import", tmp_path / "none", "-o", tmp_path / "a.mcap")
