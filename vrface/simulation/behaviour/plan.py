"""`Plan`: what a simulated wearer is up to, stretch by stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.behaviour.motion import Floats

TALK, LISTEN, POSE, STILL = range(4)
"""Activities: in conversation, speaking or not; prompted through posed faces; sitting still."""

# Every six stretches hold two of talking, two of posing, one of listening and one of stillness, so
# that any minute is a mix: people who record themselves for a headset do all of these. Assumed.
_CYCLE = (TALK, TALK, POSE, POSE, LISTEN, STILL)
_SHORTEST_S, _LONGEST_S = np.array([(6, 6, 6, 3), (16, 16, 16, 8)], dtype=np.float64)


@dataclass(frozen=True)
class Plan:
    """Activities one after another.

    Attributes:
        edges_s: [stretches + 1] from 0 to the end.
        activity: [stretches].
    """

    edges_s: Floats
    activity: NDArray[np.intp]

    @classmethod
    def drawn(cls, rng: np.random.Generator, seconds: float) -> Plan:
        """A plan of random order and lengths for `seconds`."""
        cycles = int(seconds / (len(_CYCLE) * _SHORTEST_S.min())) + 1
        activity = np.concatenate([rng.permutation(_CYCLE) for _ in range(cycles)])
        lengths = rng.uniform(_SHORTEST_S[activity], _LONGEST_S[activity])
        stops = np.cumsum(lengths)
        count = int(np.searchsorted(stops, seconds)) + 1
        return cls(np.concatenate(([0.0], stops[: count - 1], [seconds])), activity[:count])

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float(self.edges_s[-1])

    def at(self, time_s: Floats) -> NDArray[np.intp]:
        """The activity at each of `time_s`."""
        stretch = np.searchsorted(self.edges_s, time_s, side="right") - 1
        return self.activity[np.clip(stretch, 0, len(self.activity) - 1)]

    def stretches(self, activity: int) -> list[tuple[float, float]]:
        """Start and stop of each stretch of one activity, seconds."""
        here = np.flatnonzero(self.activity == activity)
        return [(float(self.edges_s[i]), float(self.edges_s[i + 1])) for i in here]

    def arrivals(
        self, rng: np.random.Generator, per_minute: dict[int, float], regularity: float = 1.0
    ) -> Floats:
        """Random times of something that happens at a rate of its own in each activity.

        Args:
            rng: Where the randomness comes from.
            per_minute: Mean rate by activity; an activity that is not named has none.
            regularity: Shape of the gamma law of the intervals: 1 = Poisson, larger = more regular.

        Returns:
            Increasing times, seconds.
        """
        rate = np.array([per_minute.get(int(activity), 0.0) / 60 for activity in self.activity])
        passed = np.concatenate(([0.0], np.cumsum(rate * np.diff(self.edges_s))))
        most = int(passed[-1] + 6 * np.sqrt(passed[-1])) + 10
        due = np.cumsum(rng.gamma(regularity, 1 / regularity, most))
        times: Floats = np.interp(due[due < passed[-1]], passed, self.edges_s)
        return times
