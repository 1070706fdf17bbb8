"""`Session(record=...)`: what is in the log, and that a log in trouble leaves the face alone."""

import subprocess
import sys
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.log.sinks import MemorySink
from tests.session.conftest import (
    PERIOD_NS,
    FrameTracker,
    Ticking,
    is_latest,
    log_to,
    messy_frames,
    read,
    recording,
    until,
)
from vrface import Permission, Session
from vrface.errors import BadUse, LogError, Refused, UnknownName
from vrface.face.smoothing import Smoothing
from vrface.log import Entry, Event, EventKind, LogHeader, LogReader, LogWriter
from vrface.model import pretrained
from vrface.sensors import Sample, SensorFrame, headset
from vrface.session.recorder import Recorder
from vrface.trackers.replay import ReplayTracker
from vrface.trackers.synthetic import SyntheticTracker


def test_every_frame_and_its_face_are_logged_at_the_frames_arrival(tmp_path, profile):
    path = tmp_path / "a.mcap"
    frames = messy_frames(profile, 30)
    with Session(headset=profile, record=path, clock_ns=Ticking(10**15)) as session:
        faces = list(session.run(frames))
    log = LogReader(path)
    assert [(e.topic, e.log_time_ns // PERIOD_NS) for e in log.entries()] == [
        ("/clock", 0),
        *((topic, arrival) for arrival in range(1, 32) for topic in ("/sensors", "/expression")),
    ]
    assert [frame.sequence for frame in log.frames()] == [frame.sequence for frame in frames]
    for face, logged in zip(faces, log.expressions(), strict=True):
        np.testing.assert_array_equal(face.weights, logged.weights)
        np.testing.assert_array_equal(face.stddev, logged.stddev)
    recorder = recording(session)
    assert (recorder.frames, recorder.acknowledged, recorder.lost) == (31, 31, 0)
    assert recorder.error is None


def test_samples_of_any_kind_come_back_as_they_were(tmp_path, profile):
    path = tmp_path / "a.mcap"
    frames = messy_frames(profile, 20)
    with Session(headset=profile, record=path) as session:
        list(session.run(frames))
    for frame, logged in zip(frames, LogReader(path).frames(), strict=True):
        assert len(frame.samples) == len(logged.samples)
        for sample, other in zip(frame.samples, logged.samples, strict=True):
            assert (sample.stream, sample.sample_time_ns) == (other.stream, other.sample_time_ns)
            np.testing.assert_array_equal(sample.values, other.values)


def test_no_duration_of_this_machine_is_in_the_log(tmp_path, profile):
    path = tmp_path / "a.mcap"
    with Session(headset=profile, record=path) as session:
        faces = list(session.run(messy_frames(profile, 20)))
    assert any(face.step_us for face in faces)
    assert not any(face.step_us or face.queue_us for face in LogReader(path).expressions())


def test_nothing_is_recorded_unless_asked_for(tmp_path, profile, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Session(headset=profile) as session:
        list(session.run(messy_frames(profile, 3)))
        assert session.recorder is None
    assert list(tmp_path.iterdir()) == []


def test_the_log_says_whose_it_is(tmp_path, profile):
    path = tmp_path / "evening.mcap"
    with Session(headset=profile, record=path, wearer="erika", donning="3") as session:
        digest = session.model_digest.hex()
    header = LogReader(path).header
    assert (header.wearer, header.donning, header.name) == ("erika", "3", "evening")
    assert (header.headset, header.model_digest) == (profile, digest)
    assert (header.simulation, header.real_face, header.clock) == ("real", True, "device")
    assert header.permission_id == Permission.local().identifier


def test_no_two_recordings_have_one_header(tmp_path, profile):
    """Nor do a log and a recording of its replay: parts of one are no parts of the other."""
    paths = [tmp_path / f"{folder}" / "a.mcap" for folder in "bcd"]
    for path in paths:
        path.parent.mkdir()
    for path in paths[:2]:
        with Session(headset=profile, record=path, clock_ns=Ticking()) as session:
            list(session.run(messy_frames(profile, 5)))
    with Session(ReplayTracker(paths[0], realtime=False), record=paths[2]) as session:
        list(session.take(5))
    logs = [LogReader(path) for path in paths]
    assert all(len(log.header.log_id) == 16 for log in logs)
    assert (
        len({log.header.log_id for log in logs})
        == len({log.metadata["checksum"] for log in logs})
        == 3
    )
    assert logs[0].header == replace(logs[1].header, log_id=logs[0].header.log_id)


def test_nobody_takes_a_synthetic_wearer_for_a_person(tmp_path, profile):
    first, second = tmp_path / "a.mcap", tmp_path / "b.mcap"
    tracker = SyntheticTracker(profile, realtime=False)
    with Session(tracker, record=first, wearer="s-0", clock_ns=Ticking()) as session:
        list(session.take(5))
    # Nor when a replay of it is recorded.
    with Session(ReplayTracker(first, realtime=False), record=second) as session:
        list(session.take(5))
    for path in (first, second):
        header = LogReader(path).header
        assert header.wearer == "s-0"
        assert header.simulation != "real"
        assert not header.real_face


def test_pushed_frames_are_logged_as_they_were_stepped(tmp_path, profile):
    path = tmp_path / "a.mcap"
    frames = messy_frames(profile, 60)
    with Session(headset=profile, record=path) as session:
        for frame in frames:
            session.push(frame)
        until(partial(is_latest, session, 60))
    log = LogReader(path)
    stepped = [frame.sequence for frame in log.frames()]
    assert stepped == [face.sequence for face in log.expressions()]
    assert stepped[-1] == 60
    # A frame that was overtaken is in the one that overtook it: no sample is missing.
    assert sum(len(frame.samples) for frame in log.frames()) == sum(
        len(frame.samples) for frame in frames
    )


def test_a_tracker_on_the_sessions_own_thread_is_recorded_too(tmp_path, profile):
    path = tmp_path / "a.mcap"
    tracker = FrameTracker(profile, messy_frames(profile, 30))
    with Session(tracker, record=path) as session:
        until(partial(is_latest, session, 30))
    assert [frame.sequence for frame in LogReader(path).frames()][-1] == 30


def test_arrays_may_be_used_again_at_once(tmp_path):
    path = tmp_path / "a.mcap"
    profile = headset("mouth_only")
    values = np.zeros(len(profile.streams[0].channels), np.float32)
    with Session(headset=profile, record=path) as session:
        for k in range(1, 9):
            values[:] = k / 10
            face = session.step(SensorFrame(k, k * PERIOD_NS, (Sample(0, k * PERIOD_NS, values),)))
            kept = face.weights.copy()
            face.weights[:] = -1.0
    log = LogReader(path)
    assert [frame.samples[0].values[0] for frame in log.frames()] == pytest.approx(
        [k / 10 for k in range(1, 9)]
    )
    np.testing.assert_array_equal(list(log.expressions())[-1].weights, kept)


def test_a_frame_that_fits_no_log_is_an_event_and_not_the_end(tmp_path, profile):
    path = tmp_path / "a.mcap"
    good = messy_frames(profile, 4)
    beyond = Sample(0, 2**80, np.zeros(3, np.float32))
    nowhere = Sample(-1, 0, np.zeros(3, np.float32))
    with Session(headset=profile, record=path) as session:
        for frame in (good[0], replace(good[1], samples=(beyond,)), good[2]):
            session.step(frame)
        session.step(replace(good[3], samples=(nowhere,)))
        session.step(SensorFrame(-(2**80), 2**80, ()))  # these numbers are brought into range
    assert recording(session).lost == 2
    log = LogReader(path)
    assert [frame.sequence for frame in log.frames()] == [1, 3, 0]
    assert len(list(log.expressions())) == 3
    assert [(event.kind, event.frames, event.text.split(":")[0]) for _, event in log.events()] == [
        (EventKind.GAP, 1, "frame 2 is missing"),
        (EventKind.GAP, 1, "frame 4 is missing"),
    ]


def test_a_clock_that_goes_back_does_not_end_the_recording(tmp_path, profile):
    path = tmp_path / "a.mcap"
    times = iter([5 * 10**9, 6 * 10**9, 10**9, 7 * 10**9])
    with Session(headset=profile, record=path, clock_ns=lambda: next(times)) as session:
        list(session.run(messy_frames(profile, 3)))
    assert [time_ns for time_ns, _ in LogReader(path).arrivals()] == [10**9, 0, 2 * 10**9]


def test_anchors_and_events_stand_among_the_frames(tmp_path, profile):
    path = tmp_path / "a.mcap"
    with Session(headset=profile, record=path, clock_ns=Ticking()) as session:
        session.step(messy_frames(profile, 1)[0])
        recording(session).notice("the cable was pulled", "Plug it in.")
    log = LogReader(path)
    assert [e.topic for e in log.entries()] == ["/clock", "/sensors", "/expression", "/event"]
    assert list(log.events()) == [
        (2 * PERIOD_NS, Event.notice("the cable was pulled", "Plug it in."))
    ]


def test_the_time_of_day_is_said_at_the_start_and_each_minute(tmp_path, profile):
    path = tmp_path / "a.mcap"
    now = [0]
    before_ns = time.time_ns()
    with Session(headset=profile, record=path, clock_ns=lambda: now[0] * 10**9) as session:
        frames = messy_frames(profile, 7)
        for frame, now[0] in zip(frames, (1, 59, 60, 61, 121, 50, 51), strict=True):
            session.step(frame)
    anchors = list(LogReader(path).anchors())
    # The last one: the clock went back, and what it showed before says nothing any more.
    assert [at_ns // 10**9 for at_ns, _ in anchors] == [0, 60, 121, 50]
    assert all(before_ns <= utc_ns <= time.time_ns() for _, utc_ns in anchors)


def test_a_stream_that_falls_silent_is_in_the_log(tmp_path, profile):
    path = tmp_path / "a.mcap"
    with Session(headset=profile, record=path, clock_ns=Ticking()) as session:
        for number in range(1, 100):
            streams = (0, 1, 2) if number < 10 or number > 80 else (0, 2)
            samples = tuple(
                Sample(
                    k, number * PERIOD_NS, np.zeros(len(profile.streams[k].channels), np.float32)
                )
                for k in streams
            )
            session.step(SensorFrame(number, number * PERIOD_NS, samples))
    log = LogReader(path)
    drop_outs = [event for _, event in log.events()]
    silent, back = drop_outs
    assert (silent.kind, silent.stream, silent.end_time_ns) == (EventKind.DROP_OUT, "gaze", 0)
    assert silent.start_time_ns == back.start_time_ns == 10 * PERIOD_NS
    assert back.end_time_ns == 81 * PERIOD_NS
    assert len(list(log.frames())) == 99


def test_the_last_frames_reach_the_disk_though_none_comes_any_more(profile):
    """By its own clock no time passes at all: real time counts too."""
    sink = MemorySink()
    with Session(headset=profile, record=log_to(sink, profile), clock_ns=lambda: 5) as session:
        for frame in messy_frames(profile, 3):
            session.step(frame)
        recorder = recording(session)
        until(lambda: recorder.acknowledged == 3)
        size = len(sink.data)
        time.sleep(0.3)
        assert len(sink.data) == size  # and an idle recorder writes nothing


def test_what_is_replayed_gets_no_anchor_and_no_drop_out_of_today(tmp_path, profile):
    sink = MemorySink()
    with (
        Recorder(log_to(sink, profile), Ticking(), live=False) as recorder,
        Session(headset=profile) as session,
    ):
        for number in range(1, 100):
            frame = SensorFrame(number, number * PERIOD_NS)
            recorder.frame(frame, session.step(frame), number * 10**9)
    topics = {entry.topic for entry in read(sink, tmp_path).entries()}
    assert topics == {"/sensors", "/expression"}


def test_what_was_synced_together_stands_in_one_chunk(tmp_path, profile):
    sink = MemorySink()
    with Recorder(log_to(sink, profile), Ticking(), live=False) as recorder:
        for k in range(6):
            recorder.write(Entry.clock(0, k))
            if k % 3 == 2:
                recorder.sync()
    chunks = [[entry.log_time_ns for entry in chunk] for chunk in read(sink, tmp_path).chunks()]
    assert chunks == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("wrong", ["headset", "model", "smoothing"])
def test_a_header_of_something_else_is_bad_use(profile, wrong):
    digest = pretrained.load().digest.hex()
    given = LogHeader(
        headset("mouth_only") if wrong == "headset" else profile,
        "w",
        "d",
        "device",
        model_digest="" if wrong == "model" else digest,
        smoothing=Smoothing.usual() if wrong == "smoothing" else Smoothing.none(),
    )
    with LogWriter(MemorySink(), given) as log, pytest.raises(BadUse, match="another headset"):
        Session(headset=profile, record=log)


def test_a_session_that_does_not_open_leaves_no_log(tmp_path, profile):
    path = tmp_path / "a.mcap"
    with pytest.raises(Refused):
        Session(headset=profile, record=path, permission=Permission("hearsay", "x"))
    with pytest.raises(UnknownName):
        Session(headset=profile, model="giant", record=path)
    assert not path.exists()


def test_a_log_is_never_overwritten_and_must_have_a_place(tmp_path, profile):
    path = tmp_path / "a.mcap"
    path.write_bytes(b"mine")
    with pytest.raises(LogError, match="already"):
        Session(headset=profile, record=path)
    assert path.read_bytes() == b"mine"
    with pytest.raises(LogError, match="cannot write"):
        Session(headset=profile, record=tmp_path / "nowhere" / "a.mcap")


def test_recording_loads_no_jax():
    code = (
        "import sys, vrface.session.recorder, vrface.session.replay, vrface.session.comparison\n"
        "print('jax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
