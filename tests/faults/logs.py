"""What the fault tests of logs share: a small log with known chunks, and what is left of it."""

import os
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.log.sinks import MemorySink
from vrface.errors import LogError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.log import Entry, Event, EventKind, LogHeader, LogReader, LogWriter
from vrface.log.records import metadata_of
from vrface.log.recover import Recovery, intact_entries
from vrface.sensors import Sample, SensorFrame, headset

LENGTH = int(os.environ.get("VRFACE_FAULTS", "1"))
"""How many times longer than in a short run: `make faults` sets it."""

PERIOD_NS = 11_111_111
PROFILE = headset("mouth_only")
HEADER = LogHeader(PROFILE, "wearer-1", "donning-1", "monotonic", name="small")
WIDTH = len(PROFILE.streams[0].channels)
OVERHEAD = 53
"""Bytes of a chunk in front of its packed content."""


def frame(number: int) -> SensorFrame:
    """The frame of a number: the same in every process."""
    rng = np.random.default_rng(number)
    values = rng.random(WIDTH, np.float32)
    now_ns = number * PERIOD_NS
    return SensorFrame(number, now_ns, (Sample(0, now_ns, values),))


def face(number: int) -> Expression:
    """The face of a number."""
    rng = np.random.default_rng(number + 10**6)
    return Expression(
        sequence=number,
        frame_time_ns=number * PERIOD_NS,
        sample_time_ns=number * PERIOD_NS,
        status=Status.TRACKING,
        weights=rng.random(COUNT, np.float32),
        stddev=np.full(COUNT, 0.1, np.float32),
        source=np.full(COUNT, Source.INFERRED, np.uint8),
        confidence=np.ones(3, np.float32),
        gaze=np.zeros(4, np.float32),
    )


def batch(number: int) -> tuple[Entry, Entry]:
    """A frame and its face, as a recorder logs them."""
    at_ns = number * PERIOD_NS
    return Entry.sensors(frame(number), at_ns), Entry.expression(face(number), at_ns)


class Chunk(NamedTuple):
    """A chunk of a log: where it stands, and its entries."""

    start: int
    end: int
    entries: list[Entry]


class Small(NamedTuple):
    """A small log: its bytes, its chunks, and where the header ends."""

    data: bytes
    chunks: list[Chunk]
    header_end: int  # of the first of two

    @property
    def metadata(self) -> dict[str, str]:
        """What the log says of itself."""
        (_, start, end), _ = (place for place in records(self.data) if place[0] == 12)
        return metadata_of(self.data[start + 9 : end])[1]

    @property
    def entries(self) -> list[Entry]:
        return [entry for chunk in self.chunks for entry in chunk.entries]


def small_log(frames: int = 24, header: LogHeader = HEADER, a_chunk: int = 3) -> Small:
    """A log of some frames, an anchor and an event among them, synced every few frames."""
    sink = MemorySink()
    log = LogWriter(sink, header, sync_every_ns=2**62)
    given: list[list[Entry]] = [[]]
    given[-1].append(Entry.clock(1_700_000_000_000_000_000, 0))
    log.write(*given[-1])
    for number in range(1, frames + 1):
        entries = list(batch(number))
        if number == frames // 2:
            entries.append(Entry.event(Event.notice("half of it"), number * PERIOD_NS))
        log.write(*entries)
        given[-1] += entries
        if number % a_chunk == 0 and number < frames:
            log.sync()
            given.append([])
    log.close()
    data = bytes(sink.data)
    places = [place for place in records(data) if place[0] == 6]
    chunks = [
        Chunk(start, end, entries) for (_, start, end), entries in zip(places, given, strict=True)
    ]
    (*_, header_end), _ = (place for place in records(data) if place[0] == 12)
    return Small(data, chunks, header_end)


def records(data: bytes) -> list[tuple[int, int, int]]:
    """Opcode, start and end of each record of a whole log."""
    at, found = 8, []
    while at < len(data) - 8:
        opcode, length = struct.unpack_from("<BQ", data, at)
        found.append((opcode, at, at + 9 + length))
        at += 9 + length
    return found


class Left(NamedTuple):
    """What recovery makes of a damaged log."""

    entries: list[Entry]
    events: list[Event]
    recovery: Recovery


def left_of(path: Path, data: bytes | bytearray) -> Left | None:
    """What is intact of a log of these bytes; None where its header is lost.

    Events that recovery adds are told apart from the log's own by what they say.
    """
    path.write_bytes(data)
    recovery = Recovery()
    try:
        reader = LogReader(path)
    except LogError:
        return None
    entries, events = [], []
    for entry in intact_entries(reader, recovery):
        event = reader.event(entry) if entry.topic == "/event" else None
        if event is None or event.text == "half of it":
            entries.append(entry)
        else:
            events.append(event)
    return Left(entries, events, recovery)


def is_read_whole(path: Path) -> bool:
    """Whether `LogReader` reads a log to its end; all else must be a `LogError`."""
    try:
        for _ in LogReader(path).entries():
            pass
    except LogError:
        return False
    return True


def gaps(left: Left) -> list[Event]:
    """The gaps that recovery tells of."""
    return [event for event in left.events if event.kind is EventKind.GAP]
