"""`LogWriter`: sensor frames and faces -> an MCAP log, acknowledged once they are on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any, cast

from mcap.well_known import MessageEncoding
from mcap.writer import Writer
from mcap_protobuf.schema import register_schema

from vrface.closing import Closing
from vrface.errors import BadUse, LogError
from vrface.face.expression import Expression
from vrface.log.calibrated import Calibrated
from vrface.log.entry import TOPICS, Entry
from vrface.log.event import Event
from vrface.log.header import PROFILE, RECORD, LogHeader
from vrface.log.numbering import Numbering
from vrface.log.records import LARGEST
from vrface.log.sink import ByteSink
from vrface.sensors.frame import SensorFrame
from vrface.trust.permission import Permission

SYNC_EVERY_NS = 100_000_000
"""At most this much log time is not yet on the disk."""

SYNC_EVERY_BYTES = 1 << 20
"""Nor more than this and one batch of entries: the chunks of a log stay small."""

CHUNK_BYTES = LARGEST // 2
"""A batch that is larger goes on in another chunk.

MCAP ends a chunk once it is beyond its limit, by one entry at the most: that is far from `LARGEST`,
which no reader goes beyond. Two entries of any size that are written together share a chunk.
"""


class LogWriter(Closing):
    """Writes one log.

    Times are nanoseconds on the session's clock, from 0 up: `log_time_ns` is when a thing arrived.
    The file holds no other clock, so the same calls make the same bytes.

    Args:
        sink: Where the bytes go; closed with the writer.
        header: What the log is.
        permission: Whose it is to record.
        sync_every_ns: Log time between two syncs; who has all the data already may choose it long.

    Attributes:
        header: What the log is, and under which permission.
        acknowledged: How many messages are on the disk: only what a sync has covered counts.

    Raises:
        Refused: if the permission does not allow it.
        LogError: here and in every method, if the sink fails. Nothing is written after that.
        BadUse: if the header is too large; from every method but `close`, once the log is closed.
    """

    def __init__(
        self,
        sink: ByteSink,
        header: LogHeader,
        permission: Permission = Permission.local(),
        sync_every_ns: int = SYNC_EVERY_NS,
    ) -> None:
        permission.require("LogWriter")
        self.acknowledged = 0
        self._sink = sink
        self._sync_every_ns = sync_every_ns
        self._closed = False
        self._written = 0
        self._unsynced_bytes = 0
        self._unsynced_since_ns: int | None = None
        self._file = _SinkFile(sink)
        stream = cast("IO[Any]", self._file)
        self._mcap = Writer(stream, chunk_size=CHUNK_BYTES, enable_data_crcs=True)
        self.header = replace(header, permission_id=permission.identifier)
        try:
            metadata = self.header.to_metadata()
            self._numbering = Numbering.of(metadata)
            self._channels = self._started(metadata)
        except BaseException:
            sink.close()
            raise

    def sensors(self, frame: SensorFrame, log_time_ns: int) -> None:
        """Log a sensor frame."""
        self.write(Entry.sensors(frame, log_time_ns))

    def face(self, face: Expression, log_time_ns: int) -> None:
        """Log the true face, without standard deviations."""
        self.write(Entry.face(face, log_time_ns))

    def expression(self, expression: Expression, log_time_ns: int) -> None:
        """Log what the model said, with standard deviations and without how long it took."""
        self.write(Entry.expression(expression, log_time_ns))

    def clock(self, utc_ns: int, log_time_ns: int) -> None:
        """Anchor the session's clock: it was `utc_ns` since 1970 when it showed `log_time_ns`."""
        self.write(Entry.clock(utc_ns, log_time_ns))

    def event(self, event: Event, log_time_ns: int) -> None:
        """Log a gap, a drop-out or a notice."""
        self.write(Entry.event(event, log_time_ns))

    def calibration(self, calibrated: Calibrated, log_time_ns: int) -> None:
        """Log what the session learned of its wearer."""
        self.write(Entry.calibration(calibrated, log_time_ns))

    def write(self, *entries: Entry) -> None:
        """Log what are entries already; they reach the disk together.

        Raises:
            BadUse: also if a log cannot take one of them; then none is written.
        """
        self._check_open()
        for entry in entries:
            entry.check()
        for entry in entries:
            self._add(entry)
        if self._unsynced_since_ns is None or not entries:
            return
        age_ns = abs(entries[-1].log_time_ns - self._unsynced_since_ns)
        if age_ns >= self._sync_every_ns or self._unsynced_bytes >= SYNC_EVERY_BYTES:
            self.sync()

    def sync(self) -> None:
        """Put everything on the disk; then it is acknowledged."""
        self._check_open()
        self._mcap.flush()  # type: ignore[no-untyped-call]
        self._file.sync()
        self.acknowledged = self._written
        self._unsynced_since_ns, self._unsynced_bytes = None, 0

    def close(self) -> None:
        """Finish the log and close its sink, whether or not that can be finished."""
        if self._closed:
            return
        self._closed = True
        try:
            self._mcap.finish()  # type: ignore[no-untyped-call]
            self._file.sync()
            self.acknowledged = self._written
        finally:
            self._sink.close()

    @property
    def unacknowledged(self) -> int:
        """How many messages are not yet known to be on the disk."""
        return self._written - self.acknowledged

    def _add(self, entry: Entry) -> None:
        channel = self._channels[entry.topic]
        self._mcap.add_message(
            channel_id=channel,
            log_time=entry.log_time_ns,
            # MCAP knows no time below 0; the message holds the true one.
            publish_time=max(entry.publish_time_ns, 0),
            data=entry.data,
            sequence=self._numbering.take(channel),
        )
        self._written += 1
        self._unsynced_bytes += len(entry.data)
        if self._unsynced_since_ns is None:
            self._unsynced_since_ns = entry.log_time_ns

    def _started(self, metadata: dict[str, str]) -> dict[str, int]:
        """Write what stands before the first entry; the number of each topic's channel."""
        self._mcap.start(profile=PROFILE, library=metadata["software"])
        for _ in range(2):  # one bit must not cost the whole log
            self._mcap.add_metadata(RECORD, metadata)
        schemas = {
            kind: register_schema(self._mcap, kind) for kind in dict.fromkeys(TOPICS.values())
        }
        return {
            topic: self._mcap.register_channel(topic, MessageEncoding.Protobuf, schemas[kind])
            for topic, kind in TOPICS.items()
        }

    def _check_open(self) -> None:
        if self._closed:
            raise BadUse("this log is closed.", "Open a new one: a log is written once.")


class _SinkFile:
    """A `ByteSink` as the file that the MCAP library writes to; the first failure is its last word.

    A torn record must stay the last one: whatever followed it could not be found again. Nor does a
    disk that failed to sync once tell the truth the next time.
    """

    def __init__(self, sink: ByteSink) -> None:
        self._sink = sink
        self._size = 0
        self._error: LogError | None = None

    def write(self, data: bytes) -> None:
        with self._guarded():
            self._sink.append(data)
        self._size += len(data)

    def sync(self) -> None:
        with self._guarded():
            self._sink.sync()

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing is held back here."""

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if self._error is not None:
            raise self._error
        try:
            yield
        except LogError as error:
            self._error = error
            raise
