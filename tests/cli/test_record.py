"""record: a live session into a log, ended by time, by Ctrl-C, or by a disk that is full."""

import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from vrface.cli.record import READY
from vrface.errors import LogError
from vrface.face.smoothing import Smoothing
from vrface.log import FileSink, LogReader
from vrface.sensors import headset
from vrface.trackers.synthetic import SyntheticTracker

WAIT_S = 60


def test_it_records_for_some_seconds(vrface, tmp_path):
    log = tmp_path / "new" / "a.mcap"
    code, out, err = vrface(
        "record", "-o", log, "--headset", "mouth_only", "--seconds", 1, "--wearer", "w1"
    )
    assert (code, err) == (0, "")
    ready, done = out.splitlines()
    assert ready.startswith(f"{READY}{log}: w1 in mouth_only")
    reader = LogReader(log)
    frames = list(reader.frames())
    assert f"{len(frames)} frames written, {len(frames)} acknowledged" in done
    assert re.search(r"; \d+\.\d of 90 frames a second$", done)
    assert [face.sequence for face in reader.expressions()] == [f.sequence for f in frames]
    assert reader.header.wearer == "w1"
    assert reader.header.donning == "simulated-20000-0"
    assert reader.header.simulation.startswith("simulation version")
    ((at_ns, utc_ns),) = reader.anchors()
    assert at_ns < 10**9 < utc_ns


def test_it_records_a_face_as_calm_as_asked_for(vrface, tmp_path):
    log, where = tmp_path / "a.mcap", ("--headset", "mouth_only", "--seconds", 0)
    assert vrface("record", "-o", log, *where, "--smooth", "on,lid=off")[0] == 0
    assert LogReader(log).header.smoothing == Smoothing.parse("on,lid=off")
    code, _, err = vrface("record", "-o", tmp_path / "b.mcap", *where, "--smooth", "brows=1:1")
    assert code == 2
    assert "Did you mean 'brow'?" in err
    assert not (tmp_path / "b.mcap").exists()


def test_a_synthetic_wearer_keeps_their_name(vrface, tmp_path):
    log, simulated = tmp_path / "a.mcap", tmp_path / "b.mcap"
    where = ("--headset", "mouth_only", "--seed", 7)
    assert vrface("record", *where, "-o", log, "--seconds", 0)[0] == 0
    assert vrface("simulate", *where, "-o", simulated, "--minutes", 0.04)[0] == 0
    one, two = LogReader(log).header, LogReader(simulated).header
    assert (one.wearer, one.donning) == (two.wearer, two.donning)
    assert (one.simulation, one.real_face) == (two.simulation, two.real_face)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_an_interrupt_finishes_the_log(vrface, tmp_path, number):
    log = tmp_path / "a.mcap"

    def interrupt():
        _once_it_grows(log)
        os.kill(os.getpid(), number)

    somebody = threading.Thread(target=interrupt)
    somebody.start()
    code, out, err = vrface("record", "-o", log, "--headset", "mouth_only", "--seconds", WAIT_S)
    somebody.join()
    assert (code, err) == (0, "")
    frames = list(LogReader(log).frames())
    assert len(frames) >= 9
    assert f"{len(frames)} frames written, {len(frames)} acknowledged" in out
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_killed_recording_keeps_what_was_acknowledged(vrface, spawn, tmp_path):
    log = tmp_path / "a.mcap"
    process = spawn("record", "-o", log, "--headset", "mouth_only")
    assert process.stdout.readline().startswith(READY), process.stderr.read()
    _once_it_grows(log)
    process.kill()
    process.wait(WAIT_S)
    sequences: list[int] = []
    with pytest.raises(LogError, match="ends too early"):
        sequences.extend(frame.sequence for frame in LogReader(log).frames())
    assert sequences == sorted(set(sequences))
    assert len(sequences) >= 9
    saved = tmp_path / "saved.mcap"
    assert vrface("doctor", log, "--recover", saved)[0] == 0
    assert [frame.sequence for frame in LogReader(saved).frames()] == sequences


