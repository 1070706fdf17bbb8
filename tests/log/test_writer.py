import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

from vrface.errors import BadUse, LogError, Refused
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Status
from vrface.log import (
    Calibrated,
    Entry,
    Event,
    EventKind,
    FileSink,
    LogHeader,
    LogReader,
    LogWriter,
)
from vrface.log.entry import MOST_BYTES
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import headset
from vrface.trust.permission import Permission

MS = 1_000_000
HEADER = LogHeader(headset("mouth_only"), "wearer-1", "donning-1", "monotonic")


def frame(sequence: int, time_ns: int) -> SensorFrame:
    width = len(headset("mouth_only").streams[0].channels)
    return SensorFrame(sequence, time_ns, (Sample(0, time_ns, np.full(width, 0.25, np.float32)),))


def face(sequence: int, time_ns: int) -> Expression:
    return Expression(
        sequence=sequence,
        frame_time_ns=time_ns,
        sample_time_ns=time_ns,
        status=Status.TRACKING,
        weights=np.linspace(0, 1, COUNT, dtype=np.float32),
        stddev=np.full(COUNT, 0.1, np.float32),
        source=np.full(COUNT, 2, np.uint8),
        confidence=np.ones(3, np.float32),
        gaze=np.zeros(4, np.float32),
    )


class MemorySink:
    """Remembers what was appended and how much of it was synced; fails when told to."""

    def __init__(self) -> None:
        self.data = b""
        self.synced = b""
        self.room = 10**9
        self.failing = False
        self.closed = False

    def append(self, data: bytes) -> None:
        kept = data[: max(self.room - len(self.data), 0)]
        self.data += kept
        if len(kept) < len(data):
            raise LogError("the disk is full.", "Free some space.")

    def sync(self) -> None:
        if self.failing:
            raise LogError("the disk is failing.", "Replace it.")
        self.synced = self.data

    def close(self) -> None:
        self.closed = True


def test_only_what_was_synced_is_acknowledged():
    sink = MemorySink()
    with LogWriter(sink, HEADER, Permission.local()) as log:
        for k in range(10):
            log.sensors(frame(k, k * 11 * MS), log_time_ns=k * 11 * MS)
        assert (log.acknowledged, sink.synced) == (0, b"")
        log.sensors(frame(10, 110 * MS), log_time_ns=110 * MS)
        assert log.acknowledged == 11
        assert sink.synced == sink.data
        log.sensors(frame(11, 121 * MS), log_time_ns=121 * MS)
        assert log.acknowledged == 11
        log.sync()
        assert log.acknowledged == 12
        log.sensors(frame(12, 132 * MS), log_time_ns=132 * MS)
    assert log.acknowledged == 13
    assert sink.closed
    assert sink.synced == sink.data


def test_what_was_acknowledged_is_found_in_what_a_power_cut_leaves(tmp_path):
    sink = MemorySink()
    log = LogWriter(sink, HEADER, Permission.local())
    for k in range(50):
        log.sensors(frame(k, k * 11 * MS), log_time_ns=k * 11 * MS)
    path = tmp_path / "cut.mcap"
    path.write_bytes(sink.synced)
    found: list[SensorFrame] = []
    with pytest.raises(LogError, match="ends too early"):
        found.extend(LogReader(path, Permission.local()).frames())
    assert [f.sequence for f in found] == list(range(log.acknowledged))
    assert log.acknowledged > 40


def test_a_file_is_synced_before_it_is_acknowledged(tmp_path, monkeypatch):
    calls: list[int] = []

    def counted(descriptor: int) -> None:
        calls.append(descriptor)
        os.fsync(descriptor)

    monkeypatch.setattr("vrface.log.sink._fdatasync", counted)
    with LogWriter(FileSink(tmp_path / "a.mcap"), HEADER, Permission.local()) as log:
        log.sensors(frame(1, 0), 0)
        log.sync()
        assert (len(calls), log.acknowledged) == (1, 1)
    assert len(calls) == 2


def test_a_full_disk_ends_the_log_and_keeps_what_was_acknowledged():
    sink = MemorySink()
    log = LogWriter(sink, HEADER, Permission.local())
    log.sensors(frame(1, 0), 0)
    log.sync()
    safe = len(sink.data)
    sink.room = safe + 10
    log.sensors(frame(2, MS), MS)
    with pytest.raises(LogError, match="full"):
        log.sync()
    sink.room = 10**9
    log.sensors(frame(3, 2 * MS), 2 * MS)
    with pytest.raises(LogError, match="full"):
        log.close()
    assert log.acknowledged == 1
    assert len(sink.data) == safe + 10
    assert sink.closed


