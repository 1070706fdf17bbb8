"""`Pace`: hands out recorded or simulated frames when their time has come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from vrface.errors import BadUse
from vrface.sensors.frame import SensorFrame, merged

LEAST_HZ, MOST_HZ = 50, 144


class Pace:
    """Moves frames onto a clock and holds each back until it is due.

    Every deadline is the frame's own, so no error adds up. A consumer that comes late gets the
    newest due frame with the samples of those it overtook.

    Args:
        clock_ns: The clock that frames are moved onto, nanoseconds.
        sleep: Waits for some seconds; by default one that `stop` wakes.
    """

    def __init__(
        self,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._clock_ns = clock_ns
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait

    def stop(self) -> None:
        """End every `frames`, also one that waits in another thread."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def frames(self, source: Iterator[tuple[int, SensorFrame]]) -> Iterator[SensorFrame]:
        """The frames of `source`, the first one now, the others in step with it.

        Args:
            source: Pairs of when a frame is due and the frame, both on a clock of its own.
        """
        shift_ns: int | None = None
        waiting: SensorFrame | None = None
        for source_due_ns, frame in source:
            if shift_ns is None:
                shift_ns = self._clock_ns() - source_due_ns
            due_ns = source_due_ns + shift_ns
            if waiting is not None and due_ns > self._clock_ns():
                yield waiting
                waiting = None
            waiting = merged(waiting, _shifted(frame, shift_ns))
            self._wait_until(due_ns)
            if self.stopped:
                return
        if waiting is not None:
            yield waiting

    def _wait_until(self, time_ns: int) -> None:
        while not self.stopped and (left_ns := time_ns - self._clock_ns()) > 0:
            self._sleep(left_ns / 1e9)


def check_rate(rate_hz: float) -> None:
    """Check that a tracker may give so many frames a second.

    Raises:
        BadUse: if it is not in 50..144.
    """
    if not LEAST_HZ <= rate_hz <= MOST_HZ:
        raise BadUse(f"a tracker gives {LEAST_HZ} to {MOST_HZ} frames a second, got {rate_hz:g}.")


def _shifted(frame: SensorFrame, shift_ns: int) -> SensorFrame:
    return SensorFrame(
        sequence=frame.sequence,
        frame_time_ns=frame.frame_time_ns + shift_ns,
        samples=tuple(
            replace(sample, sample_time_ns=sample.sample_time_ns + shift_ns)
            for sample in frame.samples
        ),
    )
