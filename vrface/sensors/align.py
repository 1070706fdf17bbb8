"""`Align`: asynchronous samples of many wearers -> every channel at one instant.

One path for wire, log and training. All arrays have a leading wearer axis. A sample later than the
instant asked for is never looked at; it waits until its time has come. Late, doubled, reordered,
NaN, infinite and out-of-range samples are values to handle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.sensors.frame import Sample, SampleColumns, SensorFrame, fits
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
class Rings(Columns):
    """The last `DEPTH` samples of every stream for every wearer, in no particular order.

    Attributes:
        time_ns: [W, DEPTH, streams] when each was sensed; the least int64 = none.
        values: [W, DEPTH, channels] of all streams, as they came; NaN = no value.
    """

    time_ns: NDArray[np.int64]
    values: NDArray[np.float32]

    def write(self, row: int, stream: int, channels: slice, sample: Sample) -> None:
        """Take one sample in; one that is older than all that are held is left out.

        Args:
            row: Whose.
            stream: Which one.
            channels: Where its channels stand.
            sample: It fits them.
        """
        held_ns, time_ns = self.time_ns[row, :, stream], sample.sample_time_ns
        times: list[int] = held_ns.tolist()
        slot = times.index(time_ns) if time_ns in times else times.index(min(times))
        if time_ns >= times[slot]:
            held_ns[slot] = time_ns
            self.values[row, slot, channels] = sample.values

    def insert(self, stream: int, channels: slice, samples: SampleColumns) -> None:
        """The same of samples of one stream from several wearers, in order of arrival."""
        time_ns, held = self.time_ns[:, :, stream], self.values[:, :, channels]
        rows, times = samples.row, samples.sample_time_ns
        # One pass a round: at most one sample of each wearer is written in a round, in arrival
        # order.
        left = np.arange(len(rows))
        while left.size:
            _, first = np.unique(rows[left], return_index=True)
            now = left[first]
            _write(time_ns, held, rows[now], times[now], samples.values[now])
            left = np.delete(left, first)

    def forget_after(self, frame_time_ns: NDArray[np.int64]) -> bool:
        """Forget samples from too far ahead of each wearer's instant; whether there were any."""
        # Else a few samples of a broken clock would hold their places for ever.
        latest = np.minimum(frame_time_ns, np.iinfo(np.int64).max - AHEAD_NS) + AHEAD_NS
        ahead = self.time_ns > latest[:, None, None]
        self.time_ns[ahead] = NEVER_NS
        return bool(ahead.any())


def _write(
    held_ns: NDArray[np.int64],
    held: NDArray[np.float32],
    rows: NDArray[np.intp],
    times: NDArray[np.int64],
    values: NDArray[np.float32],
) -> None:
    """`Rings.write` of several wearers, no wearer twice."""
    own = held_ns[rows]
    same = own == times[:, None]
    slot = np.where(same.any(axis=1), same.argmax(axis=1), own.argmin(axis=1))
    newer = times >= own[np.arange(len(rows)), slot]
    rows, slot = rows[newer], slot[newer]
    held_ns[rows, slot] = times[newer]
    held[rows, slot] = values[newer]


class Channels:
    """Where the channels of a headset stand, stream by stream.

    Args:
        streams: Of the headset.

    Attributes:
        widths: Number of channels of each stream.
        of_stream: Where those of each stream stand.
        stream_of: [channels] the stream of each.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self.widths = tuple(len(stream.channels) for stream in streams)
        ends = np.cumsum((0, *self.widths)).tolist()
        self.of_stream = [slice(*pair) for pair in pairwise(ends)]
        self.stream_of = np.repeat(np.arange(len(self.widths)), self.widths)
        known = [entry for stream in streams for entry in stream.registered]
        self._low = np.array([entry.low for entry in known], dtype=np.float32)
        self._high = np.array([entry.high for entry in known], dtype=np.float32)
        margin = RANGE_TOLERANCE * (self._high - self._low)
        self._least, self._most = self._low - margin, self._high + margin

    def in_range(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values [..., channels] as they count: clipped, or NaN where they are none."""
        sane = (values >= self._least) & (values <= self._most)
        return np.where(sane, np.clip(values, self._low, self._high), np.float32(np.nan))

    def rings(self, wearers: int) -> Rings:
        """Before the first sample."""
        values = np.full((wearers, DEPTH, len(self.stream_of)), np.nan, dtype=np.float32)
        return Rings(np.full((wearers, DEPTH, len(self.widths)), NEVER_NS), values)


