"""`Outbox`: the requests of a session, newest frame first and only, on one stream after another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from vrface.errors import VrfaceError
from vrface.sensors.frame import SensorFrame, merged
from vrface.wire.codec import frame_to_proto
from vrface.wire.messages import session_pb2

MAX_BYTES = 64 * 1024
"""Largest message a server takes unless its Opened says otherwise."""


class Outbox:
    """One slot for the newest frame; one that was overtaken hands its samples on.

    Args:
        failed: Called with the error of a frame that cannot be sent; nothing is sent after it.

    Attributes:
        max_bytes: A larger message loses its oldest samples.
    """

    def __init__(self, failed: Callable[[VrfaceError], None]) -> None:
        self.max_bytes = MAX_BYTES
        self._failed = failed
        self._waiting: SensorFrame | None = None
        self._sent: SensorFrame | None = None
        self._acknowledged = 0
        self._owes = False
        self._open: set[object] = set()
        self._stream: object | None = None
        self._ended = False
        self._changed = threading.Condition()

    def put(self, frame: SensorFrame) -> None:
        """Send a frame as soon as the connection takes it; returns at once."""
        with self._changed:
            self._waiting = merged(self._waiting, frame)
            self._changed.notify_all()

    def acknowledge(self, sequence: int) -> None:
        """A face came; that goes along with the next frame, or alone where a face is waited for."""
        with self._changed:
            self._acknowledged = max(self._acknowledged, sequence)
            if self._sent is not None and self._sent.sequence <= sequence:
                self._sent = None
            # Without credit the server could not answer the last frame that there is.
            self._owes = self._sent is not None
            if self._owes:
                self._changed.notify_all()

    def send_on(self, stream: object) -> None:
        """Send frames on one stream and end the others; first the frame they never answered."""
        with self._changed:
            self._stream, self._open = stream, self._open & {stream}
            if self._sent is not None:
                last, self._sent = self._sent, None
                self._waiting = last if self._waiting is None else merged(last, self._waiting)
            self._changed.notify_all()

    def give_up(self, stream: object) -> None:
        """End one stream."""
        with self._changed:
            self._open.discard(stream)
            self._changed.notify_all()

    def end(self) -> None:
        """Send what waits, then End."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def requests(
        self, stream: object, request: session_pb2.Open
    ) -> Iterator[session_pb2.TrackRequest]:
        """What goes out on a stream: Open, frames once `send_on` says so, End.

        Args:
            stream: Which one, as `send_on` names it.
            request: What to open it with.
        """
        with self._changed:
            self._open.add(stream)
        yield session_pb2.TrackRequest(open=request)
        while self._wait(stream):
            try:
                message = self._message()
            except VrfaceError as error:
                self._failed(error)
                break
            yield message
        yield session_pb2.TrackRequest(end=session_pb2.End(reason="the client closed the session"))

    def _wait(self, stream: object) -> bool:
        """Wait until there is something to be sent on this stream; whether there is."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._ended
                    or stream not in self._open
                    or (stream is self._stream and (self._waiting is not None or self._owes))
                )
            )
            return stream is self._stream and (self._waiting is not None or self._owes)

    def _message(self) -> session_pb2.TrackRequest:
        """The newest frame, or what is owed alone."""
        with self._changed:
            frame, self._waiting, self._owes = self._waiting, None, False
            self._sent = frame or self._sent
        if frame is None:
            return session_pb2.TrackRequest(ack=self._acknowledged)
        while True:
            request = session_pb2.TrackRequest(ack=self._acknowledged, frame=frame_to_proto(frame))
            if request.ByteSize() <= self.max_bytes or not frame.samples:
                return request
            frame = replace(frame, samples=frame.samples[(len(frame.samples) + 1) // 2 :])
