"""`LiveTracker`: what all trackers of something that happens now share: a frame each period."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from vrface.sensors.frame import Sample, SensorFrame, merged
from vrface.sensors.headset import HeadsetProfile
from vrface.trackers.pace import check_rate

SILENT_S = 2.0
"""Without a sample for so long, nobody is heard."""

STOP_S = 5.0
"""How long `LiveTracker.close` waits: a thread that a driver holds is left behind."""


class LiveTracker:
    """Closes a frame each period: with the samples of what was sensed in it, or none.

    It does so on a thread of its own. A consumer that comes late gets one frame with the samples of
    those it missed. A frame's time is when it was closed.

    Args:
        name: What people call it.
        headset: Whose streams are filled.
        rate_hz: Frames a second, 50-144.
        clock_ns: The session's clock, nanoseconds.
        patience_s: After so long without a frame, a consumer that waits is given one without
            samples: for trackers whose `_take` may be held up. None = it never is.

    Attributes:
        name: As given.
        headset: As given.
        on_hearing: Called in the tracker's thread: with True when samples begin to come, with
            False when none has for `SILENT_S`.

    Raises:
        BadUse: if `rate_hz` is out of range.
    """

    def __init__(
        self,
        name: str,
        headset: HeadsetProfile,
        rate_hz: float,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
        patience_s: float | None = None,
    ) -> None:
        check_rate(rate_hz)
        self.name, self.headset = name, headset
        self.on_hearing: Callable[[bool], object] = lambda hearing: None
        self._hearing: bool | None = None
        self._period_ns = round(1e9 / rate_hz)
        self._clock_ns = clock_ns
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._sequence = 0
        self._frame: SensorFrame | None = None
        self._thread = threading.Thread(target=self._run, name=f"vrface-{name}", daemon=True)

    def frames(self) -> Iterator[SensorFrame]:
        """The frames; a second call goes on where the first one stopped."""
        while (frame := self._next()) is not None:
            yield frame

    def close(self) -> None:
        """Stop, and let go of what is tracked."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(STOP_S)

    def _gather(self, seconds: float) -> None:
        """Take in what comes until the period ends, in so many seconds; may return earlier."""
        raise NotImplementedError

    def _take(self, now_ns: int) -> tuple[Sample, ...]:
        """The samples of the period that ends now."""
        raise NotImplementedError

    def _release(self) -> None:
        """Let go of everything, at the end of the tracker's thread."""
        raise NotImplementedError

    def _next(self) -> SensorFrame | None:
        """The next frame, once there is one; None after `close`."""
        with self._changed:
            here = self._changed.wait_for(
                lambda: self._frame is not None or self._closing.is_set(), self._patience_s
            )
            if not here:
                self._close_frame(())
            frame, self._frame = self._frame, None
            return None if self._closing.is_set() else frame

    def _run(self) -> None:
        due_ns = self._clock_ns() + self._period_ns
        sampled_ns = self._clock_ns()
        try:
            while not self._closing.is_set():
                now_ns = self._clock_ns()
                if now_ns < due_ns:
                    self._gather((due_ns - now_ns) / 1e9)
                    continue
                samples = self._take(now_ns)
                with self._changed:
                    self._close_frame(samples)
                    self._changed.notify_all()
                sampled_ns = now_ns if samples else sampled_ns
                if samples or now_ns - sampled_ns >= SILENT_S * 1e9:
                    self._tell(bool(samples))
                due_ns += self._period_ns * (1 + (now_ns - due_ns) // self._period_ns)
        finally:
            self._release()
            self.close()  # whatever ended this, nobody waits for a frame that never comes

    def _close_frame(self, samples: tuple[Sample, ...]) -> None:
        """Add one period's samples to the frame that waits; whoever calls holds the lock."""
        self._sequence += 1
        frame = SensorFrame(self._sequence, self._clock_ns(), samples)
        self._frame = merged(self._frame, frame)

    def _tell(self, hearing: bool) -> None:
        if hearing is not self._hearing:
            self._hearing = hearing
            self.on_hearing(hearing)
