"""Logs with forged parts: they cost little memory and time, and none of what is intact."""

import struct
import tracemalloc

import pytest
import zstandard

from tests.faults.forgery import LOG, bomb, channels, chunk, left, message, record, zeros_packed
from tests.faults.logs import HEADER, OVERHEAD, is_read_whole, left_of, records
from tests.log.sinks import MemorySink
from vrface.errors import LogError
from vrface.log import Entry, LogReader, LogWriter, intact
from vrface.log.chunk import CHUNK_HEAD
from vrface.log.records import LARGEST
from vrface.log.recover import recover, survey

MEMORY = 64 << 20


def forged() -> dict[str, bytes]:
    """What may stand in a log behind its header, each in a way that could cost memory."""
    huge = struct.pack("<Q", 2**62)
    return {
        "bomb that says so": chunk(b"", bomb(256 << 20, known=True), 256 << 20),
        "bomb that does not": chunk(b"", bomb(256 << 20, known=False), 1000),
        "bomb that lies": chunk(b"", b"\x28\xb5\x2f\xfd\x20\x05" + bytes(40), 5),
        "window of 2 GB": chunk(b"", b"\x28\xb5\x2f\xfd\x00\xa8" + bytes(40), 5),
        "largest chunk": chunk(record(0x80, bytes(LARGEST - 9))),
        "largest message": chunk(message(2, 0, bytes(LARGEST - 31))),
        "million of channels": chunk(record(4, bytes(8)) * ((16 << 20) // 17)),
        "chunk of small messages": chunk(b"".join(message(6, k, b"") for k in range(20_000))),
        "record of 2^63 bytes": record(6, b"", 2**63),
        "record of the file's length": record(7, bytes(20 << 20), 20 << 20),
        "metadata of 20 MB": record(0x0C, bytes(20 << 20)),
        "chunk record of 20 MB": record(6, bytes(20 << 20)),
        "long name in a chunk": record(6, CHUNK_HEAD.pack(0, 0, 9, 9, 2**32 - 1) + bytes(99)),
        "long message": chunk(struct.pack("<B", 5) + huge + bytes(22)),
        "channel with a long topic": chunk(record(4, bytes(4) + b"\xff" * 4)),
        "channel that is no text": chunk(record(4, bytes(4) + b"\x02\0\0\0\xff\xfe" + bytes(8))),
        "channel with 2 M entries": chunk(record(4, bytes(8) + bytes(LARGEST - 17))),
        "chunk that ends in a record": chunk(b"\x05\x00"),
        "message too short": chunk(record(5, bytes(21))),
        "time beyond 63 bits": chunk(message(6, 0, b"", 2**64 - 1)),
        "records of nothing": bytes(200_000),
        "first words without end": zstandard.FRAME_HEADER * 5_000,
        "zeros that never end": zeros_packed(1 << 24, end=False),
    }


@pytest.mark.parametrize("kind", forged())
def test_what_is_forged_costs_little_memory_and_none_of_the_log(tmp_path, kind):
    path = tmp_path / "a.mcap"
    end = LOG.chunks[3].end
    path.write_bytes(LOG.data[:end] + forged()[kind] + LOG.data[end:])
    tracemalloc.start()
    try:
        recovery = survey(path)
        assert not is_read_whole(path)
        recover(path, tmp_path / "saved.mcap")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEMORY
    known = set(LOG.entries)
    kept = [e for e in LogReader(tmp_path / "saved.mcap").entries() if e in known]
    assert kept == LOG.entries
    assert recovery.entries >= len(kept)


def test_what_is_forged_gets_as_far_as_it_is_meant_to(tmp_path):
    """Its numbers are right: an entry of the next number behind the log's last chunk is kept."""
    end = LOG.chunks[-1].end
    found = left_of(tmp_path / "a.mcap", LOG.data[:end] + chunk(message(6, 0, b"mine")))
    assert found is not None
    assert found.entries == [*LOG.entries, Entry("/calibration", 0, 0, b"mine")]


MADE_SLOW = {
    "one length and first word, again and again": struct.pack("<Q", 119_968)
    + zstandard.FRAME_HEADER,
    "16 MiB of zeros in 500 bytes, and no end": bytes(53) + zeros_packed(1 << 24, end=False),
    "16 MiB of zeros of which the checksum is wrong": b"\1" * 53 + zeros_packed(1 << 24),
}


@pytest.mark.parametrize("kind", MADE_SLOW)
def test_a_file_that_costs_more_time_than_its_size_is_worth_is_told(tmp_path, monkeypatch, kind):
    looks = []
    real = intact._unpacked

    def counted(file, effort):
        looks.append(effort.left)
        return real(file, effort)

    monkeypatch.setattr(intact, "_unpacked", counted)
    path = tmp_path / "a.mcap"
    size = 1 << 18
    part = MADE_SLOW[kind]
    path.write_bytes(LOG.data[: LOG.chunks[3].end] + part * (size // len(part)))
    with pytest.raises(LogError, match="begins as a chunk and is none") as caught:
        survey(path)
    assert "do not trust it" in caught.value.advice
    assert len(looks) < 10_000 + size // 64
    with pytest.raises(LogError):
        recover(path, tmp_path / "saved.mcap")
    assert list(tmp_path.iterdir()) == [path]


def test_a_log_of_which_every_chunk_is_damaged_is_worth_the_look(tmp_path):
    """Chunks as small as they come, each with a wrong checksum: no fault of their writer's."""
    sink = MemorySink()
    with LogWriter(sink, HEADER) as log:
        for number in range(12_000):
            log.write(Entry("/event", number, number, b""))
            log.sync()
    data = bytes(sink.data)
    damaged = bytearray(data)
    for opcode, start, _ in records(data):
        if opcode == 6:
            damaged[start + 33] ^= 1
    found = left_of(tmp_path / "a.mcap", damaged)
    assert found is not None
    assert found.entries == []
    assert found.recovery.bytes_lost > 0.9 * len(data)


def test_a_chunk_of_which_both_lengths_are_wrong_is_found(tmp_path):
    data = bytearray(LOG.data)
    start = LOG.chunks[2].start
    data[start + 1] ^= 0x55
    data[start + OVERHEAD - 8] ^= 0xAA
    assert left(tmp_path / "a.mcap", bytes(data)).entries == LOG.entries


@pytest.mark.parametrize("topics", [("/face", "/sensors", "/sensors"), ("/tf", "/a", "/b", "/c")])
@pytest.mark.parametrize("number", [0, 2**31], ids=["that fits", "out of place"])
def test_no_chunk_changes_what_the_channels_are(tmp_path, topics, number):
    foreign = chunk(channels(*topics) + message(6, number, b""))
    at = LOG.chunks[3].end
    found = left(tmp_path / "a.mcap", LOG.data[:at] + foreign + LOG.data[at:])
    assert [entry for entry in found.entries if entry.topic != "/calibration"] == LOG.entries
    assert found.recovery.left_out == 0
    assert found.recovery.out_of_place == bool(number)


def test_what_a_chunk_out_of_place_declares_is_not_believed(tmp_path):
    """Where the metadata does not name a channel, only a chunk that belongs there may."""
    declared = record(4, struct.pack("<HHI", 9, 1, 8) + b"/sensors" + bytes(8))
    for number, kept in ((2**31, 0), (0, 1)):
        foreign = chunk(declared + message(6, number, b""))
        later = chunk(message(9, 0, LOG.chunks[1].entries[0].data))
        found = left(tmp_path / "a.mcap", LOG.data[: LOG.chunks[3].end] + foreign + later)
        assert found.recovery.left_out == 1 - kept
