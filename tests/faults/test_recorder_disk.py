"""Recorders on disks that are slow, full or hang: the session goes on, and the log says so."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

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
from vrface import Session
from vrface.errors import LogError, VrfaceError
from vrface.face.expression import Expression
from vrface.log import Event, EventKind, LogReader
from vrface.sensors import HeadsetProfile, SensorFrame, headset
from vrface.sensors.frame import MOST_SAMPLES, merged
from vrface.session import recorder as recorder_module
from vrface.session.recorder import Recorder
from vrface.trackers.synthetic import SyntheticTracker


@pytest.fixture
def profile() -> HeadsetProfile:
    return headset("vive_pro_eye_lip")


@pytest.fixture
def stuck(profile, monkeypatch) -> Iterator[tuple[Recorder, MemorySink, Callable[[int], None]]]:
    """A recorder whose disk took nothing of 99 frames without samples, its sink, and one more."""
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 2)
    sink = MemorySink()
    recorder = Recorder(log_to(sink, profile), Ticking())
    sink.free.clear()
    with Session(headset=profile) as session:

        def one_more(number: int) -> None:
            frame = SensorFrame(number, number * PERIOD_NS)
            recorder.frame(frame, session.step(frame), number * PERIOD_NS, wait=False)

        for number in range(1, 100):
            one_more(number)
        yield recorder, sink, one_more


def dropped_out(events: list[Event]) -> list[str]:
    return [event.stream for event in events if event.kind is EventKind.DROP_OUT]


def test_drop_outs_that_found_no_room_are_told_later(tmp_path, profile, stuck):
    recorder, sink, one_more = stuck
    assert recorder.lost > 50
    sink.free.set()
    until(lambda: not recorder._waiting)
    one_more(100)
    recorder.close()
    events = [event for _, event in read(sink, tmp_path).events()]
    assert dropped_out(events) == [stream.name for stream in profile.streams]
    assert sum(event.frames for event in events) == recorder.lost


def test_a_full_disk_ends_the_recording_and_not_the_session(tmp_path, profile):
    sink = MemorySink()
    frames = messy_frames(profile, 400)
    session = Session(headset=profile, record=log_to(sink, profile), clock_ns=Ticking())
    recorder = recording(session)
    list(session.run(frames[:50]))
    until(lambda: recorder.acknowledged >= 40)
    sink.room = len(sink.data) + 5000
    assert len(list(session.run(frames[50:]))) == len(frames) - 50
    until(lambda: recorder.error is not None)
    assert session.step(frames[-1]).weights.shape == (72,)
    with pytest.raises(LogError, match="full"):
        session.close()
    session.close()  # told once
    assert sink.closed
    # What was acknowledged is there.
    sequences: list[int] = []
    with pytest.raises(LogError, match="ends too early"):
        sequences.extend(frame.sequence for frame in read(sink, tmp_path).frames())
    assert 40 <= recorder.acknowledged <= len(sequences)
    assert sequences == [frame.sequence for frame in frames[: len(sequences)]]


def test_a_sink_that_breaks_in_a_way_of_its_own_is_told_too(profile):
    class Odd(MemorySink):
        def sync(self) -> None:
            raise ZeroDivisionError("by zero")

    session = Session(headset=profile, record=log_to(Odd(), profile), clock_ns=Ticking())
    list(session.run(messy_frames(profile, 30)))
    with pytest.raises(VrfaceError, match="ZeroDivisionError: by zero"):
        session.close()


def test_a_session_on_its_own_thread_never_waits_and_tells_of_each_gap(
    tmp_path, profile, monkeypatch
):
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 8)
    sink = MemorySink()
    frames = messy_frames(profile, 60)
    session = Session(headset=profile, record=log_to(sink, profile), clock_ns=Ticking())
    recorder = recording(session)
    sink.free.clear()

    def push(some: list[SensorFrame]) -> None:
        for frame in some:
            session.push(frame)
            until(partial(is_latest, session, frame.sequence))

    del frames[9]  # the one that comes twice would be merged, not stepped
    push(frames[:40])
    lost = recorder.lost
    assert lost > 10
    sink.free.set()
    until(lambda: not recorder._waiting)
    push(frames[40:44])
    session.close()
    assert recorder.lost == lost
    log = read(sink, tmp_path)
    stepped = [frame.sequence for frame in log.frames()]
    assert len(stepped) == 44 - lost == len(list(log.expressions()))
    assert stepped[:3] + stepped[-4:] == [1, 2, 3, 41, 42, 43, 44]
    assert missing_in(log) == lost
    times = [entry.log_time_ns for entry in log.entries()]
    assert times == sorted(times)


def missing_in(log: LogReader) -> int:
    """How many frames the events of a log say are missing."""
    gaps = [event for _, event in log.events() if event.kind is EventKind.GAP]
    assert all(
        gap.text == f"{gap.frames} frames are missing: the disk was too slow." for gap in gaps
    )
    assert all(gap.start_time_ns <= gap.end_time_ns for gap in gaps)
    return sum(gap.frames for gap in gaps)


def test_drop_outs_in_front_of_the_very_end_are_told_as_well(tmp_path, profile, stuck):
    recorder, sink, _ = stuck
    sink.free.set()
    recorder.close()
    events = [event for _, event in read(sink, tmp_path).events()]
    assert dropped_out(events) == [stream.name for stream in profile.streams]


def test_a_gap_at_the_very_end_is_told_as_well(tmp_path, profile, monkeypatch):
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 2)
    sink = MemorySink()
    recorder = Recorder(log_to(sink, profile), Ticking())
    with Session(headset=profile) as session:
        sink.free.clear()
        for frame in messy_frames(profile, 40):
            recorder.frame(frame, session.step(frame), recorder.now_ns(), wait=False)
    sink.free.set()
    recorder.close()
    assert recorder.lost > 0
    assert recorder.frames + recorder.lost == 41
    log = read(sink, tmp_path)
    assert missing_in(log) == recorder.lost
    assert list(log.entries())[-1].topic == "/event"


def test_a_disk_that_hangs_ends_the_recording_and_holds_up_nothing_more(profile, monkeypatch):
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 4)
    monkeypatch.setattr(recorder_module, "PATIENCE_S", 0.1)
    sink = MemorySink()
    frames = messy_frames(profile, 60)
    session = Session(headset=profile, record=log_to(sink, profile), clock_ns=Ticking())
    sink.free.clear()
    assert len(list(session.run(frames))) == len(frames)
    with pytest.raises(LogError, match="taken nothing"):
        session.close()
    sink.free.set()  # the thread that was left behind finishes what it has
    until(lambda: sink.closed)


def asked_one_by_one(session: Session, frames: list[SensorFrame]) -> Iterable[Expression]:
    return map(session.step, frames)


def from_the_tracker(session: Session, frames: list[SensorFrame]) -> Iterable[Expression]:
    return session.take(len(frames))


@pytest.mark.parametrize("asked", [asked_one_by_one, from_the_tracker])
def test_who_plays_live_never_waits_for_a_disk_that_stalls(
    tmp_path, profile, monkeypatch, asked: Callable[..., Iterable[Expression]]
):
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 8)
    sink = MemorySink()
    frames = messy_frames(profile, 60)
    tracker = FrameTracker(profile, frames)
    session = Session(tracker, record=log_to(sink, profile), clock_ns=Ticking())
    recorder = recording(session)
    sink.free.clear()
    assert len(list(asked(session, frames))) == len(frames)  # nothing frees the disk meanwhile
    recorder.notice("the disk stalls")
    assert recorder.lost > 30
    assert recorder.error is None
    sink.free.set()
    session.close()
    assert recorder.frames + recorder.lost == len(frames)
    log = read(sink, tmp_path)
    assert missing_in(log) == recorder.lost
    assert "the disk stalls" in [event.text for _, event in log.events()]


def run(session: Session, frames: list[SensorFrame]) -> Iterable[Expression]:
    return session.run(frames)


@pytest.mark.parametrize("asked", [run, from_the_tracker])
def test_what_is_replayed_waits_and_misses_nothing_in_the_log(
    tmp_path, profile, monkeypatch, asked: Callable[..., Iterable[Expression]]
):
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 4)
    sink = MemorySink()
    frames = messy_frames(profile, 60)
    tracker = SyntheticTracker(profile, realtime=False)
    session = Session(tracker, record=log_to(sink, profile), clock_ns=Ticking())
    sink.free.clear()
    faces: list[int] = []
    taking = threading.Thread(
        target=lambda: faces.extend(face.sequence for face in asked(session, frames))
    )
    taking.start()
    until(lambda: len(recording(session)._waiting) >= 4)
    time.sleep(0.05)
    assert len(faces) < len(frames)
    sink.free.set()
    taking.join(20)
    session.close()
    assert len(faces) == recording(session).frames == len(frames)
    assert [frame.sequence for frame in read(sink, tmp_path).frames()] == faces


def test_a_disk_that_is_slow_but_works_is_waited_for(tmp_path, profile, monkeypatch):
    """Each time that closing has lost patience, one more sync has come to its end."""

    class Slow(MemorySink):
        turns = threading.Semaphore(0)

        def sync(self) -> None:
            self.turns.acquire()
            super().sync()

    sink, waits = Slow(), []
    frames = messy_frames(profile, 60)
    session = Session(headset=profile, record=log_to(sink, profile), clock_ns=Ticking())
    recorder = recording(session)
    assert len(list(session.run(frames))) == len(frames)
    thread = recorder._thread

    def waited(patience_s: float) -> None:
        waits.append(patience_s)
        before = recorder._progress()
        sink.turns.release()
        until(lambda: recorder._progress() != before or not thread.is_alive())

    monkeypatch.setattr(thread, "join", waited)
    session.close()
    assert len(waits) > 3
    assert recorder.acknowledged == len(frames)
    assert len(list(read(sink, tmp_path).frames())) == len(frames)


def test_a_frame_that_is_as_full_as_they_get_says_that_samples_may_be_missing(tmp_path, profile):
    sink = MemorySink()
    sample = messy_frames(profile, 1)[0].samples[0]
    with Session(headset=profile, record=log_to(sink, profile), clock_ns=Ticking()) as session:
        late: SensorFrame | None = None
        for number in range(1, MOST_SAMPLES + 2):
            late = merged(late, SensorFrame(number, number * PERIOD_NS, (sample,)))
        assert late is not None
        for frame in (messy_frames(profile, 1)[0], late):
            session.step(frame)
    log = read(sink, tmp_path)
    assert [len(frame.samples) for frame in log.frames()][1] == MOST_SAMPLES
    ((_, event),) = log.events()
    assert event.kind is EventKind.NOTICE
    assert event.text.startswith(f"frame {MOST_SAMPLES + 1} is full")
