"""What is intact of a log that was interrupted, torn or altered, as a whole log again.

Each chunk whose checksum is right is kept, in its order and once; the numbers of the entries tell
what is missing between two of them, and an event says so in the new log. The damaged log is only
read. Memory is bounded: one chunk is held at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from mcap.writer import MCAP0_MAGIC

from vrface.errors import LogError
from vrface.log.chunk import messages
from vrface.log.entry import TOPICS, Entry
from vrface.log.event import Event
from vrface.log.header import this_software, topics_of
from vrface.log.intact import Found, intact_chunks, records_end
from vrface.log.numbering import MODULUS, Numbering
from vrface.log.reader import LogReader
from vrface.log.records import Damaged
from vrface.log.whole import whole
from vrface.trust.permission import Permission

MOST_LOSSES = 1000
"""So many damaged places are told one by one; beyond, they are only summed up."""

_MOST_MISSING = 2**22
"""Entries that may be missing at once: half a day of frames. What is further on is no part of it.

A chunk of another log has numbers from anywhere: one in a thousand would pass."""


@dataclass(frozen=True)
class Loss:
    """A damaged place.

    Attributes:
        offset: Where in the file it begins.
        size: How many bytes are of no use; 0 where something was cut out.
        entries: How many entries are known to be missing, of all topics.
        frames: How many of them are sensor frames.
        start_ns: Log time of the last entry in front of it; 0 if there is none.
        end_ns: Log time of the first entry behind it; None if there is none.
    """

    offset: int
    size: int
    entries: int
    frames: int
    start_ns: int
    end_ns: int | None


@dataclass
class Recovery:
    """What was found in a log.

    Attributes:
        finished: Whether its writer ended it.
        chunks: Chunks kept.
        entries: Entries kept, of all topics.
        frames: Sensor frames kept.
        out_of_place: Intact chunks left out: there twice, or of another log.
        left_out: Entries left out of kept chunks: of a topic that this version does not know, or
            too large.
        bytes_lost: Bytes that are of no use.
        entries_lost: Entries known to be missing.
        losses: The damaged places, the first `MOST_LOSSES`.
    """

    finished: bool = False
    chunks: int = 0
    entries: int = 0
    frames: int = 0
    out_of_place: int = 0
    left_out: int = 0
    bytes_lost: int = 0
    entries_lost: int = 0
    losses: list[Loss] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything that was ever written is still there."""
        return self.finished and not (self.bytes_lost or self.entries_lost or self.out_of_place)

    def add(self, loss: Loss) -> None:
        """Count a place, if it is damaged."""
        if not (loss.size or loss.entries):
            return
        self.bytes_lost += loss.size
        self.entries_lost += loss.entries
        if len(self.losses) < MOST_LOSSES:
            self.losses.append(loss)


def survey(path: str | Path, permission: Permission = Permission.local()) -> Recovery:
    """What `recover` would keep; nothing is written.

    Args:
        path: The log.
        permission: Whose it is to read.

    Returns:
        As `recover`.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if the log's header is damaged, or none of ours.
    """
    permission.require("survey")
    recovery = Recovery()
    for _ in intact_entries(LogReader(path, permission), recovery):
        pass
    return recovery


def recover(
    path: str | Path, output: str | Path, permission: Permission = Permission.local()
) -> Recovery:
    """Write what is intact of a log into a new one, with an event for all that is missing.

    Args:
        path: The log, which stays as it is.
        output: The new log, where no file is yet; it is there as a whole or not at all.
        permission: Whose it is to read and to record.

    Returns:
        What was kept and what is missing.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if the log's header is damaged, for then nothing in it can be trusted; if it is
            none of ours or of a newer version; if the new log cannot be written.
    """
    permission.require("recover")
    reader = LogReader(path, permission)
    recovery = Recovery()
    header = replace(reader.header, software=this_software())
    with whole(output, header, permission) as log:
        for entry in intact_entries(reader, recovery):
            log.write(entry)
    return recovery


