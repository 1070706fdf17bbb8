"""`Outbox`: the requests of a Track, newest frame first and only."""

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
        request: What to open the stream with.
        failed: Called with the error of a frame that cannot be sent; nothing is sent after it.

    Attributes:
        acknowledged: Newest face received; goes along with the next frame.
        max_bytes: A larger message loses its oldest samples.
    """

    def __init__(self, request: session_pb2.Open, failed: Callable[[VrfaceError], None]) -> None:
        self.acknowledged = 0
        self.max_bytes = MAX_BYTES
        self._request = request
        self._failed = failed
        self._frame: SensorFrame | None = None
        self._ended = False
        self._changed = threading.Condition()

    def put(self, frame: SensorFrame) -> None:
        """Send a frame as soon as the connection takes it; returns at once."""
        with self._changed:
            self._frame = merged(self._frame, frame)
            self._changed.notify()

    def end(self) -> None:
        """Send what waits, then End."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def requests(self) -> Iterator[session_pb2.TrackRequest]:
        """The requests, as they come up."""
        yield session_pb2.TrackRequest(open=self._request)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._frame is not None)
                frame, self._frame = self._frame, None
            if frame is None:
                break
            try:
                request = self._frame_request(frame)
            except VrfaceError as error:
                self._failed(error)
                break
            yield request
        yield session_pb2.TrackRequest(end=session_pb2.End(reason="the client closed the session"))

    def _frame_request(self, frame: SensorFrame) -> session_pb2.TrackRequest:
        while True:
            request = session_pb2.TrackRequest(ack=self.acknowledged, frame=frame_to_proto(frame))
            if request.ByteSize() <= self.max_bytes or not frame.samples:
                return request
            frame = replace(frame, samples=frame.samples[(len(frame.samples) + 1) // 2 :])
