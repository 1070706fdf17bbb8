"""`LogWriter`: sensor frames and faces -> an MCAP log, acknowledged once they are on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any, cast

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from mcap.well_known import MessageEncoding
from mcap.writer import Writer
from mcap_protobuf.schema import register_schema

from vrface.closing import Closing
from vrface.errors import BadUse, LogError
from vrface.face.expression import Expression
from vrface.log.header import PROFILE, RECORD, LogHeader
from vrface.log.sink import ByteSink
from vrface.sensors.frame import SensorFrame
from vrface.trust.permission import Permission
from vrface.wire import codec
from vrface.wire.messages import expression_pb2, sensor_frame_pb2, session_pb2

TOPICS: dict[str, type[Message]] = {
    "/sensors": sensor_frame_pb2.SensorFrame,
    "/face": expression_pb2.Expression,
    "/expression": expression_pb2.Expression,
    "/clock": Timestamp,
    "/event": session_pb2.Notice,
}
"""What a log holds, and as which message."""

SYNC_EVERY_NS = 100_000_000
"""At most this much log time is not yet on the disk."""


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
        acknowledged: How many messages are on the disk: only what a sync has covered counts.

    Raises:
        Refused: if the permission does not allow it.
        LogError: here and in every method, if the sink fails. Nothing is written after that.
        BadUse: from every method but `close`, once the log is closed.
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
        self._synced_at_ns: int | None = None
        self._file = _SinkFile(sink)
        self._mcap = Writer(cast("IO[Any]", self._file), enable_data_crcs=True)
        self._mcap.start(profile=PROFILE, library=header.software)
        permitted = replace(header, permission_id=permission.identifier)
        self._mcap.add_metadata(RECORD, permitted.to_metadata())
        schemas = {
            kind: register_schema(self._mcap, kind) for kind in dict.fromkeys(TOPICS.values())
        }
        self._channels = {
            topic: self._mcap.register_channel(topic, MessageEncoding.Protobuf, schemas[kind])
            for topic, kind in TOPICS.items()
        }

    def sensors(self, frame: SensorFrame, log_time_ns: int) -> None:
        """Log a sensor frame."""
        self._add("/sensors", codec.frame_to_proto(frame), log_time_ns, frame.frame_time_ns)

    def face(self, face: Expression, log_time_ns: int) -> None:
        """Log the true face, without standard deviations."""
        message = codec.expression_to_proto(face, want_stddev=False)
        self._add("/face", message, log_time_ns, face.frame_time_ns)

    def expression(self, expression: Expression, log_time_ns: int) -> None:
        """Log what the model said, with standard deviations."""
        message = codec.expression_to_proto(expression, want_stddev=True)
        self._add("/expression", message, log_time_ns, expression.frame_time_ns)

    def clock(self, utc_ns: int, log_time_ns: int) -> None:
        """Anchor the session's clock: it was `utc_ns` since 1970 when it showed `log_time_ns`."""
        anchor = Timestamp()
        anchor.FromNanoseconds(utc_ns)
        self._add("/clock", anchor, log_time_ns, log_time_ns)

    def event(self, text: str, log_time_ns: int, advice: str = "") -> None:
        """Log a gap, a drop-out or a notice, in words."""
        notice = session_pb2.Notice(text=text, advice=advice)
        self._add("/event", notice, log_time_ns, log_time_ns)

    def sync(self) -> None:
        """Put everything on the disk; then it is acknowledged."""
        self._check_open()
        self._mcap.flush()  # type: ignore[no-untyped-call]
        self._file.sync()
        self.acknowledged = self._written

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

    def _check_open(self) -> None:
        if self._closed:
            raise BadUse("this log is closed.", "Open a new one: a log is written once.")

    def _add(self, topic: str, message: Message, log_time_ns: int, publish_time_ns: int) -> None:
        self._check_open()
        if not 0 <= log_time_ns < 2**63:
            raise BadUse(f"log time {log_time_ns} is out of range.", "Give nanoseconds, from 0 up.")
        self._mcap.add_message(
            channel_id=self._channels[topic],
            log_time=log_time_ns,
            # MCAP knows no time below 0; the message holds the true one.
            publish_time=max(publish_time_ns, 0),
            data=message.SerializeToString(),
        )
        self._written += 1
        if self._synced_at_ns is None:
            self._synced_at_ns = log_time_ns
        if abs(log_time_ns - self._synced_at_ns) >= self._sync_every_ns:
            self.sync()
            self._synced_at_ns = log_time_ns


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
