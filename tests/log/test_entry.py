"""What is logged comes back as it was."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.log.test_writer import HEADER, face, frame
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Status
from vrface.log import Calibrated, Entry, Event, EventKind, FileSink, LogReader, LogWriter
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import headset
from vrface.trust.permission import Permission


def test_every_topic_comes_back(tmp_path):
    path = tmp_path / "a.mcap"
    with LogWriter(FileSink(path), HEADER, Permission.local()) as log:
        log.clock(utc_ns=1_700_000_000_123_456_789, log_time_ns=5)
        log.sensors(frame(1, -7), log_time_ns=10)
        log.face(face(1, 8), log_time_ns=20)
        log.expression(face(2, 9), log_time_ns=30)
        log.event(Event.notice("gaze lost for 0.4 s", "clean the cameras"), log_time_ns=40)
    reader = LogReader(path, Permission.local())
    assert list(reader.anchors()) == [(5, 1_700_000_000_123_456_789)]
    assert [(t, f.sequence, f.frame_time_ns) for t, f in reader.arrivals()] == [(10, 1, -7)]
    assert [f.sequence for f in reader.frames()] == [1]
    (truth,), (inferred,) = reader.faces(), reader.expressions()
    assert (truth.sequence, inferred.sequence) == (1, 2)
    assert np.isnan(truth.stddev).all()
    np.testing.assert_array_equal(inferred.stddev, face(2, 9).stddev)
    assert list(reader.events()) == [(40, Event.notice("gaze lost for 0.4 s", "clean the cameras"))]
    assert reader.header.headset == headset("mouth_only")
    assert reader.header.permission_id == Permission.local().identifier


def test_entries_are_copied_as_they_stand(tmp_path):
    first, second = tmp_path / "a.mcap", tmp_path / "b.mcap"
    with LogWriter(FileSink(first), HEADER, Permission.local()) as log:
        log.clock(utc_ns=1_700_000_000_123_456_789, log_time_ns=5)
        log.sensors(frame(1, -7), log_time_ns=10)
        log.face(face(1, 8), log_time_ns=20)
        log.expression(face(2, 9), log_time_ns=30)
        log.event(Event.notice("gaze lost for 0.4 s", "clean the cameras"), log_time_ns=40)
    with LogWriter(FileSink(second), HEADER, Permission.local()) as log:
        for entry in LogReader(first).entries():
            log.write(entry)
    assert second.read_bytes() == first.read_bytes()
    assert [entry.topic for entry in LogReader(first).entries("/clock", "/event")] == [
        "/clock",
        "/event",
    ]


def test_how_long_a_face_took_is_not_in_the_log(tmp_path):
    path = tmp_path / "a.mcap"
    with LogWriter(FileSink(path), HEADER, Permission.local()) as log:
        log.expression(replace(face(1, 8), step_us=200, queue_us=30), log_time_ns=10)
    (logged,) = LogReader(path).expressions()
    assert (logged.step_us, logged.queue_us) == (0, 0)


def test_an_event_whose_numbers_do_not_fit_is_bad_use():
    with pytest.raises(BadUse, match="cannot be logged"):
        Entry.event(Event.gap("x", -1, 0, 0), 0)


def floats(count: int) -> st.SearchStrategy:
    return arrays(np.float32, count, elements=st.floats(width=32))


times = st.integers(-(2**63), 2**63 - 1)
samples = st.builds(
    Sample,
    stream=st.integers(0, 2**32 - 1),
    sample_time_ns=times,
    values=st.integers(0, 5).flatmap(floats),
    confidence=st.none() | st.floats(width=32),
)
frames = st.builds(
    SensorFrame,
    sequence=st.integers(0, 2**64 - 1),
    frame_time_ns=times,
    samples=st.lists(samples, max_size=4).map(tuple),
)
faces = st.builds(
    Expression,
    sequence=st.integers(0, 2**64 - 1),
    frame_time_ns=times,
    sample_time_ns=times,
    status=st.sampled_from(Status),
    weights=floats(COUNT),
    stddev=floats(COUNT),
    source=arrays(np.uint8, COUNT, elements=st.integers(0, 7)),
    confidence=floats(3),
    gaze=floats(4),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
events = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    text=words,
    advice=words,
    frames=st.integers(0, 2**64 - 1),
    start_time_ns=times,
    end_time_ns=times,
    stream=words,
)
calibrations = st.builds(
    Calibrated,
    calibration=st.binary(max_size=50),
    improved=st.lists(words, max_size=3).map(tuple),
    advice=words,
    progress=st.floats(0, 1, width=32),
)
log_times = st.integers(0, 2**63 - 1)
entries = st.lists(
    st.builds(Entry.sensors, frames, log_times)
    | st.builds(Entry.face, faces, log_times)
    | st.builds(Entry.expression, faces, log_times)
    | st.builds(Entry.event, events, log_times)
    | st.builds(Entry.calibration, calibrations, log_times)
    | st.builds(Entry.clock, st.integers(0, 2**62), log_times),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(given_entries=entries, sync_every_ns=st.sampled_from([0, 10**9, 2**63]))
def test_whatever_is_written_is_read_again(tmp_path, given_entries, sync_every_ns):
    path = tmp_path / "a.mcap"
    path.unlink(missing_ok=True)
    with LogWriter(FileSink(path), HEADER, Permission.local(), sync_every_ns) as log:
        for entry in given_entries:
            log.write(entry)
    found = list(LogReader(path).entries())
    assert found == [e._replace(publish_time_ns=max(e.publish_time_ns, 0)) for e in given_entries]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(frame=frames, face=faces, event=events, calibrated=calibrations)
def test_frames_faces_events_and_calibrations_come_back_as_they_were(
    tmp_path, frame, face, event, calibrated
):
    path = tmp_path / "a.mcap"
    path.unlink(missing_ok=True)
    with LogWriter(FileSink(path), HEADER, Permission.local()) as log:
        log.sensors(frame, 0)
        log.face(face, 1)
        log.expression(face, 2)
        log.event(event, 3)
        log.calibration(calibrated, 4)
    reader = LogReader(path)
    (read_frame,), (truth,), (inferred,) = reader.frames(), reader.faces(), reader.expressions()
    assert (read_frame.sequence, read_frame.frame_time_ns) == (frame.sequence, frame.frame_time_ns)
    for sample, other in zip(frame.samples, read_frame.samples, strict=True):
        assert (sample.stream, sample.sample_time_ns) == (other.stream, other.sample_time_ns)
        np.testing.assert_array_equal(sample.values, other.values)
        np.testing.assert_array_equal(sample.confidence, other.confidence)
    for name in ("weights", "source", "confidence", "gaze"):
        np.testing.assert_array_equal(getattr(truth, name), getattr(face, name))
        np.testing.assert_array_equal(getattr(inferred, name), getattr(face, name))
    np.testing.assert_array_equal(inferred.stddev, face.stddev)
    assert (truth.status, truth.sample_time_ns) == (face.status, face.sample_time_ns)
    assert list(reader.events()) == [(3, event)]
    assert list(reader.calibrations()) == [(4, calibrated)]
