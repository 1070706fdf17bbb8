"""What waits between a stream's reader and its writer: the newest frame, credit, what to say.

Flow control of HTTP/2 alone queues faces for seconds behind a slow client; here the newest frame
wins on the way in and, by credit, on the way out too.
"""

from __future__ import annotations

from collections import deque

from vrface.sensors.frame import SensorFrame, merged

MAX_WINDOW = 256
"""Largest credit that is counted; a client that asks for more gets this much."""


class Inbox:
    """One slot: the newest frame, with the samples of those it overtook.

    Args:
        deadline_us: A frame that has waited longer is kept for its samples only; 0 = none.

    Attributes:
        overtaken: How many frames were replaced before anybody took them.
        late: How many frames were past their deadline when asked for.
    """

    def __init__(self, deadline_us: int = 0) -> None:
        self.overtaken = 0
        self.late = 0
        self._deadline_ns = deadline_us * 1000
        self._frame: SensorFrame | None = None
        self._samples_only = False
        self._arrival_ns = 0

    def put(self, frame: SensorFrame, now_ns: int) -> None:
        """Take a frame in; it replaces the one that waits."""
        if self._frame is not None and not self._samples_only:
            self.overtaken += 1
        self._frame = merged(self._frame, frame)
        self._samples_only = False
        self._arrival_ns = now_ns

    def take(self, now_ns: int) -> tuple[SensorFrame, int] | None:
        """The frame that waits and for how long it did, nanoseconds; None if there is none."""
        if self._frame is None or self._samples_only:
            return None
        queue_ns = now_ns - self._arrival_ns
        if self._deadline_ns and queue_ns > self._deadline_ns:
            self.late += 1
            self._samples_only = True
            return None
        frame, self._frame = self._frame, None
        return frame, queue_ns


class Credit:
    """How many faces a client may still be sent before it acknowledges one.

    Args:
        window: Unacknowledged faces allowed; 0 = no limit.
    """

    def __init__(self, window: int) -> None:
        self._window = min(window, MAX_WINDOW)
        self._unacknowledged: deque[int] = deque()
        self._acknowledged = 0

    def allows(self) -> bool:
        """Whether another face may be sent."""
        return self._window == 0 or len(self._unacknowledged) < self._window

    def sent(self, sequence: int) -> None:
        """A face went out; the client may have said already that it has it."""
        if self._window and sequence > self._acknowledged:
            self._unacknowledged.append(sequence)

    def acknowledge(self, sequence: int) -> None:
        """The client has every face up to `sequence`."""
        self._acknowledged = max(self._acknowledged, sequence)
        while self._unacknowledged and self._unacknowledged[0] <= sequence:
            self._unacknowledged.popleft()