class Align:
    """Keeps the newest samples of every wearer and reads them off at an instant.

    Args:
        headset: Whose streams and channels.
        wearers: W, the number of rows.
    """

    def __init__(self, headset: HeadsetProfile, wearers: int) -> None:
        self._channels = Channels(headset.streams)
        self.widths = self._channels.widths
        self.held = self._channels.rings(wearers)

    def push(self, samples: list[SampleColumns]) -> None:
        """Take samples in, one entry a stream, of any wearers and in any order of time."""
        for entry in samples:
            self.held.insert(entry.stream, self._channels.of_stream[entry.stream], entry)

    def push_frames(
        self,
        frames: Iterable[tuple[int, SensorFrame]],
        left_out: Callable[[Sample], None] | None = None,
    ) -> None:
        """Take in the samples of frames, one by one.

        Args:
            frames: Pairs of wearer row and frame.
            left_out: Told of each sample that is of none of the headset's streams.
        """
        of_stream = self._channels.of_stream
        for row, frame in frames:
            for sample in frame.samples:
                if fits(sample, self.widths):
                    self.held.write(row, sample.stream, of_stream[sample.stream], sample)
                elif left_out is not None:
                    left_out(sample)

    def at(self, frame_time_ns: NDArray[np.int64], rows: NDArray[np.intp] | None = None) -> Aligned:
        """Read every channel off at one instant of each wearer's own clock.

        Args:
            frame_time_ns: [n]; samples later than this are not looked at.
            rows: [n] of which wearers, each once; None = all W.
        """
        if rows is None:
            self.held.forget_after(frame_time_ns)
            return read(self.held, self._channels, frame_time_ns)
        held = self.held.take(rows)
        if held.forget_after(frame_time_ns):
            self.held.put(rows, held)
        return read(held, self._channels, frame_time_ns)


def read(rings: Rings, channels: Channels, frame_time_ns: NDArray[np.int64]) -> Aligned:
    """Every channel at one instant of each row, from the samples that are held.

    Args:
        rings: Where each stream has at most one sample of a time.
        channels: Of the headset.
        frame_time_ns: [W].
    """
    values = channels.in_range(rings.values)
    past_ns = np.where(rings.time_ns <= frame_time_ns[:, None, None], rings.time_ns, NEVER_NS)
    times = past_ns[:, :, channels.stream_of]
    times[np.isnan(values)] = NEVER_NS
    value, value_time, times = _newest(values, times)
    older, older_time, _ = _newest(values, times)
    have, have_two = value_time != NEVER_NS, older_time != NEVER_NS
    with np.errstate(over="ignore", invalid="ignore"):
        gap_s = np.where(have_two, (value_time - older_time) / 1e9, 1.0)
        age_s = np.where(have, (frame_time_ns[:, None] - value_time) / 1e9, np.inf)
    # Times that lie further apart than an int64 holds wrap round to a negative age: never heard of.
    age_s = np.where(age_s < 0.0, np.inf, age_s).astype(np.float32)
    difference = np.where(have_two, (value - older) / np.maximum(gap_s, SHORTEST_GAP_S), 0.0)
    return Aligned(
        np.where(have, value, np.float32(0.0)),
        difference.astype(np.float32),
        age_s <= MAX_AGE_S,
        age_s,
        value_time.max(axis=1),
    )


def _newest(
    values: NDArray[np.float32], times: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """The newest value of each channel and its time, [W, channels]; and the times without it."""
    newest = times.max(axis=1)
    there = times == newest[:, None]
    # Only one is of this time, unless there is none at all.
    value = np.where(there, values, np.float32(0.0)).sum(axis=1, dtype=np.float32)
    return value, newest, np.where(there, NEVER_NS, times)
