"""`Align`: asynchronous samples of many wearers -> every channel at one instant.

One path for wire, log and training. All arrays have a leading wearer axis. A sample later than the
instant asked for is never looked at; it waits until its time has come. Late, doubled, reordered,
NaN, infinite and out-of-range samples are values to handle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.sensors.frame import SampleColumns
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.stream import Stream

DEPTH = 8
"""Samples kept of each stream and wearer: a frame's worth of a fast stream, out of order."""

MAX_AGE_S = 0.1
"""A value older than this is absent; a face with no value left is then held (`outputs.fusion`)."""

LONGEST_S = 1.0
"""From one instant to the next it is never longer than this for a model, whatever the times say."""

AHEAD_NS = 50_000_000
"""A sample further ahead of the instant than this came from a broken clock and is forgotten."""

SHORTEST_GAP_S = 1e-3
"""Two values nearer to each other than this differ as if they were this far apart."""

RANGE_TOLERANCE = 0.05
"""Share of its range by which a channel may overshoot and is clipped; beyond, it has no value."""

NEVER_NS = np.iinfo(np.int64).min
"""The instant of what has not happened."""


class Aligned(NamedTuple):
    """Every channel of a headset at one instant, for W wearers.

    Channels stand in profile order: stream by stream, channel by channel.

    Attributes:
        value: [W, channels] newest value at or before the instant; 0 where there never was one.
        difference: [W, channels] change per second from the value before it; 0 where there is none.
        present: [W, channels] whether `value` is young enough to count.
        age_s: [W, channels] age of `value` in seconds; infinite where there never was one.
        sample_time_ns: [W] time of the newest sample that gave any value; the least int64 = none.
    """

    value: NDArray[np.float32]
    difference: NDArray[np.float32]
    present: NDArray[np.bool_]
    age_s: NDArray[np.float32]
    sample_time_ns: NDArray[np.int64]


@dataclass
class Ring(Columns):
    """The last `DEPTH` samples of one stream for every wearer, in no particular order."""

    time_ns: NDArray[np.int64]
    values: NDArray[np.float32]

    @classmethod
    def empty(cls, stream: Stream, wearers: int) -> Ring:
        """Before the first sample."""
        shape = (wearers, DEPTH, len(stream.channels))
        return cls(np.full((wearers, DEPTH), NEVER_NS), np.full(shape, np.nan, dtype=np.float32))

    def insert(self, samples: SampleColumns) -> None:
        """Take samples in, in range; those older than all that are held are left out."""
        values = samples.values
        rows, times = samples.row, samples.sample_time_ns
        # One pass a round: at most one sample of each wearer is written in a round, in arrival
        # order.
        left = np.arange(len(rows))
        while left.size:
            _, first = np.unique(rows[left], return_index=True)
            now = left[first]
            self._write(rows[now], times[now], values[now])
            left = np.delete(left, first)

    def forget_after(self, frame_time_ns: NDArray[np.int64]) -> None:
        """Forget samples from too far ahead of each wearer's instant."""
        # Else a few samples of a broken clock would hold their places for ever.
        ahead = np.minimum(frame_time_ns, np.iinfo(np.int64).max - AHEAD_NS) + AHEAD_NS
        self.time_ns[self.time_ns > ahead[:, None]] = NEVER_NS

    def _write(
        self, rows: NDArray[np.intp], times: NDArray[np.int64], values: NDArray[np.float32]
    ) -> None:
        held = self.time_ns[rows]
        same = held == times[:, None]
        slot = np.where(same.any(axis=1), same.argmax(axis=1), held.argmin(axis=1))
        newer = times >= held[np.arange(len(rows)), slot]
        rows, slot = rows[newer], slot[newer]
        self.time_ns[rows, slot] = times[newer]
        self.values[rows, slot] = values[newer]


