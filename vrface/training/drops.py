"""Drops: what silences the sensors of a recording, to see how a model recovers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.align import NEVER_NS
from vrface.sensors.paired import Paired

DROP_S = 1.0
"""How long no stream sends anything: ten times as long as a value counts (`sensors.align`)."""

EVERY_S = 10.0
"""Seconds from one drop to the next."""

FIRST_S = 5.0
"""The first drop comes so long after the first instant that is scored."""


@dataclass(frozen=True, eq=False)
class Drops:
    """The moments in which all sensors of a recording are silent.

    Attributes:
        start_ns: [drops] from here on nothing arrives.
        end_ns: [drops] from here on it does again.
    """

    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]

    @classmethod
    def after(cls, frame_time_ns: NDArray[np.int64], from_frame: int) -> Drops:
        """`DROP_S` in every `EVERY_S`, each with as long as it lasted left behind it to recover.

        Args:
            frame_time_ns: [frames].
            from_frame: The first that is scored.
        """
        scored = frame_time_ns[from_frame:]
        if not scored.size:
            return cls(scored, scored)
        first, last = scored[0] + round(FIRST_S * 1e9), scored[-1] - round(2 * DROP_S * 1e9)
        start = np.arange(first, last + 1, round(EVERY_S * 1e9), dtype=np.int64)
        return cls(start, start + round(DROP_S * 1e9))

    def frames(self, frame_time_ns: NDArray[np.int64]) -> list[tuple[int, int]]:
        """The first frame of each that hears nothing new, and the first that does again."""
        bounds = [np.searchsorted(frame_time_ns, side) for side in (self.start_ns, self.end_ns)]
        return [(int(start), int(stop)) for start, stop in zip(*bounds, strict=True)]

    def holds(self, time_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which instants lie in a drop."""
        number = np.searchsorted(self.start_ns, time_ns, side="right") - 1
        ends = np.concatenate([self.end_ns, [NEVER_NS]])  # of number -1
        return np.asarray(time_ns < ends[number])

    def silence(self, paired: Paired) -> Paired:
        """The recording as if nothing had arrived in the drops; nothing of it comes later."""
        streams = tuple(one.kept(~self.holds(one.arrival_ns)) for one in paired.streams)
        return replace(paired, streams=streams)
