"""A thread that turns the newest frame into the newest face."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from vrface.errors import VrfaceError
from vrface.face.expression import Expression
from vrface.sensors.frame import SensorFrame, merged

if TYPE_CHECKING:
    from vrface.trackers.tracker import Tracker

STOP_S = 2.0
"""How long `Worker.stop` waits: a tracker that blocks in a driver is left behind."""


class Worker:
    """Steps frames as they come; a frame that is overtaken hands its samples on and is skipped.

    Args:
        step: From one frame to its face; called in the worker's own thread alone.

    Attributes:
        latest: The newest face; None before the first one. Reading it never blocks.
        error: What ended the thread or the tracker, if anything did.
        fed: Whether it was asked to take frames from a tracker.
    """

    def __init__(self, step: Callable[[SensorFrame], Expression]) -> None:
        self.latest: Expression | None = None
        self.error: VrfaceError | None = None
        self.fed = False
        self._step = step
        self._ready = threading.Condition()
        self._inbox: SensorFrame | None = None
        self._stopped = False
        self._threads = [self._started(self._run)]

    def put(self, frame: SensorFrame) -> None:
        """Hand over a frame; returns at once."""
        with self._ready:
            self._inbox = merged(self._inbox, frame)
            self._ready.notify()

    def feed(self, tracker: Tracker | None) -> None:
        """Take frames from a tracker too, in a thread of its own; None = there is none."""
        self.fed = True
        if tracker is not None:
            self._threads.append(self._started(lambda: self._take_from(tracker)))

    def stop(self) -> None:
        """End the threads after the frame they are at."""
        with self._ready:
            self._stopped = True
            self._ready.notify()
        for thread in self._threads:
            thread.join(STOP_S)

    def _run(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._stopped or self._inbox is not None)
                frame, self._inbox = self._inbox, None
                if self._stopped:
                    return
            if frame is not None:
                self.latest = self._step(frame)

    def _take_from(self, tracker: Tracker) -> None:
        for frame in tracker.frames():
            if self._stopped:
                return
            self.put(frame)

    def _started(self, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except VrfaceError as error:
                self.error = error
            except Exception as error:
                # It is told to whoever asks for a face: a thread has nobody to raise to.
                self.error = VrfaceError(f"the session failed: {type(error).__name__}: {error}.")

        thread = threading.Thread(target=guarded, name="vrface-session", daemon=True)
        thread.start()
        return thread