def _once_it_grows(log):
    """Wait until some chunks of frames are in the log."""
    deadline = time.monotonic() + WAIT_S
    while not log.exists() or log.stat().st_size < 20_000:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_full_disk_is_one_line_that_says_what_is_safe(vrface, tmp_path, small_disk):
    small_disk("vrface.log")
    log = tmp_path / "a.mcap"
    code, out, err = vrface("record", "-o", log, "--headset", "mouth_only", "--seconds", WAIT_S)
    assert code == 1
    assert out.count("\n") == 1
    assert re.match(r"error: the log .*: No space left on device\. \d+ frames were ack.*\n$", err)
    (said,) = re.findall(r"(\d+) frames were acknowledged", err)
    sequences: list[int] = []
    with pytest.raises(LogError, match="ends too early"):
        sequences.extend(frame.sequence for frame in LogReader(log).frames())
    assert len(sequences) >= int(said) > 0  # some may be on the disk of which it never heard


def test_in_a_terminal_it_shows_how_far_it_is(vrface, tmp_path, monkeypatch):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    monkeypatch.setenv("TERM", "xterm")
    with open(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        where = ("-o", tmp_path / "[red]a.mcap", "--headset", "mouth_only")
        code, _, _ = vrface("record", *where, "--seconds", 1)
        seen = os.read(ours, 65536)
    os.close(ours)
    assert code == 0
    assert b"recording to [red]a.mcap: " in seen
    assert b"on the disk" in seen


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tracker", "replay"], "vrface replay LOG -o OUT"),
        (["--tracker", "synthetik"], "Did you mean 'synthetic'"),
        (["--headset", "mouth_onyl"], "Did you mean 'mouth_only'"),
        (["--model", "defualt"], "Did you mean 'default'"),
        (["--rate", "5"], "50 to 144"),
        (["--seconds", "nan"], "--help"),
        (["--seconds", "-1"], "--help"),
        (["--seed", "-1"], "--help"),
    ],
    ids=" ".join,
)
def test_bad_use_leaves_no_log(fails, tmp_path, arguments, says):
    log = tmp_path / "a.mcap"
    assert says in fails(2, "record", "-o", log, *arguments)
    assert not log.exists()


def test_without_an_output_it_records_nothing(fails):
    assert "--output" in fails(2, "record")


def test_a_log_that_cannot_be_written_costs_no_model(fails, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "vrface.model.pretrained", None)  # importing it would fail
    (tmp_path / "afile").write_text("mine")
    (tmp_path / "there.mcap").write_text("mine")
    assert "cannot write" in fails(1, "record", "-o", tmp_path / "afile" / "a.mcap")
    assert "never overwritten" in fails(1, "record", "-o", tmp_path / "there.mcap")
    assert (tmp_path / "there.mcap").read_text() == "mine"


def test_a_folder_that_may_only_be_read(fails, tmp_path, monkeypatch):
    def denied(self, *_):
        raise PermissionError(13, "Permission denied")  # as root, no folder is read-only

    monkeypatch.setattr(Path, "open", denied)
    line = fails(1, "record", "-o", tmp_path / "a.mcap")
    assert "Permission denied. Give another -o." in line


def test_a_disk_that_fails_at_the_end_is_told(vrface, tmp_path, monkeypatch):
    def broken(self):
        raise LogError("the disk is failing.", "Replace it.")

    monkeypatch.setattr(FileSink, "sync", broken)
    code, _, err = vrface("record", "-o", tmp_path / "a.mcap", "--seconds", 0)
    assert code == 1
    assert err == "error: the disk is failing. 0 frames were acknowledged. Replace it.\n"


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems have no such names")
def test_a_name_that_is_no_text_is_no_obstacle(spawn, tmp_path):
    log = tmp_path / "r\udcff.mcap"
    process = spawn("record", "-o", log, "--headset", "mouth_only", "--seconds", 0.2)
    out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, err) == (0, "")
    assert "r\\udcff.mcap: " in out
    assert LogReader(log).header.name == "r\\udcff"
    process = spawn("info", log)
    out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, err) == (0, "")
    assert "whole       yes" in out


def test_a_header_that_is_too_large_is_bad_use_and_leaves_no_log(fails, tmp_path):
    line = fails(2, "record", "-o", tmp_path / "a.mcap", "--wearer", "w" * (1 << 20))
    assert "header of the log would have" in line
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_does_not_begin_lets_its_tracker_go(fails, tmp_path, monkeypatch):
    closed = []

    class Heard(SyntheticTracker):
        def close(self):
            closed.append(self)
            super().close()

    monkeypatch.setattr(
        "vrface.cli.record.opened_tracker", lambda *_, **__: Heard(headset("mouth_only"))
    )
    fails(2, "record", "-o", tmp_path / "a.mcap", "--model", "defualt")
    assert len(closed) == 1
