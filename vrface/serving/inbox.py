"""What waits between a stream's reader and its writer: the newest frame, credit, what to say.

Flow control of HTTP/2 alone queues faces for seconds behind a slow client; here the newest frame
wins on the way in and, by credit, on the way out too.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from vrface.sensors.frame import SensorFrame, merged

MAX_WINDOW = 256
"""Largest credit that is counted; a client that asks for more gets this much."""


class Inbox:
    """One slot: the newest frame, with the samples of those it overtook.

    Args:
        deadline_us: A frame that has waited longer is kept for its samples only; 0 = none.
        clock_ns: Monotonic.

    Attributes:
        overtaken: How many frames were replaced before anybody took them.
        late: How many frames were past their deadline when asked for.
    """

    def __init__(
        self, deadline_us: int = 0, clock_ns: Callable[[], int] = time.perf_counter_ns
    ) -> None:
        self.overtaken = 0
        self.late = 0
        self._deadline_us = deadline_us
        self._clock_ns = clock_ns
        self._frame: SensorFrame | None = None
        self._samples_only = False
        self._arrival_ns = 0

    def put(self, frame: SensorFrame) -> None:
        """Take a frame in; it replaces the one that waits."""
        if self._frame is not None and not self._samples_only:
            self.overtaken += 1
        self._frame = merged(self._frame, frame)
        self._samples_only = False
        self._arrival_ns = self._clock_ns()

    def take(self) -> tuple[SensorFrame, int] | None:
        """The frame that waits and for how long it did, microseconds; None if there is none."""
        if self._frame is None or self._samples_only:
            return None
        queue_us = (self._clock_ns() - self._arrival_ns) // 1000
        if self._deadline_us and queue_us > self._deadline_us:
            self.late += 1
            self._samples_only = True
            return None
        frame, self._frame = self._frame, None
        return frame, queue_us


class Credit:
    """How many faces a client may still be sent before it acknowledges one.

    Args:
        window: Unacknowledged faces allowed; 0 = no limit.
    """

    def __init__(self, window: int) -> None:
        self._window = min(window, MAX_WINDOW)
        self._unacknowledged: deque[int] = deque()

    def allows(self) -> bool:
        """Whether another face may be sent."""
        return self._window == 0 or len(self._unacknowledged) < self._window

    def sent(self, sequence: int) -> None:
        """A face went out."""
        if self._window:
            self._unacknowledged.append(sequence)

    def acknowledge(self, sequence: int) -> None:
        """The client has every face up to `sequence`."""
        while self._unacknowledged and self._unacknowledged[0] <= sequence:
            self._unacknowledged.popleft()
