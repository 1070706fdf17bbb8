"""Disturbances: one window of a recording as another headset, another link or a bad day has it.

All of them happen to samples, before `align`: what training sees of a late, frozen or missing
sensor is what serving would make of one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.sensors.align import MAX_AGE_S
from vrface.sensors.headset import HeadsetProfile, headset
from vrface.sensors.paired import Paired
from vrface.sensors.recording import StreamSamples
from vrface.training.ranges import require


@dataclass(frozen=True)
class Disturbances:
    """How often and how far windows are disturbed.

    Attributes:
        rate_hz: Lowest and highest frame rate; log-uniform between.
        unsteady: Standard deviation of the time between two frames, in frame periods.
        tiers: Headsets and the chance of each that a window keeps only the channels it has.
        subset: Chance that each stream of a window is there or not by the toss of a coin.
        silent: Chance that a stream falls silent within a window.
        silence_s: Shortest and longest silence.
        dead: Chance that a channel has no value at all.
        stuck: Chance that a channel stays at one value.
        latency_s: Most that a stream comes later than it was recorded; uniform from 0.
        jitter_s: Mean of each sample's own, exponential, delay.
        gain: Standard deviation of the logarithm of a mouth channel's gain.
    """

    rate_hz: tuple[float, float] = (50.0, 144.0)
    unsteady: float = 0.05
    tiers: tuple[tuple[str, float], ...] = (("openness_gaze_mouth", 0.15), ("mouth_only", 0.15))
    subset: float = 0.2
    silent: float = 0.15
    silence_s: tuple[float, float] = (0.1, 3.0)
    dead: float = 0.02
    stuck: float = 0.01
    latency_s: float = 0.03
    jitter_s: float = 0.002
    gain: float = 0.1

    def __post_init__(self) -> None:
        """Check what a recipe may get wrong.

        Raises:
            BadUse: if a setting is out of range.
        """
        chances = ("subset", "silent", "dead", "stuck")
        ranges = {
            "rate_hz": (1.0, 1000.0),
            "unsteady": (0.0, 1.0),
            **dict.fromkeys(chances, (0.0, 1.0)),
            "silence_s": (1e-3, 3600.0),
            "latency_s": (0.0, 10.0),
            "jitter_s": (0.0, 10.0),
            "gain": (0.0, 2.0),
        }
        require("disturbances", self, ranges)
        total = sum(chance for _, chance in self.tiers) + self.subset
        if total > 1.0 or any(chance < 0.0 for _, chance in self.tiers):
            raise BadUse(
                f"disturbances: the chances of tiers and subset are 0 to 1 in all, got {total:g}."
            )


def disturbed(
    paired: Paired, frames: int, amount: Disturbances, rng: np.random.Generator
) -> Paired:
    """A window of a recording, disturbed.

    Args:
        paired: A recording longer than `frames` at the highest rate.
        frames: How many frames the window has.
        amount: Of disturbance.
        rng: What it is drawn from.

    Returns:
        The window as a recording: the same clock, frame times of its own, truth at those.
    """
    frame_time_ns = _frame_times(paired, frames, amount, rng)
    kept = _kept(paired.headset, amount, rng)
    streams = tuple(
        _disturbed_stream(samples, there, frame_time_ns, amount, rng)
        for samples, there in zip(paired.streams, kept, strict=True)
    )
    truth = paired.truth.at(frame_time_ns)
    return replace(paired, frame_time_ns=frame_time_ns, streams=streams, truth=truth)


def _frame_times(
    paired: Paired, frames: int, amount: Disturbances, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Times of a window's frames, somewhere in the recording, at a rate of its own."""
    start_ns = int(paired.frame_time_ns[0])
    length_ns = int(paired.frame_time_ns[-1]) - start_ns
    period_ns = 1e9 / np.exp(rng.uniform(*np.log(amount.rate_hz)))
    steps = period_ns * np.clip(1.0 + amount.unsteady * rng.standard_normal(frames), 0.2, 1.8)
    steps[0] = 0.0
    offset = np.cumsum(steps)
    # A recording that is too short for a slow window gets a faster one.
    offset = np.minimum(offset * min(1.0, length_ns / offset[-1]), length_ns)
    offset += rng.uniform(0.0, 1.0) * (length_ns - offset[-1])
    return np.asarray(start_ns + np.floor(offset), dtype=np.int64)


def _kept(
    worn: HeadsetProfile, amount: Disturbances, rng: np.random.Generator
) -> list[NDArray[np.bool_]]:
    """Which channels of each stream are there."""
    names, chances = zip(*amount.tiers, strict=True) if amount.tiers else ((), ())
    choice = int(np.searchsorted(np.cumsum([*chances, amount.subset]), rng.random(), side="right"))
    tossed = rng.random(len(worn.streams)) < 0.5
    if choice > len(names):
        return [np.ones(len(stream.channels), np.bool_) for stream in worn.streams]
    if choice == len(names):
        return [
            np.full(len(stream.channels), there)
            for stream, there in zip(worn.streams, tossed, strict=True)
        ]
    tier = {(s.name, channel) for s in headset(names[choice]).streams for channel in s.channels}
    return [
        np.array([(stream.name, channel) in tier for channel in stream.channels])
        for stream in worn.streams
    ]


def _disturbed_stream(
    samples: StreamSamples,
    there: NDArray[np.bool_],
    frame_time_ns: NDArray[np.int64],
    amount: Disturbances,
    rng: np.random.Generator,
) -> StreamSamples:
    """What a window hears of one stream."""
    start_ns, stop_ns = int(frame_time_ns[0]), int(frame_time_ns[-1])
    before_ns = start_ns - int((MAX_AGE_S + amount.latency_s) * 1e9)
    inside = slice(*np.searchsorted(samples.arrival_ns, [before_ns, stop_ns], side="right"))
    time_ns, values = samples.sample_time_ns[inside], samples.values[inside].copy()
    count, channels = values.shape

    values[:, ~there | (rng.random(channels) < amount.dead)] = np.nan
    stuck = rng.random(channels) < amount.stuck
    if count:
        values[:, stuck] = values[rng.integers(count), stuck]

    delay_s = rng.uniform(0.0, amount.latency_s) + rng.exponential(amount.jitter_s, count)
    arrival_ns = samples.arrival_ns[inside] + np.round(delay_s * 1e9).astype(np.int64)
    heard = np.argsort(arrival_ns, kind="stable")
    if rng.random() < amount.silent:
        length_ns = 1e9 * np.exp(rng.uniform(*np.log(amount.silence_s)))
        begin_ns = rng.uniform(start_ns - length_ns, stop_ns)
        silent = (time_ns >= begin_ns) & (time_ns < begin_ns + length_ns)
        heard = heard[~silent[heard]]
    return StreamSamples(time_ns[heard], arrival_ns[heard], values[heard])
