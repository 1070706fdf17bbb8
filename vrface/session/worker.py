"""A thread that turns the newest frame into the newest face."""

from __future__ import annotations

import threading
from collections.abc import Callable

from vrface.face.expression import Expression
from vrface.sensors.frame import SensorFrame, merged


class Worker(threading.Thread):
    """Steps frames as they come; a frame that is overtaken hands its samples on and is skipped.

    Args:
        step: From one frame to its face; called in this thread alone.

    Attributes:
        latest: The newest face; None before the first one. Reading it never blocks.
    """

    def __init__(self, step: Callable[[SensorFrame], Expression]) -> None:
        super().__init__(name="vrface-session", daemon=True)
        self.latest: Expression | None = None
        self._step = step
        self._ready = threading.Condition()
        self._inbox: SensorFrame | None = None
        self._stopped = False

    def put(self, frame: SensorFrame) -> None:
        """Hand over a frame; returns at once."""
        with self._ready:
            self._inbox = merged(self._inbox, frame)
            self._ready.notify()

    def stop(self) -> None:
        """Let the thread end after the frame it is at."""
        with self._ready:
            self._stopped = True
            self._ready.notify()

    def run(self) -> None:
        """Step until stopped."""
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._stopped or self._inbox is not None)
                frame, self._inbox = self._inbox, None
                if self._stopped:
                    return
            if frame is not None:
                self.latest = self._step(frame)
