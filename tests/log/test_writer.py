import os
from dataclasses import replace

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

from tests.log.sinks import MemorySink
from vrface.errors import BadUse, LogError, Refused
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Status
from vrface.log import (
    Entry,
    FileSink,
    LogHeader,
    LogReader,
    LogWriter,
)
from vrface.log.entry import MOST_BYTES
from vrface.log.records import LARGEST, LARGEST_OTHER
from vrface.log.recover import survey
from vrface.log.writer import CHUNK_BYTES, SYNC_EVERY_BYTES
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
        record, copy = reader.iter_metadata()
        assert reader.get_header().profile == "vrface"
    assert found == {
        ("/sensors", "vrface.v1.SensorFrame", 10, 8, 7),
        ("/face", "vrface.v1.Expression", 10, 8, 7),
    }
    assert (record.name, record.metadata) == (copy.name, copy.metadata)
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


@pytest.mark.parametrize(
    ("entries", "size", "filler"),
    [
        (2, MOST_BYTES, bytes),
        (2, MOST_BYTES, np.random.default_rng(0).bytes),
        (6, MOST_BYTES, np.random.default_rng(0).bytes),
        (300_000, 30, bytes),
    ],
    ids=["pair", "pair of noise", "six of noise", "many small ones"],
)
def test_a_batch_of_any_size_is_acknowledged_as_what_every_reader_accepts(
    tmp_path, entries, size, filler
):
    path = tmp_path / "a.mcap"
    batch = [Entry("/calibration", k, k, filler(size)) for k in range(entries)]
    with LogWriter(FileSink(path), HEADER, sync_every_ns=2**62) as log:
        log.write(Entry("/calibration", 0, 0, bytes(SYNC_EVERY_BYTES - 1)))
        log.write(*batch)
        assert log.acknowledged == entries + 1
    assert list(LogReader(path).entries())[1:] == batch
    assert survey(path).entries == entries + 1
    if entries == 2:  # what belongs together is lost together
        assert len(list(LogReader(path).chunks())) == 1


def test_a_chunk_beyond_its_limit_is_far_from_the_largest_one():
    record_head, message_head, declarations = 9, 22, 1 << 16
    largest = CHUNK_BYTES + MOST_BYTES + record_head + message_head + declarations
    assert largest * 1.1 < LARGEST  # a tenth more than Zstandard ever adds


def test_a_header_that_no_reader_would_accept_is_bad_use_and_closes_the_sink():
    sink = MemorySink()
    with pytest.raises(BadUse, match="header of the log would have"):
        LogWriter(sink, replace(HEADER, wearer="w" * LARGEST_OTHER))
    assert sink.closed
    assert sink.data == b""


def test_the_largest_header_is_read_again(tmp_path):
    path = tmp_path / "a.mcap"
    free = LARGEST_OTHER
    while True:
        try:
            log = LogWriter(FileSink(path), replace(HEADER, name="n" * free))
        except BadUse as error:
            path.unlink()
            free -= int(error.message.split()[-2]) - LARGEST_OTHER
            continue
        break
    log.close()
    assert LogReader(path).header.name == "n" * free
    assert free > LARGEST_OTHER - 10_000


def test_a_name_that_is_no_text_is_written_with_backslashes(tmp_path):
    path = tmp_path / "a.mcap"
    header = replace(HEADER, name="r\udcff", wearer="\ud800", software="\udc80")
    LogWriter(FileSink(path), header).close()
    read = LogReader(path).header
    assert (read.name, read.wearer, read.software) == ("r\\udcff", "\\ud800", "\\udc80")


def test_after_a_sync_the_next_one_is_a_full_period_away():
    with LogWriter(MemorySink(), HEADER, Permission.local()) as log:
        log.sensors(frame(1, 0), 0)
        log.sync()
        log.sensors(frame(2, 0), 150 * MS)
        assert log.unacknowledged == 1
        log.sensors(frame(3, 0), 250 * MS)
        assert log.unacknowledged == 0


def test_an_unknown_permission_opens_neither_writer_nor_reader(tmp_path):
    stranger = Permission(kind="hearsay", identifier="x")
    sink = MemorySink()
    with pytest.raises(Refused):
        LogWriter(sink, HEADER, stranger)
    assert sink.data == b""
    with pytest.raises(Refused):
        LogReader(tmp_path / "a.mcap", stranger)
