"""`Replay`: the same model makes the same bytes; another one changes its own faces alone."""

import hashlib
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.serving.harness import small_model
from tests.session.conftest import PERIOD_NS, Ticking, messy_frames, until
from vrface import Permission, Session
from vrface.errors import LogError, Refused
from vrface.face.expression import Source
from vrface.log import Entry, FileSink, LogHeader, LogReader, LogWriter, read_paired, write_paired
from vrface.model import pretrained
from vrface.sensors import SensorFrame, headset
from vrface.session.recorder import Recorder
from vrface.session.replay import Replay, Replayed
from vrface.simulation import synthetic_take, wear
from vrface.trackers.synthetic import SyntheticTracker


@pytest.fixture(scope="module")
def model():
    return pretrained.load()


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def recorded(tmp_path: Path, profile, model) -> Path:
    """A log of frames as bad as they come, with an anchor and an event among them."""
    path = tmp_path / "recorded.mcap"
    frames = messy_frames(profile, 60)
    with Session(
        headset=profile, model=model, record=path, wearer="erika", clock_ns=Ticking(10**14)
    ) as session:
        assert session.recorder is not None
        session.recorder.write(Entry.clock(1_700_000_000_000_000_000, 7))
        list(session.run(frames[:30]))
        session.recorder.notice("the cable was pulled", "Plug it in.")
        list(session.run(frames[30:]))
    return path


@pytest.fixture
def paired(tmp_path: Path) -> Path:
    path = tmp_path / "paired.mcap"
    profile = headset("mouth_only")
    write_paired(path, wear(synthetic_take(seed=20_003, seconds=3), profile, seed=3))
    return path


def test_a_log_replayed_is_the_same_log_and_so_is_that_one_again(tmp_path, recorded, model):
    before = recorded
    for name in ("once.mcap", "twice.mcap"):
        after = tmp_path / name
        faces = list(Replay(LogReader(before), model, after))
        assert len(faces) == 61
        assert after.read_bytes() == before.read_bytes()
        before = after


def test_a_lively_log_replays_to_the_same_bytes_and_with_another_seed_to_other_faces(
    tmp_path, profile, model
):
    before, after = tmp_path / "lively.mcap", tmp_path / "again.mcap"
    with Session(
        headset=profile, model=model, record=before, style="lively", seed=9, clock_ns=Ticking(0)
    ) as session:
        faces = list(session.run(messy_frames(profile, 60)))
    assert any((face.source == Source.GENERATED).any() for face in faces)
    header = LogReader(before, Permission.local()).header
    assert (header.style, header.seed) == ("lively", 9)
    assert list(Replay(LogReader(before, Permission.local()), model, after))
    assert before.read_bytes() == after.read_bytes()
    for wanted in ({"seed": 10}, {"style": "expected"}):
        others = Replay(LogReader(before, Permission.local()), model, **wanted)
        pairs = [(made.face, made.logged) for made in others]
        apart = [abs(face.weights - logged.weights) for face, logged in pairs if logged]
        assert np.nanmax(apart) > 0.01


def test_a_log_says_how_calm_its_faces_are_and_replays_so(tmp_path, profile, model):
    before, after = tmp_path / "calm.mcap", tmp_path / "again.mcap"
    how = "brow=0.5:0,measured"
    with Session(
        headset=profile, model=model, record=before, smoothing=how, clock_ns=Ticking(0)
    ) as session:
        list(session.run(messy_frames(profile, 60)))
    log = LogReader(before, Permission.local())
    assert log.metadata["smoothing"] == how
    assert log.header.smoothing == session.smoothing
    assert list(Replay(log, model, after))
    assert before.read_bytes() == after.read_bytes()
    others = [(made.face, made.logged) for made in Replay(log, model, smoothing="off")]
    apart = [abs(face.weights - logged.weights) for face, logged in others if logged]
    assert np.nanmax(apart) > 0.01


def test_what_the_synthetic_tracker_gave_replays_to_the_same_bytes(tmp_path, profile, model):
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    tracker = SyntheticTracker(profile, seed=20_001, realtime=False)
    with Session(tracker, model=model, record=path) as session:
        list(session.take(150))
    list(Replay(LogReader(path), model, again))
    assert again.read_bytes() == path.read_bytes()


