"""`Entry`: one message of a log, as it stands there."""

from __future__ import annotations

from typing import NamedTuple

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from vrface.face.expression import Expression
from vrface.sensors.frame import SensorFrame
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


class Entry(NamedTuple):
    """One message of a log. Each class method makes one of its topic.

    Attributes:
        topic: One of `TOPICS`.
        log_time_ns: When it arrived, on the session's clock.
        publish_time_ns: The instant it is about: a frame's time.
        data: The message, serialised.
    """

    topic: str
    log_time_ns: int
    publish_time_ns: int
    data: bytes

    @classmethod
    def sensors(cls, frame: SensorFrame, log_time_ns: int) -> Entry:
        """A sensor frame.

        Raises:
            BadUse: if a number in it does not fit its field.
        """
        message = codec.frame_to_proto(frame)
        return cls("/sensors", log_time_ns, frame.frame_time_ns, message.SerializeToString())

    @classmethod
    def face(cls, face: Expression, log_time_ns: int) -> Entry:
        """A true face, without standard deviations."""
        message = codec.expression_to_proto(face, want_stddev=False)
        return cls("/face", log_time_ns, face.frame_time_ns, message.SerializeToString())

    @classmethod
    def expression(cls, expression: Expression, log_time_ns: int) -> Entry:
        """What the model said, with standard deviations."""
        message = codec.expression_to_proto(expression, want_stddev=True)
        # How long this machine took is of another clock than the log's: with it, no frame would
        # ever make the same bytes twice.
        message.queue_us = message.step_us = 0
        data = message.SerializeToString()
        return cls("/expression", log_time_ns, expression.frame_time_ns, data)

    @classmethod
    def clock(cls, utc_ns: int, log_time_ns: int) -> Entry:
        """An anchor: it was `utc_ns` since 1970 when the session's clock showed `log_time_ns`."""
        anchor = Timestamp()
        anchor.FromNanoseconds(utc_ns)
        return cls("/clock", log_time_ns, log_time_ns, anchor.SerializeToString())

    @classmethod
    def event(cls, text: str, log_time_ns: int, advice: str = "") -> Entry:
        """A gap, a drop-out or a notice, in words."""
        notice = session_pb2.Notice(text=text, advice=advice)
        return cls("/event", log_time_ns, log_time_ns, notice.SerializeToString())
