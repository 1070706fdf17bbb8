"""`Events`: movements that rise, hold and fall, drawn on continuous time, sampled at any rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Events:
    """Movements, each on one track (an act, an eye, an axis of the head).

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

    def within(self, start_s: float, stop_s: float) -> Events:
        """Only the events that begin and end between two instants."""
        return self.kept((self.start_s > start_s) & (self.stop_s < stop_s))

    @classmethod
    def joined(cls, parts: Iterable[Events]) -> Events:
        """All events of several sets."""
        every = [NOTHING, *parts]
        return cls(
            *(np.concatenate([getattr(e, field.name) for e in every]) for field in fields(cls))
        )

    def levels(self, time_s: Floats, tracks: int, hertz: Floats | None = None) -> Floats:
        """How far each track has moved at each time, overlapping events added.

        The work grows with the time that events last, not with events times samples.

        Args:
            time_s: [times] increasing.
            tracks: How many tracks there are.
            hertz: [events] how often each swings to and fro while it lasts; None = none does.

        Returns:
            [tracks, times].
        """
        event, sample = _during(self.start_s, self.stop_s, time_s)
        since_s = time_s[sample] - self.start_s[event]
        rise = since_s / self.attack_s[event]
        fall = (self.stop_s[event] - time_s[sample]) / self.release_s[event]
        height = self.height[event] * smooth(np.minimum(rise, fall))
        if hertz is not None:
            height *= np.sin(2 * np.pi * hertz[event] * since_s)
        cell = self.track[event] * len(time_s) + sample
        return _summed(cell, height, tracks * len(time_s)).reshape(tracks, len(time_s))


NOTHING = Events(np.zeros(0, dtype=np.intp), *np.zeros((5, 0)))
"""No events."""


def staircase(start_s: Floats, length_s: Floats, step: Floats, time_s: Floats) -> Floats:
    """The sum of steps, each of which is taken smoothly.

    Args:
        start_s: [steps] increasing, when each begins; one before 0 has begun.
        length_s: [steps] > 0, how long each takes.
        step: [steps] how far each goes.
        time_s: [times] increasing.

    Returns:
        [times].
    """
    stop_s = start_s + length_s
    order = np.argsort(stop_s)
    gone = np.concatenate(([0.0], np.cumsum(step[order])))
    level = gone[np.searchsorted(stop_s[order], time_s, side="right")]
    taken, sample = _during(start_s, stop_s, time_s)
    share = smooth((time_s[sample] - start_s[taken]) / length_s[taken])
    return level + _summed(sample, step[taken] * share, len(time_s))


def waves(
    rng: np.random.Generator, time_s: Floats, channels: int, hertz: tuple[float, float], count: int
) -> Floats:
    """Smooth wandering of SD 1, log-uniform in frequency.

    Args:
        rng: Where the randomness comes from.
        time_s: [times].
        channels: How many wander, each its own way.
        hertz: Slowest and fastest.
        count: How many sines each is the sum of.

    Returns:
        [times, channels].
    """
    frequency = np.exp(rng.uniform(np.log(hertz[0]), np.log(hertz[1]), count))
    phase = rng.uniform(0.0, 2 * np.pi, count)
    shares = rng.standard_normal((count, channels)) / np.sqrt(count / 2)
    wandering: Floats = np.sin(2 * np.pi * frequency * time_s[:, None] + phase) @ shares
    return wandering


def smooth(share: Floats) -> Floats:
    """Ease from 0 to 1 while `share` goes from 0 to 1: ``3 s^2 - 2 s^3``."""
    share = np.clip(share, 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _summed(cell: NDArray[np.intp], values: Floats, cells: int) -> Floats:
    """[cells] the values of each, added."""
    return np.bincount(cell, values, cells).astype(np.float64, copy=False)


def _during(
    start_s: Floats, stop_s: Floats, time_s: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each sample of each event, one event after the other: which event, which sample."""
    first = np.searchsorted(time_s, start_s)
    # Up to the first sample past the end, so that no sample belongs to two steps in a row.
    count = np.searchsorted(time_s, stop_s) - first
    event = np.repeat(np.arange(len(count)), count)
    sample = np.arange(len(event)) + np.repeat(first - np.cumsum(count) + count, count)
    return event, sample
