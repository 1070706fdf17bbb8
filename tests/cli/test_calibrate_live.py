"""calibrate --tracker: prompts, a wearer who follows them, and trackers that nobody feeds."""

import json
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from tests.words import words
from vrface.model.calibration.file import load
from vrface.model.calibration.prompts import PROMPTS
from vrface.model.calibration.summary import REST
from vrface.model.features import SLOTS
from vrface.sensors import Sample, SensorFrame, headset

VIVE = headset("vive_pro_eye_lip")


class Scripted:
    """A live tracker whose wearer does as the prompts say, faster than time."""

    name = "scripted"
    headset = VIVE
    realtime = False

    def __init__(self, lids_at_rest=0.8, silent=(), off_s=0.0):
        self.closed = False
        self._rest, self._silent, self._off_s = lids_at_rest, silent, off_s

    def frames(self):
        """Empty ones until the headset is put on, as trackers that listen hand them over."""
        off = round(self._off_s * 20)
        yield from (SensorFrame(k, k * 50_000_000) for k in range(1, off + 1))
        for frame in self.worn():
            time_ns = off * 50_000_000
            samples = tuple(
                replace(one, sample_time_ns=one.sample_time_ns + time_ns) for one in frame.samples
            )
            yield SensorFrame(off + frame.sequence, time_ns + frame.frame_time_ns, samples)

    def worn(self):
        for k in range(1, 1200):
            now = k * 50_000_000
            # At rest in the first and the last prompt, elsewhere otherwise.
            level = self._rest if now < 5 * 10**9 or now > 39 * 10**9 else 0.2 + 0.1 * np.sin(k)
            samples = tuple(
                Sample(
                    n,
                    now,
                    np.full(len(stream.channels), level if stream.name == "lids" else 0.1, "f4"),
                )
                for n, stream in enumerate(VIVE.streams)
                if stream.name not in self._silent
            )
            yield SensorFrame(k, now, samples)

    def close(self):
        self.closed = True


@pytest.fixture
def scripted(monkeypatch):
    """Let every tracker that is opened by the verb be this one."""

    def use(**options):
        tracker = Scripted(**options)
        monkeypatch.setattr("vrface.cli.calibrate.opened_tracker", lambda *_, **__: tracker)
        return tracker

    return use


def test_live_it_prompts_and_takes_rest_from_where_the_face_was_still(vrface, tmp_path, scripted):
    tracker, output = scripted(), tmp_path / "a.calibration"
    code, out, err = vrface("calibrate", "--tracker", "vrcft", "--wearer", "w1", "-o", output)
    assert code == 0
    assert tracker.closed
    assert [line.rpartition(" (")[0] for line in err.splitlines()] == [p.words for p in PROMPTS]
    made = load(output)
    assert made.mode == "unpaired"
    assert made.about.wearer == "w1"
    assert made.about.seconds == pytest.approx(42.0, abs=0.5)
    lids = [place for place, (stream, _) in enumerate(SLOTS) if stream == "lids"]
    assert np.nanmax(np.abs(made.sensors[REST, lids] - 0.8)) < 1e-6
    assert "w1 in vive_pro_eye_lip" in words(out)


def test_live_it_waits_until_somebody_is_heard(vrface, tmp_path, scripted):
    found = []
    for off_s in (0.0, 29.0):
        scripted(off_s=off_s)
        output = tmp_path / f"{off_s}.calibration"
        assert vrface("calibrate", "--tracker", "vrcft", "-o", output)[0] == 0
        found.append(load(output))
    at_once, later = found
    assert later.about.seconds == at_once.about.seconds
    np.testing.assert_allclose(later.sensors, at_once.sensors, atol=1e-5)


def test_a_prompt_of_less_than_a_second_says_so(vrface, tmp_path, scripted):
    scripted()
    where = ("--seconds", 2, "-o", tmp_path / "a.calibration")
    code, _, err = vrface("calibrate", "--tracker", "synthetic", *where)
    assert code == 0
    assert err.splitlines()[0] == f"{PROMPTS[0].words} (0.2 s)"


def test_it_says_what_was_too_quiet_or_silent_and_what_to_do(vrface, tmp_path, scripted):
    scripted(silent=("gaze",))
    report = tmp_path / "a.json"
    where = ("-o", tmp_path / "a.calibration", "--json", report)
    code, out, _ = vrface("calibrate", "--tracker", "vrcft", *where)
    assert code == 0
    told = {line.partition(":")[0]: line for line in json.loads(report.read_text())["advice"]}
    assert set(told) == {"gaze", "mouth_tracker"}
    assert "nothing was heard" in told["gaze"]
    assert "too quiet" in told["mouth_tracker"]
    assert "Count aloud from one to ten." in told["mouth_tracker"]
    for line in told.values():
        assert words(line) in words(out)


def test_a_synthetic_wearer_can_be_calibrated_live(vrface, tmp_path):
    output = tmp_path / "a.calibration"
    where = ("--headset", "mouth_only", "--seed", 7, "--seconds", 2, "-o", output)
    assert vrface("calibrate", "--tracker", "synthetic", *where)[0] == 0
    about = load(output).about
    assert (about.wearer, about.donning) == ("simulated-0007", "simulated-0007-0")
    assert about.headset == "mouth_only"


def test_an_interrupt_leaves_no_file(vrface, tmp_path, scripted, monkeypatch):
    tracker, output = scripted(), tmp_path / "a.calibration"
    frames = tracker.frames

    def interrupted():
        for frame in frames():
            if frame.sequence == 200:
                os.kill(os.getpid(), signal.SIGINT)
            yield frame

    monkeypatch.setattr(tracker, "frames", interrupted)
    code, out, err = vrface("calibrate", "--tracker", "vrcft", "-o", output)
    assert (code, out) == (130, "")
    assert "Traceback" not in err
    assert tracker.closed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["silent", "off"])
def test_a_tracker_that_nobody_feeds_is_one_line(vrface, tmp_path, scripted, monkeypatch, kind):
    monkeypatch.setattr("vrface.cli.calibrate.PATIENCE_S", 5.0)
    if kind == "off":
        tracker = scripted(off_s=6.0)
    else:
        tracker = scripted(silent=tuple(stream.name for stream in VIVE.streams))
    where = ("--seconds", 20, "-o", tmp_path / "a.calibration")
    code, out, err = vrface("calibrate", "--tracker", "vrcft", *where)
    assert (code, out) == (1, "")
    assert err == (
        "error: no sensor was heard for 5 s. "
        "See that the headset is on, and that its tracker sends.\n"
    )
    assert tracker.closed
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_is_heard_while_nobody_sends(vrface, tmp_path, scripted, monkeypatch):
    tracker = scripted(off_s=20.0)
    frames = tracker.frames

    def interrupted():
        for frame in frames():
            if frame.sequence == 20:
                os.kill(os.getpid(), signal.SIGINT)
            assert frame.sequence < 30
            yield frame

    monkeypatch.setattr(tracker, "frames", interrupted)
    where = ("-o", tmp_path / "a.calibration")
    assert vrface("calibrate", "--tracker", "vrcft", *where)[:2] == (130, "")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_nobody_sends_to_is_one_line(vrface, tmp_path, monkeypatch):
    monkeypatch.setattr("vrface.cli.calibrate.PATIENCE_S", 0.2)
    where = ("--tracker-port", 0, "--headset", "quest_pro", "-o", tmp_path / "a.calibration")
    code, out, err = vrface("calibrate", "--tracker", "vrcft", *where)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("error: no sensor was heard for 0.2 s.")
    assert list(tmp_path.iterdir()) == []
