"""`Pulse`: how a server has been, of late and in the last minute; frames pay nothing for it."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from typing import NamedTuple

import numpy as np

from vrface.serving.stats import Stats

BEAT_S = 0.05
"""How often it is taken."""

LAST_S = 1.0
"""Of how long it tells."""

MEMORY_S = 60.0
"""For how long its seconds are remembered."""

FRAME_US = 11_111
"""A frame at 90 Hz: a face that was answered within is on time."""

FEW = 30
"""Of fewer faces nothing can be said."""


class Beat(NamedTuple):
    """What was counted by an instant.

    Attributes:
        when_s: The instant.
        spent_s: What the event loop's thread computed.
        faces: How many were answered.
        naps: How often it was asked how late it is.
    """

    when_s: float
    spent_s: float
    faces: int
    naps: int


class Second(NamedTuple):
    """How a server was for a second.

    Attributes:
        faces_hz: Faces it answered.
        busy: Share of time in which its event loop computed.
        late: Share of the faces that were not on time; 0 where they are few.
    """

    faces_hz: float
    busy: float
    late: float


class Pulse:
    """Of one server.

    Args:
        stats: The server's.

    Attributes:
        seconds: Those of the last minute in which there were faces, whole ones.
    """

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._beats: deque[Beat] = deque()
        self._ended_s = -math.inf
        self.seconds: deque[tuple[float, Second]] = deque()

    def beat(self, now_s: float, spent_s: float) -> None:
        """Note what was counted by now.

        Args:
            now_s: The time.
            spent_s: What the event loop's thread computed by now.
        """
        counts = self._stats.answer.count, self._stats.loop.count
        self._beats.append(Beat(now_s, spent_s, *counts))
        # After a stall there are no others of late: then the stall is what is told of.
        while len(self._beats) > 2 and now_s - self._beats[0].when_s > LAST_S:
            self._beats.popleft()
        if now_s - self._ended_s >= LAST_S:
            self._remember(now_s)

    def _remember(self, now_s: float) -> None:
        self._ended_s = now_s
        while self.seconds and now_s - self.seconds[0][0] > MEMORY_S:
            self.seconds.popleft()
        if self.faces_hz > 0.0:
            self.seconds.append((now_s, Second(self.faces_hz, self.busy, self.late)))

    @property
    def faces_hz(self) -> float:
        """Faces a second."""
        since = self._since()
        return since.faces / since.when_s if since.when_s else 0.0

    @property
    def busy(self) -> float:
        """Share of time in which the event loop computed; other programs may take the rest."""
        since = self._since()
        return since.spent_s / since.when_s if since.when_s else 0.0

    @property
    def late(self) -> float:
        """Share of the faces that were not on time; 0 where they are few.

        A frame waits for the event loop before it counts as arrived: as long as others do.
        """
        since = self._since()
        if since.faces < FEW:
            return 0.0
        answers, naps = self._stats.answer.last(since.faces), self._stats.loop.last(since.naps)
        return float((answers[:, np.newaxis] + naps > FRAME_US).mean())

    def _since(self) -> Beat:
        """What was counted of late."""
        if not self._beats:
            return Beat(0.0, 0.0, 0, 0)
        first, last = self._beats[0], self._beats[-1]
        return Beat(
            last.when_s - first.when_s,
            last.spent_s - first.spent_s,
            last.faces - first.faces,
            last.naps - first.naps,
        )


async def take(pulse: Pulse, stats: Stats) -> None:
    """Take a server's pulse, and note how late its event loop is; until cancelled."""
    while True:
        due_s = time.perf_counter() + BEAT_S
        await asyncio.sleep(BEAT_S)
        now_s = time.perf_counter()
        stats.loop.add(max(int((now_s - due_s) * 1e6), 0))
        pulse.beat(now_s, time.thread_time())