def test_after_a_failed_sync_nothing_is_acknowledged_any_more():
    sink = MemorySink()
    log = LogWriter(sink, HEADER, Permission.local())
    log.sensors(frame(1, 0), 0)
    sink.failing = True
    for _ in range(2):
        with pytest.raises(LogError, match="failing"):
            log.sync()
        sink.failing = False
    assert log.acknowledged == 0


def test_closing_twice_is_closing_once():
    sink = MemorySink()
    log = LogWriter(sink, HEADER, Permission.local())
    log.close()
    size = len(sink.data)
    log.close()
    assert len(sink.data) == size


def test_the_same_calls_make_the_same_bytes():
    sinks = [MemorySink(), MemorySink()]
    for sink in sinks:
        with LogWriter(sink, HEADER, Permission.local()) as log:
            for k in range(40):
                log.sensors(frame(k, k * 11 * MS), k * 11 * MS)
                log.expression(face(k, k * 11 * MS), k * 11 * MS)
    assert sinks[0].data == sinks[1].data


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


def test_a_log_that_cannot_begin_closes_its_sink():
    sink = MemorySink()
    sink.room = 10
    with pytest.raises(LogError, match="full"):
        LogWriter(sink, HEADER, Permission.local())
    assert sink.closed


def test_another_mcap_reader_can_decode_it_by_the_schemas_in_the_file(tmp_path):
    path = tmp_path / "a.mcap"
    with LogWriter(FileSink(path), HEADER, Permission.local()) as log:
        log.sensors(frame(7, 8), log_time_ns=10)
        log.face(face(7, 8), log_time_ns=10)
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True, decoder_factories=[DecoderFactory()])
        found = {
            (channel.topic, schema.name, message.log_time, message.publish_time, decoded.sequence)
            for schema, channel, message, decoded in reader.iter_decoded_messages()
            if schema is not None
        }
        (record,) = reader.iter_metadata()
        assert reader.get_header().profile == "vrface"
    assert found == {
        ("/sensors", "vrface.v1.SensorFrame", 10, 8, 7),
        ("/face", "vrface.v1.Expression", 10, 8, 7),
    }
    assert record.name == "vrface.log"
    assert record.metadata["wearer"] == "wearer-1"
    assert record.metadata["blendshapes"].split()[:1] == ["eyeBlinkLeft"]


def test_a_log_is_its_owners_and_is_never_overwritten(tmp_path):
    path = tmp_path / "a.mcap"
    with LogWriter(FileSink(path), HEADER, Permission.local()) as log:
        log.sensors(frame(1, 0), 0)
    before = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(LogError, match="already") as caught:
        FileSink(path)
    assert caught.value.advice
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_said_to_be():
    with pytest.raises(LogError, match="cannot write"):
        FileSink("/nowhere/at/all.mcap")


def test_times_below_zero_are_bad_use():
    with (
        pytest.raises(BadUse, match="out of range"),
        LogWriter(MemorySink(), HEADER, Permission.local()) as log,
    ):
        log.sensors(frame(1, 0), log_time_ns=-1)


def test_what_is_too_large_for_a_log_is_bad_use_and_leaves_it_whole(tmp_path):
    path = tmp_path / "a.mcap"
    huge = Entry("/sensors", 0, 0, b"\0" * (MOST_BYTES + 1))
    with LogWriter(FileSink(path), HEADER, Permission.local()) as log:
        log.sensors(frame(1, 0), 0)
        with pytest.raises(BadUse, match="too large"):
            log.write(Entry.sensors(frame(2, 0), 0), huge)
        log.sensors(frame(3, 0), 0)
    assert [f.sequence for f in LogReader(path).frames()] == [1, 3]


def test_a_batch_reaches_the_disk_together_and_a_chunk_stays_small():
    sink = MemorySink()
    with LogWriter(sink, HEADER, Permission.local(), sync_every_ns=2**62) as log:
        batch = [Entry("/sensors", 0, 0, b"\0" * 400_000) for _ in range(2)]
        log.write(*batch)
        assert (log.acknowledged, log.unacknowledged) == (0, 2)
        log.write(*batch)
        assert (log.acknowledged, log.unacknowledged) == (4, 0)


def test_after_a_sync_the_next_one_is_a_full_period_away():
    with LogWriter(MemorySink(), HEADER, Permission.local()) as log:
        log.sensors(frame(1, 0), 0)
        log.sync()
        log.sensors(frame(2, 0), 150 * MS)
        assert log.unacknowledged == 1
        log.sensors(frame(3, 0), 250 * MS)
        assert log.unacknowledged == 0


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


def test_an_unknown_permission_opens_neither_writer_nor_reader(tmp_path):
    stranger = Permission(kind="hearsay", identifier="x")
    sink = MemorySink()
    with pytest.raises(Refused):
        LogWriter(sink, HEADER, stranger)
    assert sink.data == b""
    with pytest.raises(Refused):
        LogReader(tmp_path / "a.mcap", stranger)
