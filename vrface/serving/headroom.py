"""`Headroom`: whether those who are in stay on time if one more comes.

What a session costs is measured: the event loop's share of time, shared by those who were in while
it was. Whoever came since is thought to cost as much. So a crowd that comes at once is let in by
parts, each when it is known what the one before takes; whoever is over waits at the door, a second
or so, and is refused at once where there is nothing to wait for.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

from vrface.serving.pulse import BEAT_S, LAST_S, Pulse

ASSUMED = 0.12
"""Share of time that a session takes, as long as none was measured."""

LATE = 0.01
"""More faces than this are not to be late."""

SETTLED_S = LAST_S + 2 * BEAT_S
"""After so long it is known what somebody costs."""


class Verdict(Enum):
    """What is said to whoever comes."""

    ENTER = auto()
    WAIT = auto()
    """Somebody came so shortly before that nobody knows yet what they cost."""
    FULL = auto()


class Headroom:
    """Of one server.

    Args:
        pulse: How it has been of late.
        most_busy: Largest share of time that its event loop is to compute; 1 = any.
    """

    def __init__(self, pulse: Pulse, most_busy: float) -> None:
        self._pulse, self._most_busy = pulse, most_busy
        self._cost = ASSUMED
        self._came_s: deque[float] = deque()

    def verdict(self, inside: int, streams: int, now_s: float) -> Verdict:
        """Whether somebody may come.

        Args:
            inside: How many wearers there are.
            streams: How many streams come with them: none with another wearer of a TrackMany.
            now_s: The time.
        """
        new, busy = self._learn(inside, now_s), self._pulse.busy
        if self._most_busy >= 1.0 or not inside:
            return Verdict.ENTER
        late = busy > self._most_busy / 2 and self._pulse.late > LATE
        if not late and busy + self._cost * (new + streams) <= self._most_busy:
            return Verdict.ENTER
        return Verdict.WAIT if new and not late else Verdict.FULL

    def come(self, streams: int, now_s: float) -> None:
        """Somebody comes."""
        self._came_s.extend([now_s] * streams)

    def go(self, inside: int, now_s: float) -> None:
        """Somebody goes, of so many: what they cost is remembered for whoever comes next."""
        self._learn(inside, now_s)

    def _learn(self, inside: int, now_s: float) -> int:
        """See what a session costs; how many came too lately to tell."""
        while self._came_s and now_s - self._came_s[0] > SETTLED_S:
            self._came_s.popleft()
        new = min(len(self._came_s), inside)
        if inside > new and self._pulse.known:
            self._cost = self._pulse.busy / (inside - new)
        return new
