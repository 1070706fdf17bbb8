"""`Stats`: what a server did, in numbers that hold no face and no name."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

LAST = 4096
"""Durations that a percentile is of: at 90 Hz the last 45 s of one session."""

BOUNDS_US = (100, 200, 500, 1000, 2000, 5000, 11_111, 20_000, 50_000, 100_000, 1_000_000)
"""Upper ends of the bins of a histogram; one is a frame at 90 Hz."""


class Durations:
    """The last `LAST` durations, microseconds, and how many of all were how long.

    Attributes:
        bins: How many were up to each of `BOUNDS_US` and above the one before; then the rest.
        sum_us: Of all.
    """

    def __init__(self) -> None:
        self._values: deque[int] = deque(maxlen=LAST)
        self.bins = [0] * (len(BOUNDS_US) + 1)
        self.sum_us = 0

    def add(self, duration_us: int) -> None:
        """Take one in, in place of the oldest."""
        self._values.append(min(duration_us, 0xFFFFFFFF))
        self.bins[bisect_left(BOUNDS_US, duration_us)] += 1
        self.sum_us += duration_us

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self.bins)

    def last(self, count: int) -> NDArray[np.int64]:
        """So many of the newest, or as many as are kept."""
        return np.fromiter(islice(reversed(self._values), count), np.int64)

    def percentile(self, share: int) -> float:
        """In milliseconds; 0 when there are none."""
        return float(np.percentile(self._values, share)) / 1000 if self._values else 0.0


@dataclass
class Stats:
    """Counters since the server started.

    Attributes:
        opened: Sessions that began.
        ended: Sessions that said End.
        vanished: Sessions whose client was gone without one.
        refused: Calls answered with an error that was foreseen.
        turned_away: Opens for whom there was no room, or not so soon.
        flooded: Streams that were ended because they sent far beyond their rate.
        failed: Calls answered with INTERNAL.
        frames: Sensor frames that came in, those of the server's own tracker too.
        overtaken: Frames replaced by a newer one before their step; their samples were used.
        ignored: Frames out of order.
        held: Times a stream had to wait because it asks for more faces than its rate.
        late: Times a frame was past its deadline; its samples went to the next one.
        faces: Faces that were inferred.
        models_replaced: Models that took the place of another while it served.
        models_refused: Models that were to, and were damaged or failed their trial.
        models_given_up: Models that failed later, so that the old one took over again.
        queue: From the arrival of a client's frame to its step.
        step: From its samples to its face.
        encode: From there to a message.
        answer: From the arrival of a frame to when its face was sent.
        loop: How late the server's event loop was: what runs there too long, or the machine.
    """

    opened: int = 0
    ended: int = 0
    vanished: int = 0
    refused: int = 0
    turned_away: int = 0
    flooded: int = 0
    failed: int = 0
    frames: int = 0
    overtaken: int = 0
    ignored: int = 0
    held: int = 0
    late: int = 0
    faces: int = 0
    models_replaced: int = 0
    models_refused: int = 0
    models_given_up: int = 0
    queue: Durations = field(default_factory=Durations)
    step: Durations = field(default_factory=Durations)
    encode: Durations = field(default_factory=Durations)
    answer: Durations = field(default_factory=Durations)
    loop: Durations = field(default_factory=Durations)

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"{self.opened} sessions ({self.vanished} vanished, {self.refused} refused, "
            f"{self.failed} failed), {self.frames} frames ({self.overtaken} overtaken, "
            f"{self.ignored} ignored, {self.late} late), {self.faces} faces; "
            f"queue p50 {self.queue.percentile(50):.2f} p99 {self.queue.percentile(99):.2f} ms, "
            f"step p50 {self.step.percentile(50):.2f} p99 {self.step.percentile(99):.2f} ms"
        )
