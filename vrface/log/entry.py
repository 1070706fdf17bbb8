"""`Entry`: one message of a log, as it stands there."""

from __future__ import annotations

from typing import NamedTuple

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from vrface.errors import BadUse
from vrface.face.expression import Expression
from vrface.log.calibrated import Calibrated
from vrface.log.event import Event
from vrface.sensors.frame import SensorFrame
from vrface.wire import codec
from vrface.wire.messages import expression_pb2, log_pb2, sensor_frame_pb2, session_pb2

TOPICS: dict[str, type[Message]] = {
    "/sensors": sensor_frame_pb2.SensorFrame,
    "/face": expression_pb2.Expression,
    "/expression": expression_pb2.Expression,
    "/clock": Timestamp,
    "/event": log_pb2.Event,
    "/calibration": session_pb2.Calibrated,
}
"""What a log holds, and as which message. New ones come last: channels are numbered in order."""

MOST_BYTES = 4 << 20
"""The largest message a log takes, a quarter of the largest chunk. No frame comes near."""


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
    def event(cls, event: Event, log_time_ns: int) -> Entry:
        """A gap, a drop-out or a notice.

        Raises:
            BadUse: if a number in it does not fit its field.
        """
        try:
            data = event.to_proto().SerializeToString()
        except ValueError as error:
            raise BadUse(f"the event {event.text!r} cannot be logged: {error}.") from None
        return cls("/event", log_time_ns, log_time_ns, data)

    @classmethod
    def calibration(cls, calibrated: Calibrated, log_time_ns: int) -> Entry:
        """What the session learned of its wearer."""
        data = calibrated.to_proto().SerializeToString()
        return cls("/calibration", log_time_ns, log_time_ns, data)

    def check(self) -> None:
        """See that a log can take it.

        Raises:
            BadUse: if its log time is out of range, or its message is too large.
        """
        if self.fits():
            return
        if len(self.data) > MOST_BYTES:
            raise BadUse(
                f"a message of {len(self.data)} bytes is too large for a log.",
                f"The largest is {MOST_BYTES}.",
            )
        raise BadUse(
            f"log time {self.log_time_ns} is out of range.", "Give nanoseconds, from 0 up."
        )

    def fits(self) -> bool:
        """Whether a log can take it."""
        return 0 <= self.log_time_ns < 2**63 and len(self.data) <= MOST_BYTES
