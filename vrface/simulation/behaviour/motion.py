"""`Events`: movements that rise, hold and fall, drawn on continuous time, sampled at any rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Events:
    """Movements, each on one track (an act, or an eye).

    Attributes:
        track: [events] which track each moves.
        start_s: [events] when it begins.
        attack_s: [events] > 0, how long it rises.
        hold_s: [events] how long it stays.
        release_s: [events] > 0, how long it falls.
        height: [events] how far it goes.
    """

    track: NDArray[np.intp]
    start_s: Floats
    attack_s: Floats
    hold_s: Floats
    release_s: Floats
    height: Floats

    @property
    def stop_s(self) -> Floats:
        """[events] when each is over."""
        return self.start_s + self.attack_s + self.hold_s + self.release_s

    def kept(self, keep: NDArray[np.bool_]) -> Events:
        """Only the events where `keep` is true."""
        return Events(*(getattr(self, field.name)[keep] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Iterable[Events]) -> Events:
        """All events of several sets."""
        every = list(parts)
        return cls(
            *(np.concatenate([getattr(e, field.name) for e in every]) for field in fields(cls))
        )

    def levels(self, time_s: Floats, tracks: int) -> Floats:
        """How far each track has moved at each time, overlapping events added.

        The work grows with the time that events last, not with events times samples.

        Args:
            time_s: [times] increasing.
            tracks: How many tracks there are.

        Returns:
            [tracks, times].
        """
        first = np.searchsorted(time_s, self.start_s)
        count = np.searchsorted(time_s, self.stop_s) - first
        event = np.repeat(np.arange(len(count)), count)
        # The samples of each event, one event after the other.
        sample = np.arange(len(event)) + np.repeat(first - np.cumsum(count) + count, count)
        rise = (time_s[sample] - self.start_s[event]) / self.attack_s[event]
        fall = (self.stop_s[event] - time_s[sample]) / self.release_s[event]
        height = self.height[event] * smooth(np.minimum(rise, fall))
        cell = self.track[event] * len(time_s) + sample
        levels = np.zeros(tracks * len(time_s))
        np.add.at(levels, cell, height)
        return levels.reshape(tracks, len(time_s))


def smooth(share: Floats) -> Floats:
    """Ease from 0 to 1 while `share` goes from 0 to 1: ``3 s^2 - 2 s^3``."""
    share = np.clip(share, 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)