def intact_entries(reader: LogReader, recovery: Recovery) -> Iterator[Entry]:
    """Every intact entry in order, and an event where some are missing.

    Args:
        reader: Of the damaged log.
        recovery: Filled while entries are taken; complete when all are.

    Raises:
        LogError: if the file cannot be read, or was made to cost more time than it is worth.
    """
    try:
        with reader.path.open("rb") as file:
            yield from _Salvage(reader, file, recovery).entries()
    except OSError as error:
        raise LogError(f"cannot read the log {reader.path}: {error.strerror}.") from None
    except Damaged as damage:
        raise LogError(
            f"the log {reader.path} {damage}.", "No accident makes such a file: do not trust it."
        ) from None


class _Salvage:
    """One pass over a damaged log."""

    def __init__(self, reader: LogReader, file: BinaryIO, recovery: Recovery) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._recovery = recovery
        self._topics = topics_of(reader.metadata)
        self._numbering = Numbering.of(reader.metadata)
        self._end = len(MCAP0_MAGIC)  # of what is accounted for
        self._last_ns = 0

    def entries(self) -> Iterator[Entry]:
        for found in intact_chunks(self._file, self._size):
            topics = dict(self._topics)  # what no part of the log says changes nothing
            try:
                first, last, start_ns = _spans(found.content, topics)
            except Damaged:
                continue
            missing = {
                channel: self._numbering.missing(channel, number)
                for channel, number in first.items()
            }
            fits = max(missing.values(), default=0) <= _MOST_MISSING
            loss = self._loss(found, missing if fits else {}, start_ns)
            if loss.entries:
                yield self._gap(f"{loss.entries} entries are missing: the log was damaged.", loss)
            if fits:
                self._topics = topics
                self._numbering.follow(last.items())
                yield from self._inside(found)
            else:
                self._recovery.out_of_place += 1
        yield from self._ending()

    def _inside(self, found: Found) -> Iterator[Entry]:
        """The entries of a chunk."""
        self._recovery.chunks += 1
        for message in messages(found.content, self._topics):
            topic = self._topics.get(message.channel, "")
            entry = Entry(topic, message.log_time_ns, message.publish_time_ns, message.data)
            if topic not in TOPICS or not entry.fits():
                self._recovery.left_out += 1
                continue
            self._last_ns = entry.log_time_ns
            self._recovery.entries += 1
            self._recovery.frames += topic == "/sensors"
            yield entry

    def _ending(self) -> Iterator[Entry]:
        """What the new log says of the old one's end, and of its own making."""
        recovery = self._recovery
        offset, recovery.finished = records_end(self._file, self._end, self._size)
        loss = Loss(offset, self._size - offset, 0, 0, self._last_ns, None)
        recovery.add(loss)
        if not recovery.finished:
            yield self._gap("The log ends here: its writer was interrupted, or it was cut.", loss)
        elif loss.size:
            yield self._gap("What stood here is not known: the log was damaged.", loss)
        if not recovery.complete:
            text = (
                f"This log was recovered: of the damaged one {recovery.entries} entries were kept "
                f"and {recovery.bytes_lost} bytes were of no use."
            )
            yield Entry.event(Event.notice(text), self._last_ns)

    def _loss(self, found: Found, missing: dict[int, int], start_ns: int) -> Loss:
        """What is of no use or missing in front of a chunk."""
        offset = records_end(self._file, self._end, found.start)[0]
        size, self._end = found.start - offset, found.end
        frames = sum(n for channel, n in missing.items() if self._topics.get(channel) == "/sensors")
        loss = Loss(offset, size, sum(missing.values()), frames, self._last_ns, start_ns)
        self._recovery.add(loss)
        return loss

    def _gap(self, text: str, loss: Loss) -> Entry:
        end_ns = loss.start_ns if loss.end_ns is None else loss.end_ns
        return Entry.event(Event.gap(text, loss.frames, loss.start_ns, end_ns), end_ns)


def _spans(content: bytes, topics: dict[int, str]) -> tuple[dict[int, int], dict[int, int], int]:
    """First and last number of each channel in a chunk, and the log time of its first message.

    Raises:
        Damaged: if the chunk makes no sense, though its checksum is right.
    """
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    start_ns = None
    for message in messages(content, topics):
        channel = message.channel
        if channel in last and message.number != (last[channel] + 1) % MODULUS:
            raise Damaged("is damaged: the numbers in a chunk make no row")
        first.setdefault(channel, message.number)
        last[channel] = message.number
        start_ns = message.log_time_ns if start_ns is None else start_ns
    return first, last, start_ns or 0