def test_what_stood_still_for_a_while_replays_to_the_same_bytes(tmp_path, profile, model):
    """While no frame came, the last ones were synced by real time: the replay does that again."""
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    frames = messy_frames(profile, 30)
    with Session(headset=profile, model=model, record=path, clock_ns=lambda: 5) as session:
        recorder = session.recorder
        assert recorder is not None
        for part in (frames[:4], frames[4:5], frames[5:]):
            count = recorder.frames + len(part)
            list(session.run(part))
            until(partial(is_acknowledged, recorder, count))
    assert len(list(LogReader(path).chunks())) >= 3
    list(Replay(LogReader(path), model, again))
    assert again.read_bytes() == path.read_bytes()


def is_acknowledged(recorder: Recorder, frames: int) -> bool:
    return recorder.acknowledged == frames


def test_drop_outs_and_anchors_of_a_log_are_replayed_and_none_of_today(tmp_path, profile, model):
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    frames = [SensorFrame(k, k * PERIOD_NS) for k in range(1, 80)]
    with Session(headset=profile, model=model, record=path, clock_ns=Ticking()) as session:
        list(session.run(frames))
    before = LogReader(path)
    assert len(list(before.events())) == len(profile.streams)
    assert len(list(before.anchors())) == 1
    list(Replay(before, model, again))
    assert again.read_bytes() == path.read_bytes()


def test_pushed_frames_replay_to_the_same_bytes(tmp_path, profile, model):
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    frames = messy_frames(profile, 60)
    with Session(headset=profile, model=model, record=path) as session:
        for frame in frames:
            session.push(frame)
        until(lambda: (face := session.latest()) and face.sequence == 60)
    list(Replay(LogReader(path), model, again))
    assert again.read_bytes() == path.read_bytes()


def test_another_process_makes_the_same_bytes(tmp_path, recorded):
    code = (
        "import sys\n"
        "from vrface.log import LogReader\n"
        "from vrface.model import pretrained\n"
        "from vrface.session.replay import Replay\n"
        "list(Replay(LogReader(sys.argv[1]), pretrained.load(), sys.argv[2]))"
    )
    again = tmp_path / "again.mcap"
    subprocess.run([sys.executable, "-c", code, recorded, again], check=True)
    assert _digest(again) == _digest(recorded)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_face_comes_with_the_one_that_was_logged(recorded, model):
    made = list(Replay(LogReader(recorded), model))
    for face, logged in made:
        assert logged is not None
        assert face.frame_time_ns == logged.frame_time_ns
        np.testing.assert_array_equal(face.weights, logged.weights)
    assert [face.sequence for face, _ in made] == [
        frame.sequence for frame in LogReader(recorded).frames()
    ]


def test_another_model_changes_its_own_faces_alone(tmp_path, recorded, other):
    again = tmp_path / "again.mcap"
    made = list(Replay(LogReader(recorded), other, again))
    assert any(
        logged is not None and np.nanmax(np.abs(face.weights - logged.weights)) > 0.01
        for face, logged in made
    )
    before, after = LogReader(recorded), LogReader(again)
    assert after.header.model_digest == other.digest.hex() != before.header.model_digest
    assert after.header.wearer == "erika"
    ours, theirs = list(before.entries()), list(after.entries())
    assert [(e.topic, e.log_time_ns) for e in ours] == [(e.topic, e.log_time_ns) for e in theirs]
    for one, two in zip(ours, theirs, strict=True):
        assert one == two or one.topic == "/expression"


def test_a_paired_log_stays_a_paired_log(tmp_path, paired, model):
    once, twice = tmp_path / "once.mcap", tmp_path / "twice.mcap"
    made = list(Replay(LogReader(paired), model, once))
    assert all(logged is None for _, logged in made)  # it held no faces of a model
    list(Replay(LogReader(once), model, twice))
    assert once.read_bytes() == twice.read_bytes()
    before, after = read_paired(paired), read_paired(twice)
    assert (after.name, after.wearer, after.donning) == (before.name, before.wearer, before.donning)
    assert (after.real_face, after.real_sensors) == (before.real_face, before.real_sensors)
    np.testing.assert_array_equal(after.truth.weights, before.truth.weights)
    np.testing.assert_array_equal(after.truth.gaze, before.truth.gaze)
    assert len(list(LogReader(once).expressions())) == len(before.frame_time_ns) == len(made)


