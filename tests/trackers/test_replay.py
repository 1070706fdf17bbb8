import numpy as np
import pytest

from vrface.errors import BadUse, LogError, Refused
from vrface.log import FileSink, LogHeader, LogWriter, write_paired
from vrface.sensors import headset
from vrface.simulation import synthetic_take, wear
from vrface.trackers import open_tracker
from vrface.trackers.replay import ReplayTracker
from vrface.trust.permission import Permission

PROFILE = headset("mouth_only")


@pytest.fixture(scope="module")
def paired():
    return wear(synthetic_take(seed=3, seconds=3), PROFILE, seed=3)


@pytest.fixture(scope="module")
def log(paired, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "wearer.mcap"
    write_paired(path, paired, Permission.local())
    return path


def test_a_replay_is_the_frames_of_the_log(log, paired):
    tracker = ReplayTracker(log, realtime=False)
    assert tracker.headset == PROFILE
    assert tracker.header.wearer == paired.wearer
    replayed = list(tracker.frames())
    assert len(replayed) == len(paired.frame_time_ns)
    for frame, original in zip(replayed, paired.frames(), strict=True):
        assert (frame.sequence, frame.frame_time_ns) == (original.sequence, original.frame_time_ns)
        for sample, expected in zip(frame.samples, original.samples, strict=True):
            np.testing.assert_array_equal(sample.values, expected.values)


def test_in_real_time_frames_come_as_they_arrived(log, paired):
    now_ns = [10**12]

    def sleep(seconds: float) -> None:
        now_ns[0] += round(seconds * 1e9)

    tracker = ReplayTracker(log, clock_ns=lambda: now_ns[0], sleep=sleep)
    shift_ns = 10**12 - int(paired.frame_time_ns[0])
    for frame, original in zip(tracker.frames(), paired.frames(), strict=True):
        assert frame.frame_time_ns == original.frame_time_ns + shift_ns
        assert now_ns[0] >= frame.frame_time_ns


def test_close_ends_a_replay(log):
    tracker = open_tracker("replay", headset("vive_pro_eye_lip"), path=log, realtime=False)
    assert tracker.headset == PROFILE
    next(tracker.frames())
    tracker.close()
    assert list(tracker.frames()) == []


def test_a_log_of_a_face_alone_has_nothing_to_replay(tmp_path):
    path = tmp_path / "face.mcap"
    header = LogHeader(headset=None, wearer="w", donning="d", clock="device")
    LogWriter(FileSink(path), header, Permission.local()).close()
    with pytest.raises(LogError, match="face alone"):
        ReplayTracker(path)


def test_what_cannot_be_replayed(tmp_path, log):
    with pytest.raises(LogError):
        ReplayTracker(tmp_path / "nothing.mcap")
    with pytest.raises(Refused):
        ReplayTracker(log, permission=Permission("signed", "x"))


def test_a_replay_without_a_log_says_what_to_pass():
    with pytest.raises(BadUse) as raised:
        open_tracker("replay", headset("vive_pro_eye_lip"))
    assert "ReplayTracker(LOG.mcap)" in raised.value.advice


@pytest.mark.parametrize("realtime", [True, False])
def test_it_tells_once_that_the_log_is_over(log, realtime):
    now_ns = [0]
    tracker = ReplayTracker(
        log,
        realtime,
        clock_ns=lambda: now_ns[0],
        sleep=lambda seconds: now_ns.__setitem__(0, now_ns[0] + round(seconds * 1e9)),
    )
    told: list[str] = []
    tracker.on_over = lambda: told.append("over")
    next(tracker.frames())
    assert told == []
    assert len(list(tracker.frames())) > 0
    assert list(tracker.frames()) == []
    assert told == ["over"]


def test_a_replay_that_is_stopped_is_not_over(log):
    tracker = ReplayTracker(log, realtime=False)
    told: list[str] = []
    tracker.on_over = lambda: told.append("over")
    next(tracker.frames())
    tracker.close()
    assert list(tracker.frames()) == []
    assert told == []
