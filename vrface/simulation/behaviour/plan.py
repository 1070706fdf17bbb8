"""`Plan`: what a simulated wearer is up to, stretch by stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.behaviour.motion import Events, Floats, smooth, staircase

TALK, LISTEN, POSE, STILL, READ, LAUGH = range(6)
"""Activities: in conversation, speaking or not; prompted through posed faces; sitting still;
reading silently; laughing."""

ACTIVITIES = 6

SETTLED_S = 0.5
"""A performance begins and ends at rest for this long: one can follow another."""

TALK_PER_LISTEN = 4 / 3
"""Time spent talking for each second of listening, over all performances."""

# People record conversations and ranges of motion, seldom both (open Live Link Face takes: three
# conversations, two ranges of motion). How often each, and the mean shares of time, are assumed.
_CHARACTERS = np.array([0.45, 0.3, 0.25])  # conversation, range of motion, a mix
_SHARES = np.array(
    # talk, listen, pose, still, read, laugh: parameters of a Dirichlet law
    [
        [3.6, 2.7, 0.0, 1.2, 0.4, 0.15],
        [0.0, 0.0, 5.0, 0.6, 0.0, 0.0],
        [2.0, 1.5, 2.0, 1.2, 0.3, 0.15],
    ]
)

# Median length of a stretch and spread of its logarithm, assumed; stillness is now a moment, now
# half a minute. A bout of laughter lasts 1-3 s (Bachorowski 2001: mean .9 s, up to 5).
_MEDIAN_S = np.array([7.0, 5.0, 15.0, 4.0, 12.0, 1.8])
_LOG_SPREAD = np.array([0.6, 0.6, 0.5, 0.9, 0.5, 0.3])
_MEAN_S = _MEDIAN_S * np.exp(_LOG_SPREAD**2 / 2)


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
        """A plan for `seconds`: a conversation, a range of motion, or something of both.

        How the time is shared differs from plan to plan: one may be silent, one all laughter.
        """
        share = rng.standard_gamma(_SHARES[rng.choice(len(_CHARACTERS), p=_CHARACTERS)])
        chance = share / _MEAN_S
        most = int(seconds) + 50
        activity = rng.choice(ACTIVITIES, most, p=chance / chance.sum())
        lengths = _MEDIAN_S[activity] * np.exp(_LOG_SPREAD[activity] * rng.standard_normal(most))
        stops = np.cumsum(np.maximum(lengths, 1.0))
        count = int(np.searchsorted(stops, seconds)) + 1
        return cls(np.concatenate(([0.0], stops[: count - 1], [seconds])), activity[:count])

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float(self.edges_s[-1])

    @property
    def first_s(self) -> float:
        """Before this all is at rest."""
        return SETTLED_S

    @property
    def last_s(self) -> float:
        """After this all is at rest."""
        return self.seconds - SETTLED_S

    def at(self, time_s: Floats) -> NDArray[np.intp]:
        """The activity at each of `time_s`."""
        stretch = np.searchsorted(self.edges_s, time_s, side="right") - 1
        return self.activity[np.clip(stretch, 0, len(self.activity) - 1)]

    def level(self, by_activity: Floats, time_s: Floats, change_s: float = 1.0) -> Floats:
        """A level of each activity, from one to the next within `change_s`, settled at both ends.

        Args:
            by_activity: [ACTIVITIES].
            time_s: [times] increasing.
            change_s: How long a change takes.

        Returns:
            [times].
        """
        level = by_activity[self.activity]
        steps = np.diff(level, prepend=0.0)
        level_now = staircase(self.edges_s[:-1], np.full(len(steps), change_s), steps, time_s)
        return level_now * self.awake(time_s)

    def awake(self, time_s: Floats) -> Floats:
        """[times] 1, and 0 while a performance is settled, at both ends."""
        from_end_s = np.minimum(time_s, self.seconds - time_s)
        return smooth((from_end_s - SETTLED_S) / SETTLED_S)

    def settled(self, events: Events) -> Events:
        """Only the events that leave both ends at rest."""
        return events.within(self.first_s, self.last_s)

    def stretches(self, activity: int) -> list[tuple[float, float]]:
        """Start and stop of each stretch of one activity, seconds, at rest at both ends."""
        here = np.flatnonzero(self.activity == activity)
        found = [
            (
                max(float(self.edges_s[i]), self.first_s),
                min(float(self.edges_s[i + 1]), self.last_s),
            )
            for i in here
        ]
        return [(start, stop) for start, stop in found if start < stop]

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