class Limits:
    """The ranges of a stream's channels.

    Args:
        stream: Whose channels.
    """

    def __init__(self, stream: Stream) -> None:
        self._low = np.array([entry.low for entry in stream.registered], dtype=np.float32)
        self._high = np.array([entry.high for entry in stream.registered], dtype=np.float32)
        margin = RANGE_TOLERANCE * (self._high - self._low)
        self._least, self._most = self._low - margin, self._high + margin

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values [..., channels] as they count: clipped, or NaN where they are none."""
        sane = (values >= self._least) & (values <= self._most)
        return np.where(sane, np.clip(values, self._low, self._high), np.float32(np.nan))


@dataclass
class Held(Columns):
    """The newest samples of every stream."""

    rings: list[Ring]


class Align:
    """Keeps the newest samples of every wearer and reads them off at an instant.

    Args:
        headset: Whose streams and channels.
        wearers: W, the number of rows.
    """

    def __init__(self, headset: HeadsetProfile, wearers: int) -> None:
        self.widths = tuple(len(stream.channels) for stream in headset.streams)
        self._limits = [Limits(stream) for stream in headset.streams]
        self.held = Held([Ring.empty(stream, wearers) for stream in headset.streams])

    def push(self, samples: list[SampleColumns]) -> None:
        """Take samples in, one entry a stream, of any wearers and in any order of time."""
        for entry in samples:
            values = self._limits[entry.stream](entry.values)
            self.held.rings[entry.stream].insert(replace(entry, values=values))

    def at(self, frame_time_ns: NDArray[np.int64]) -> Aligned:
        """Read every channel off at one instant of each wearer's own clock.

        Args:
            frame_time_ns: [W]; samples later than this are not looked at.
        """
        for ring in self.held.rings:
            ring.forget_after(frame_time_ns)
        return read(self.held.rings, frame_time_ns)


def read(rings: Sequence[Ring], frame_time_ns: NDArray[np.int64]) -> Aligned:
    """Every channel of some streams at one instant of each row, from the samples that are held."""
    parts = [_read(ring, frame_time_ns) for ring in rings]
    value, difference, age_s = (
        np.concatenate([part[i] for part in parts], axis=1) for i in range(3)
    )
    newest = np.max([part[3] for part in parts], axis=0)
    return Aligned(value, difference, age_s <= MAX_AGE_S, age_s, newest)


def _read(
    ring: Ring, frame_time_ns: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Value, difference a second and age of each channel, and the newest time: [W, C] x 3, [W]."""
    order = np.argsort(ring.time_ns, axis=1)
    times = np.take_along_axis(ring.time_ns, order, axis=1)
    values = np.take_along_axis(ring.values, order[:, :, None], axis=1)
    past = (times <= frame_time_ns[:, None]) & (times != NEVER_NS)
    usable = past[:, :, None] & np.isfinite(values)

    place = np.arange(1, DEPTH + 1)[None, :, None] * usable
    newest = place.max(axis=1)
    before = (place * (place < newest[:, None, :])).max(axis=1)
    have, have_two = newest > 0, before > 0
    newest, before = np.maximum(newest - 1, 0), np.maximum(before - 1, 0)

    value = np.take_along_axis(values, newest[:, None, :], axis=1)[:, 0]
    older = np.take_along_axis(values, before[:, None, :], axis=1)[:, 0]
    rows = np.arange(len(times))[:, None]
    value_time, older_time = times[rows, newest], times[rows, before]

    with np.errstate(over="ignore", invalid="ignore"):
        gap_s = np.where(have_two, (value_time - older_time) / 1e9, 1.0)
        age_s = np.where(have, (frame_time_ns[:, None] - value_time) / 1e9, np.inf)
    # Times that lie further apart than an int64 holds wrap round to a negative age: never heard of.
    age_s = np.where(age_s < 0.0, np.inf, age_s)
    difference = np.where(have_two, (value - older) / np.maximum(gap_s, SHORTEST_GAP_S), 0.0)
    latest = np.where(usable.any(axis=2), times, NEVER_NS).max(axis=1)
    return (
        np.where(have, value, 0.0).astype(np.float32),
        difference.astype(np.float32),
        age_s.astype(np.float32),
        latest,
    )