def test_faces_that_come_late_or_never_find_their_frames(tmp_path, profile, model):
    """A log need not be a session's: its faces may come frames later, or be of no frame at all."""
    frames = [f for k, f in enumerate(messy_frames(profile, 12)) if k not in (5, 6, 9)]
    faces = list(Session(headset=profile, model=model).run(frames))
    path = tmp_path / "late.mcap"
    with LogWriter(FileSink(path), LogHeader(profile, "w", "d", "device")) as log:
        for k, frame in enumerate(frames):
            log.sensors(frame, k)
            if k >= 3 and k != 6:
                log.expression(faces[k - 3], k)
        log.expression(faces[0], len(frames))
    made = list(Replay(LogReader(path), model))
    assert [face.sequence for face, _ in made] == [frame.sequence for frame in frames]
    paired = [k for k, (_, logged) in enumerate(made) if logged is not None]
    assert paired == [k for k in range(len(frames) - 3) if k != 3]


def test_the_pace_is_told_of_each_frame(recorded, model):
    times: list[int] = []
    list(Replay(LogReader(recorded), model, pace=times.append))
    assert times == [time_ns for time_ns, _ in LogReader(recorded).arrivals()]


def test_a_face_alone_and_a_log_without_frames_have_nothing_to_replay(tmp_path, profile, model):
    face, empty, out = (tmp_path / f"{name}.mcap" for name in ("face", "empty", "out"))
    LogWriter(FileSink(face), LogHeader(None, "w", "d", "device")).close()
    LogWriter(FileSink(empty), LogHeader(profile, "w", "d", "device")).close()
    with pytest.raises(LogError, match="a face alone"):
        Replay(LogReader(face), model, out)
    with pytest.raises(LogError, match="no sensor frame"):
        list(Replay(LogReader(empty), model, out))
    assert not out.exists()


def test_a_torn_log_gives_what_is_intact_and_no_log_of_it(tmp_path, recorded, model):
    data = recorded.read_bytes()
    torn, out = tmp_path / "torn.mcap", tmp_path / "out.mcap"
    torn.write_bytes(data[: len(data) // 2])
    made: list[Replayed] = []
    with pytest.raises(LogError, match="ends too early"):
        made.extend(Replay(LogReader(torn), model, out))
    assert 0 < len(made) < 61
    assert not out.exists()


def test_who_stops_in_the_middle_leaves_no_log(tmp_path, recorded, model):
    out = tmp_path / "out.mcap"
    faces = iter(Replay(LogReader(recorded), model, out))
    next(faces)
    assert not out.exists()
    assert len(list(tmp_path.glob(".out.mcap.*.part"))) == 1
    faces.close()
    assert not out.exists()


def test_a_disk_that_fills_up_is_told_and_leaves_no_log(tmp_path, recorded, model, monkeypatch):
    class Small(FileSink):
        room = 20_000

        def append(self, data: bytes) -> None:
            self.room -= len(data)
            if self.room < 0:
                raise LogError("the disk is full.", "Free some space.")
            super().append(data)

    monkeypatch.setattr("vrface.log.whole.FileSink", Small)
    out = tmp_path / "out.mcap"
    with pytest.raises(LogError, match="full"):
        list(Replay(LogReader(recorded), model, out))
    assert not out.exists()


def test_an_output_is_never_overwritten(recorded, model):
    before = recorded.read_bytes()
    with pytest.raises(LogError, match="already"):
        list(Replay(LogReader(recorded), model, recorded))
    assert recorded.read_bytes() == before


def test_an_unknown_permission_replays_nothing(tmp_path, recorded, model):
    with pytest.raises(Refused):
        Replay(LogReader(recorded), model, permission=Permission("hearsay", "x"))
