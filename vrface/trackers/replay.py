"""`ReplayTracker`: a sensor log as if it were happening now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from vrface.errors import LogError
from vrface.log import LogReader
from vrface.sensors.frame import SensorFrame
from vrface.trackers.pace import Pace
from vrface.trust.permission import Permission


class ReplayTracker:
    """The sensor frames of a log.

    Args:
        path: The log.
        realtime: Whether frames come as they arrived when it was recorded, moved onto `clock_ns`;
            otherwise as fast as they are taken, at their own times: the same frames every time.
        permission: That the log may be read.
        clock_ns: The clock of frames in real time.
        sleep: Waits for some seconds; tests pass their own.

    Attributes:
        header: What the log is.
        headset: The log's.
        on_over: Called when the log has no more frames, in the thread that takes them.

    Raises:
        LogError: if it is not a log of sensor frames; while they are taken, if it is torn.
        Refused: if the permission does not open it.
    """

    name = "replay"

    def __init__(
        self,
        path: str | Path,
        realtime: bool = True,
        permission: Permission = Permission.local(),
        *,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        reader = LogReader(path, permission)
        self.header = reader.header
        if self.header.headset is None:
            raise LogError(f"the log {path} holds a face alone.", "Replay one with sensor frames.")
        self.headset = self.header.headset
        self.realtime = realtime
        self.on_over: Callable[[], object] = lambda: None
        self._pace = Pace(clock_ns, sleep)
        arrivals = reader.arrivals()
        self._frames = self._whole(
            self._pace.frames(arrivals) if realtime else self._unpaced(arrivals)
        )

    def frames(self) -> Iterator[SensorFrame]:
        """The frames; a second call goes on where the first one stopped."""
        return self._frames

    def close(self) -> None:
        """Stop."""
        self._pace.stop()

    def _whole(self, frames: Iterator[SensorFrame]) -> Iterator[SensorFrame]:
        yield from frames
        if not self._pace.stopped:
            self.on_over()

    def _unpaced(self, arrivals: Iterator[tuple[int, SensorFrame]]) -> Iterator[SensorFrame]:
        for _, frame in arrivals:
            if self._pace.stopped:
                return
            yield frame
