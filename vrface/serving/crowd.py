"""`CrowdInbox`: the frames of many wearers that wait to be stepped, newest wins for each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.frame import SampleColumns
from vrface.session.cohort import Cohort

MOST_WAITING = 64
"""Messages whose samples are kept while a client takes no faces; then the oldest go."""


@dataclass(frozen=True)
class Waiting:
    """Frames that came in one message.

    Attributes:
        cohort: Whose wearers they are of.
        sequence: Of the message.
        wearer: [wearers] as the client counts them.
        rows: [wearers] as the cohort does.
        frame_time_ns: [wearers] the instants.
        samples: By row of the cohort.
        arrival_ns: When the message came.
    """

    cohort: Cohort
    sequence: int
    wearer: NDArray[np.int64]
    rows: NDArray[np.intp]
    frame_time_ns: NDArray[np.int64]
    samples: tuple[SampleColumns, ...]
    arrival_ns: int

    @property
    def sequences(self) -> NDArray[np.int64]:
        """[wearers] the message's, for each."""
        return np.full(len(self.rows), self.sequence, np.int64)

    def without(self, rows: NDArray[np.intp]) -> Waiting:
        """The same without the frames of some wearers; their samples stay."""
        kept = ~np.isin(self.rows, rows)
        return replace(
            self,
            wearer=self.wearer[kept],
            rows=self.rows[kept],
            frame_time_ns=self.frame_time_ns[kept],
        )


@dataclass
class CrowdInbox:
    """What waits, in the order in which it came.

    Attributes:
        deadline_us: A frame that waited longer is kept for its samples only; 0 = none.
        overtaken: How many frames were replaced before anybody took them.
        late: How many were past their deadline when asked for.
    """

    deadline_us: int = 0
    overtaken: int = 0
    late: int = 0
    _waiting: list[Waiting] = field(default_factory=list)

    def put(self, new: Waiting) -> None:
        """Take frames in; each replaces the one of its wearer that waits."""
        kept: list[Waiting] = []
        for old in self._waiting:
            if old.cohort is new.cohort:
                left = old.without(new.rows)
                self.overtaken += len(old.rows) - len(left.rows)
                old = left
            kept.append(old)
        self._waiting = [*kept, new][-MOST_WAITING:]

    def forget(self, cohort: Cohort, row: int) -> None:
        """Somebody is gone: nothing of theirs may meet whoever comes into their row."""
        self._waiting = [
            _purged(old, row) if old.cohort is cohort else old for old in self._waiting
        ]

    def take(self, now_ns: int) -> list[Waiting]:
        """What is to be stepped now, in order; samples without a frame go with the next one."""
        if self.deadline_us:
            self._waiting = [self._in_time(old, now_ns) for old in self._waiting]
        due: list[Waiting] = []
        left: dict[Cohort, Waiting] = {}
        for old in self._waiting:
            before = left.pop(old.cohort, None)
            if before is not None:
                old = replace(old, samples=(*before.samples, *old.samples))
            if len(old.rows):
                due.append(old)
            else:
                left[old.cohort] = old
        self._waiting = list(left.values())
        return due

    def _in_time(self, old: Waiting, now_ns: int) -> Waiting:
        if now_ns - old.arrival_ns <= 1000 * self.deadline_us:
            return old
        self.late += len(old.rows)
        return old.without(old.rows)


def _purged(old: Waiting, row: int) -> Waiting:
    samples = []
    for entry in old.samples:
        kept = entry.row != row
        samples.append(
            SampleColumns(
                entry.stream, entry.row[kept], entry.sample_time_ns[kept], entry.values[kept]
            )
        )
    return replace(old.without(np.array([row])), samples=tuple(samples))
