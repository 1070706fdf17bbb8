"""`checkup`: figures of a recording that is whole."""

import math

import numpy as np
import pytest

from vrface.errors import LogError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Status
from vrface.log import Event, EventKind, FileSink, LogHeader, LogReader, LogWriter
from vrface.log.checkup import checkup
from vrface.sensors import Sample, SensorFrame, headset

PROFILE = headset("eyes_and_mouth")
RATE_HZ = 90


@pytest.fixture
def path(tmp_path):
    """Ten seconds at 90 Hz; the second stream comes with each third frame alone."""
    path = tmp_path / "a.mcap"
    with LogWriter(FileSink(path), LogHeader(PROFILE, "w", "d", "monotonic")) as log:
        log.clock(10**18, 0)
        for number in range(RATE_HZ * 10 + 1):
            at_ns = number * 10**9 // RATE_HZ
            samples = [
                Sample(k, at_ns, np.zeros(len(stream.channels), np.float32))
                for k, stream in enumerate(PROFILE.streams)
                if k == 0 or number % 3 == 0
            ]
            log.sensors(SensorFrame(number, at_ns, tuple(samples)), at_ns)
        log.event(Event.drop_out("gaze", 5, 7), 8)
        log.event(Event.gap("gone", 3, 5, 7), 9)
        log.clock(10**18 + 10_000_100_000, 10 * 10**9)
    return path


def test_it_counts_and_measures_what_came(path):
    found = checkup(LogReader(path))
    assert found.entries == {
        "/sensors": 901,
        "/face": 0,
        "/expression": 0,
        "/clock": 2,
        "/event": 2,
        "/calibration": 0,
    }
    assert found.seconds == pytest.approx(10.0)
    assert found.frames_hz == pytest.approx(90.0)
    first, second, *_ = found.streams
    assert (first.name, first.samples) == (PROFILE.streams[0].name, 901)
    assert first.achieved_hz == pytest.approx(90.0)
    assert second.achieved_hz == pytest.approx(30.0)
    assert second.profile_hz == PROFILE.streams[1].rate_hz
    assert [at_ns for at_ns, _ in found.events.of(EventKind.GAP)] == [9]
    assert [event.stream for _, event in found.events.of(EventKind.DROP_OUT)] == ["gaze"]
    assert found.events.of(EventKind.NOTICE) == []
    assert found.events.count == {EventKind.GAP: 1, EventKind.DROP_OUT: 1}
    assert found.drift_ppm == pytest.approx(10.0)


def test_a_log_of_faces_has_a_length_and_no_rate(tmp_path):
    path = tmp_path / "a.mcap"
    unknown = np.full(COUNT, np.nan, np.float32)
    with LogWriter(FileSink(path), LogHeader(None, "w", "d", "device")) as log:
        for second, status in enumerate((Status.TRACKING, Status.STALE, Status.TRACKING)):
            source = np.zeros(COUNT, np.uint8)
            face = Expression(
                second,
                second * 10**9,
                0,
                status,
                unknown,
                unknown,
                source,
                unknown[:3],
                unknown[:4],
            )
            log.face(face, second * 10**9)
    found = checkup(LogReader(path))
    assert (found.seconds, found.faces_lost, found.streams) == (2.0, 1, ())
    assert math.isnan(found.frames_hz)
    assert found.drift_ppm is None


def test_an_empty_log_has_no_figures_and_is_no_error(tmp_path):
    path = tmp_path / "a.mcap"
    LogWriter(FileSink(path), LogHeader(PROFILE, "w", "d", "device")).close()
    found = checkup(LogReader(path))
    assert found.seconds == 0
    assert all(math.isnan(stream.achieved_hz) for stream in found.streams)


def test_a_torn_log_has_none(path):
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LogError, match="ends too early"):
        checkup(LogReader(path))
