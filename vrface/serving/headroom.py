"""`Headroom`: whether those who are in stay on time if one more comes.

As many as were kept on time within the last minute are let in again. Beyond that it is reckoned:
the more faces, the more of them share a step and a wake-up, so that the share of time that they
take grows with the square root of their number (decision 0018). Whoever came within the last second
is thought to want 90 faces a second. So a crowd that comes at once is let in by parts, each when it
is known what the one before takes; whoever is over waits at the door, a second or so, and is
refused at once where there is nothing to wait for.
"""

from __future__ import annotations

import math
from collections import deque
from enum import Enum, auto
from statistics import fmean

from vrface.serving.pulse import BEAT_S, LAST_S, Pulse, Second

LATE = 0.01
"""More faces than this are not to be late."""

WANTED_HZ = 90.0
"""Faces that whoever comes is thought to want."""

ASSUMED = Second(4 * WANTED_HZ, 0.4, 0.0)
"""What faces take, as long as none were counted."""

PART = 0.5
"""Of the most faces that were seen, at most so many more at once: where they do not share as much
as that, the server is not much busier than it may be."""

LIKE = 0.9
"""Seconds with so many faces, beside the most, tell of the same."""

SETTLED_S = LAST_S + 2 * BEAT_S
"""After so long it is known what somebody takes."""


class Verdict(Enum):
    """What is said to whoever comes."""

    ENTER = auto()
    WAIT = auto()
    """Somebody came so shortly before that nobody knows yet what they take."""
    FULL = auto()


class Headroom:
    """Of one server.

    Args:
        pulse: How it has been.
        most_busy: Largest share of time that its event loop is to compute; 1 = any.
    """

    def __init__(self, pulse: Pulse, most_busy: float) -> None:
        self._pulse, self._most_busy = pulse, most_busy
        self._came_s: deque[float] = deque()

    def verdict(self, inside: int, streams: int, now_s: float) -> Verdict:
        """Whether somebody may come.

        Args:
            inside: How many wearers there are.
            streams: How many streams come with them: none with another wearer of a TrackMany.
            now_s: The time.
        """
        if self._most_busy >= 1.0 or not inside:
            return Verdict.ENTER
        while self._came_s and now_s - self._came_s[0] > SETTLED_S:
            self._came_s.popleft()
        new, busy = min(len(self._came_s), inside), self._pulse.busy
        late = busy > self._most_busy / 2 and self._pulse.late > LATE
        faces_hz = self._pulse.faces_hz + WANTED_HZ * (new + streams)
        room = faces_hz <= self._room_hz() if streams else busy <= self._most_busy
        if room and not late:
            return Verdict.ENTER
        return Verdict.WAIT if new and not late else Verdict.FULL

    def come(self, streams: int, now_s: float) -> None:
        """Somebody comes."""
        self._came_s.extend([now_s] * streams)

    def _room_hz(self) -> float:
        """How many faces a second there may be, by what the most were that were seen."""
        seconds = [second for _, second in self._pulse.seconds] or [ASSUMED]
        most_hz = max(second.faces_hz for second in seconds)
        most = [second for second in seconds if second.faces_hz >= LIKE * most_hz]
        busy = fmean(second.busy for second in most)
        by_busy_hz = most_hz * (self._most_busy / busy) ** 2 if busy > 0.0 else math.inf
        room_hz = min(by_busy_hz, max(most_hz * (1.0 + PART), ASSUMED.faces_hz))
        kept = bool(self._pulse.seconds) and fmean(second.late for second in most) <= LATE
        return max(room_hz, most_hz) if kept else room_hz
