"""`Session`: faces one by one, or the newest one from a thread of its own."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vrface import Session, Status
from vrface.errors import BadUse, CheckpointError, UnknownName, VrfaceError
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.expression import Source
from vrface.log.recording import write_paired
from vrface.sensors import HeadsetProfile, Sample, SensorFrame, headset
from vrface.simulation import synthetic_take, wear


def frames(profile: HeadsetProfile, count: int) -> Iterator[SensorFrame]:
    rng = np.random.default_rng(0)
    for k in range(count):
        now = (k + 1) * 11_000_000
        samples = tuple(
            Sample(number, now - 5_000_000, rng.random(len(stream.channels), dtype=np.float32))
            for number, stream in enumerate(profile.streams)
        )
        yield SensorFrame(k + 1, now, samples)


class ListTracker:
    """Plays frames as fast as they are taken."""

    name = "list"

    def __init__(self, profile: HeadsetProfile, count: int) -> None:
        self.headset = profile
        self.closed = False
        self._count = count

    def frames(self) -> Iterator[SensorFrame]:
        return frames(self.headset, self._count)

    def close(self) -> None:
        self.closed = True


def test_run_gives_one_face_a_frame_in_order() -> None:
    with Session(headset="vive_pro_eye_lip") as session:
        faces = list(session.run(frames(session.headset, 20)))
    assert [face.sequence for face in faces] == list(range(1, 21))
    assert all(face.status == Status.TRACKING for face in faces)
    assert faces[-1].sample_time_ns == 20 * 11_000_000 - 5_000_000


def test_take_asks_the_tracker_and_close_closes_it() -> None:
    tracker = ListTracker(headset("mouth_only"), 50)
    with Session(tracker=tracker) as session:
        assert session.headset.name == "mouth_only"
        assert len(list(session.take(7))) == 7
    assert tracker.closed


def test_the_synthetic_tracker_by_name() -> None:
    with Session(tracker="synthetic", headset="vive_pro_eye_lip", seed=3) as session:
        faces = list(session.take(10))
    assert len(faces) == 10
    assert faces[-1].frame_time_ns > faces[0].frame_time_ns


def test_push_returns_at_once_and_latest_has_the_newest() -> None:
    with Session(headset="vive_pro_eye_lip") as session:
        assert session.latest() is None
        for frame in frames(session.headset, 40):
            session.push(frame)
        deadline = time.monotonic() + 10
        while (face := session.latest()) is None or face.sequence < 40:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        assert face.sequence == 40
        assert face.age_ms >= 0
        with pytest.raises(BadUse, match="Open another one"):
            session.step(next(frames(session.headset, 1)))


def test_latest_feeds_itself_from_a_tracker() -> None:
    tracker = ListTracker(headset("mouth_only"), 30)
    with Session(tracker=tracker) as session:
        deadline = time.monotonic() + 10
        while (face := session.latest()) is None or face.sequence < 30:
            assert time.monotonic() < deadline
            time.sleep(0.005)


class FailingTracker(ListTracker):
    def frames(self) -> Iterator[SensorFrame]:
        yield next(super().frames())
        raise RuntimeError("usb unplugged")


class BlockingTracker(ListTracker):
    def frames(self) -> Iterator[SensorFrame]:
        time.sleep(60)
        yield from super().frames()


def test_a_failed_tracker_is_told_to_whoever_asks() -> None:
    with Session(tracker=FailingTracker(headset("mouth_only"), 5)) as session:
        deadline = time.monotonic() + 10
        with pytest.raises(VrfaceError, match="usb unplugged"):  # noqa: PT012 - until it is noticed
            while time.monotonic() < deadline:
                session.latest()
                time.sleep(0.005)
        with pytest.raises(VrfaceError, match="usb unplugged"):
            session.push(next(frames(session.headset, 1)))


def test_closing_does_not_wait_for_a_tracker_that_blocks() -> None:
    session = Session(tracker=BlockingTracker(headset("mouth_only"), 5))
    assert session.latest() is None
    started = time.monotonic()
    session.close()
    assert time.monotonic() - started < 10


def test_a_closed_session_says_so() -> None:
    session = Session(headset="mouth_only")
    frame = next(frames(session.headset, 1))
    session.step(frame)
    session.close()
    session.close()
    for use in (session.step, session.push):
        with pytest.raises(BadUse, match="closed"):
            use(frame)
    with pytest.raises(BadUse, match="closed"):
        session.latest()


def test_many_threads_that_start_it_get_one_worker() -> None:
    with Session(headset="mouth_only") as session:
        before = set(threading.enumerate())
        askers = [threading.Thread(target=session.latest) for _ in range(16)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        started = [t.name for t in set(threading.enumerate()) - before]
        assert started == ["vrface-session"]


def test_hostile_numbers_are_values() -> None:
    with Session(headset="mouth_only") as session:
        for number in (2**63, 2**80, -(2**80)):
            face = session.step(SensorFrame(number, number, ()))
            assert face.status == Status.WARMING_UP


@pytest.mark.parametrize(
    ("stream", "time_ns", "width", "says"),
    [
        (9, 1, 2, "of stream 9, which headset 'my_headset' lacks, was left out"),
        (-1, 1, 2, "of stream -1, which headset 'my_headset' lacks, was left out"),
        (0, 1, 2, "of 2 values where stream 'mouth_tracker' has 30 was left out"),
        (0, 2**63, 30, f"of stream 'mouth_tracker' at {2**63} ns, beyond 64 bits, was left out"),
    ],
)
def test_a_sample_that_is_left_out_is_told_once(
    stream: int, time_ns: int, width: int, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = Sample(stream, time_ns, np.zeros(width, np.float32))
    with Session(headset=replace(headset("mouth_only"), name="my_headset")) as session:
        for frame in frames(session.headset, 3):
            face = session.step(replace(frame, samples=(bad, *frame.samples, bad)))
    assert face.status == Status.TRACKING
    (told,) = [record.getMessage() for record in caplog.records if "left out" in record.message]
    assert says in told


def test_take_and_latest_do_not_mix() -> None:
    with Session(tracker=ListTracker(headset("mouth_only"), 500)) as session:
        session.latest()
        with pytest.raises(BadUse, match="Open another one"):
            session.take(3)


def test_the_same_log_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    profile = headset("vive_pro_eye_lip")
    path = tmp_path / "wearer.mcap"
    write_paired(path, wear(synthetic_take(seed=20_001, seconds=4), profile, seed=1))
    code = (
        "import hashlib, sys\n"
        "from vrface import Session\n"
        "from vrface.log import LogReader\n"
        "reader = LogReader(sys.argv[1])\n"
        "faces = Session(headset=reader.header.headset).run(reader.frames())\n"
        "parts = (f.weights.tobytes() + f.stddev.tobytes() + f.source.tobytes() for f in faces)\n"
        "print(hashlib.sha256(b''.join(parts)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(digests) == 1


def test_what_a_session_says_of_itself() -> None:
    with Session(headset="mouth_only") as session:
        assert session.model_name == "default"
        assert len(session.model_digest) == 32
        streams = session.missing_streams
        assert {"lids", "gaze"} <= set(streams)
        assert "mouth_tracker" not in streams
        assert session.unused_streams == ()
        assert session.extras == ()


def test_one_gaze_for_both_eyes_is_neither_missing_nor_unused() -> None:
    with Session(headset="steam_frame_steamlink") as session:
        assert "gaze" not in session.missing_streams
        assert "gaze_combined" not in session.unused_streams


def test_extras_come_with_every_face_behind_the_54() -> None:
    with Session(headset="vive_pro_eye_lip") as session:
        extras = session.headset.extras
        assert session.extras == extras
        assert len(extras) == 18
        assert (session.expected_source[54:] == Source.MEASURED).all()
        *_, (frame, face) = ((f, session.step(f)) for f in frames(session.headset, 12))
    assert face.extras == extras
    assert face.weights.shape == face.stddev.shape == face.source.shape == (72,)
    mouth = session.headset.streams[0]
    for name in extras:
        assert face[name] == frame.samples[0].values[mouth.channels.index(name)]
    assert list(face.as_dict())[54:] == list(extras)
    assert (face.source[54:] == Source.MEASURED).all()


def test_what_a_headset_only_copies_is_called_so() -> None:
    with Session(headset="pico_4_pro") as session:
        for frame in frames(session.headset, 3):
            face = session.step(frame)
        copied = {n for n, s in zip(BLENDSHAPES, face.source, strict=False) if s == Source.COPIED}
        np.testing.assert_array_equal(face.source, session.expected_source)
    assert copied == {"browInnerUpRight", "cheekPuffRight"}


def test_clear_errors() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'mouth_only'"):
        Session(headset="mouth_onyl")
    with pytest.raises(UnknownName, match="unknown model"):
        Session(model="giant")
    with pytest.raises(CheckpointError):
        Session(model="no/such/folder")
    with pytest.raises(UnknownName, match="Did you mean 'synthetic'"):
        Session(tracker="synthetik")
    with Session(headset="mouth_only") as session, pytest.raises(BadUse, match="no tracker"):
        session.take(1)


def test_the_same_frames_give_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_session import *\n"
        "s = Session(headset='vive_pro_eye_lip')\n"
        "faces = s.run(frames(s.headset, 60))\n"
        "data = b''.join(f.weights.tobytes() + f.stddev.tobytes() for f in faces)\n"
        "print(hashlib.sha256(data).hexdigest())"
    )
    here = str(Path(__file__).parent)
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, here], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(digests) == 1


def test_a_tracker_by_name_brings_what_it_expects_to_be_worn(monkeypatch):
    asked = []

    def opened(name, worn, **options):
        asked.append((name, worn))
        return ListTracker(worn or headset("quest_pro"), 3)

    monkeypatch.setattr("vrface.trackers.open_tracker", opened)
    with Session("steamlink") as session:
        assert session.headset.name == "quest_pro"
    with Session("steamlink", "mouth_only") as session:
        assert session.headset.name == "mouth_only"
    assert asked == [("steamlink", None), ("steamlink", headset("mouth_only"))]


@pytest.mark.parametrize("wrong", ["model", "record", "header"])
def test_a_session_that_does_not_open_closes_the_tracker_it_opened(tmp_path, monkeypatch, wrong):
    opened: list[ListTracker] = []

    def by_name(name, worn, **options):
        opened.append(ListTracker(headset("mouth_only"), 3))
        return opened[-1]

    monkeypatch.setattr("vrface.trackers.open_tracker", by_name)
    taken = tmp_path / "a.mcap"
    taken.write_bytes(b"mine")
    options: dict[str, Any] = {
        "model": {"model": "giant"},
        "record": {"record": taken},
        "header": {"record": tmp_path / "b.mcap", "wearer": "w" * (1 << 20)},
    }[wrong]
    with pytest.raises(VrfaceError):
        Session("vrcft", **options)
    (tracker,) = opened
    assert tracker.closed
    assert list(tmp_path.iterdir()) == [taken]
    mine = ListTracker(headset("mouth_only"), 3)
    with pytest.raises(VrfaceError):
        Session(mine, **options)
    assert not mine.closed  # who opened it closes it


def test_a_server_that_is_not_there_closes_the_tracker_too(monkeypatch):
    opened: list[ListTracker] = []

    def by_name(name, worn, **options):
        opened.append(ListTracker(headset("mouth_only"), 3))
        return opened[-1]

    monkeypatch.setattr("vrface.trackers.open_tracker", by_name)
    with pytest.raises(VrfaceError):
        Session.connect("no address", tracker="vrcft")
    assert opened[0].closed
