"""Disturbances: a recording as another headset, another link or a bad day has it.

What time does to sensors happens to samples, before `align`: what training sees of a late, frozen
or missing sensor is what serving would make of one. Which channels there are at all is drawn anew
for each window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, COUNT, PAIR, mask
from vrface.model.features import SLOTS, STREAMS, WIDTH, Features
from vrface.sensors.headset import HeadsetProfile, headset, shapes_of
from vrface.sensors.paired import Paired
from vrface.sensors.recording import StreamSamples
from vrface.training.ranges import require

Floats: TypeAlias = NDArray[np.float32]

_WARPED = np.array(
    [
        name.startswith(("brow", "cheekSquint", "noseSneer", "eyeSquint", "eyeWide"))
        for name in BLENDSHAPES
    ]
)
_STREAM = np.array([STREAMS.index(stream) for stream, _ in SLOTS])
_MEASURES = np.array([mask(shapes_of(*slot)) for slot in SLOTS])


@dataclass(frozen=True)
class Disturbances:
    """How often and how far windows are disturbed.

    Attributes:
        rate_hz: Lowest and highest frame rate; log-uniform between.
        unsteady: Standard deviation of the time between two frames, in frame periods.
        tiers: Headsets and the chance of each that a window keeps only the channels it has.
        subset: Chance that each stream of a window is there or not by the toss of a coin.
        dead: Chance that a channel of a window has no value at all.
        silent: How many times a minute a stream falls silent.
        silence_s: Shortest and longest silence.
        stuck: Chance that a channel stays at one value.
        latency_s: Most that a stream comes later than it was recorded; uniform from 0.
        jitter_s: Mean of each sample's own, exponential, delay.
        gain: Standard deviation of the logarithm of a mouth channel's gain, window by window.
        warp: Standard deviation of the logarithm of how far an upper face moves, shape by shape and
            window by window: people whose brows do the same are given different weights for it.
    """

    rate_hz: tuple[float, float] = (50.0, 144.0)
    unsteady: float = 0.05
    tiers: tuple[tuple[str, float], ...] = (
        ("openness_gaze_mouth", 0.15),
        ("mouth_only", 0.15),
        ("steam_frame", 0.05),
        ("audio_only", 0.04),
        ("foam_16", 0.04),
        ("emg_8", 0.04),
    )
    subset: float = 0.1
    silent: float = 2.0
    silence_s: tuple[float, float] = (0.1, 3.0)
    dead: float = 0.02
    stuck: float = 0.01
    latency_s: float = 0.03
    jitter_s: float = 0.002
    gain: float = 0.1
    warp: float = 0.1

    @property
    def poorer(self) -> tuple[str, ...]:
        """Names of the tiers."""
        return tuple(name for name, _ in self.tiers)

    def __post_init__(self) -> None:
        """Check what a recipe may get wrong.

        Raises:
            BadUse: if a setting is out of range.
        """
        chances = ("subset", "dead", "stuck")
        ranges = {
            "rate_hz": (1.0, 1000.0),
            "unsteady": (0.0, 1.0),
            **dict.fromkeys(chances, (0.0, 1.0)),
            "silent": (0.0, 600.0),
            "silence_s": (1e-3, 3600.0),
            "latency_s": (0.0, 10.0),
            "jitter_s": (0.0, 10.0),
            "gain": (0.0, 2.0),
            "warp": (0.0, 2.0),
        }
        require("disturbances", self, ranges)
        total = sum(chance for _, chance in self.tiers) + self.subset
        if total > 1.0 or any(chance < 0.0 for _, chance in self.tiers):
            raise BadUse(
                f"disturbances: the chances of tiers and subset are 0 to 1 in all, got {total:g}."
            )


def disturbed(paired: Paired, amount: Disturbances, rng: np.random.Generator) -> Paired:
    """A recording, disturbed: the same clock, frame times of its own, truth at those.

    Args:
        paired: The recording.
        amount: Of disturbance.
        rng: What it is drawn from.
    """
    frame_time_ns = _frame_times(paired, amount, rng)
    streams = tuple(_disturbed_stream(samples, amount, rng) for samples in paired.streams)
    truth = paired.truth.at(frame_time_ns)
    return replace(paired, frame_time_ns=frame_time_ns, streams=streams, truth=truth)


def kept(worn: HeadsetProfile, amount: Disturbances, rng: np.random.Generator) -> NDArray[np.bool_]:
    """[256] which slots of a window are there, of those that a headset fills."""
    there = _of_tier(worn, amount, rng)
    return there & (rng.random(WIDTH) >= amount.dead)


def sensed(worn: HeadsetProfile, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[54] which shapes a window's headset measures by the slots [256] that are there."""
    return mask(worn.measures) & _MEASURES[there & slots_of(worn)].any(axis=0)


def warp(
    amount: Disturbances, measured: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """How far a window's upper face moves: [54] gain and exponent of each rest-relative weight.

    Sides stay tied. Blinks and gaze keep their scale, which geometry gives them, and so do the
    mouth, whose sensors are given gains of their own, and what is `measured` [54]: its sensor says
    how far it moved.
    """
    drawn = np.exp(amount.warp * rng.standard_normal((2, COUNT)))[:, PAIR]
    moves = _WARPED & ~(measured | measured[PAIR])
    gain, exponent = np.where(moves, drawn ** np.array([[1.0], [0.5]]), 1.0).astype(np.float32)
    return gain, exponent


def _of_tier(
    worn: HeadsetProfile, amount: Disturbances, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The slots of a tier; all, where the headset shares none with it."""
    names, chances = zip(*amount.tiers, strict=True) if amount.tiers else ((), ())
    choice = int(np.searchsorted(np.cumsum([*chances, amount.subset]), rng.random(), side="right"))
    tossed = rng.random(len(STREAMS)) < 0.5
    if choice < len(names) and (within := slots_of(worn) & slots_of(headset(names[choice]))).any():
        return within
    if choice == len(names):
        return np.asarray(tossed[_STREAM])
    return np.ones(WIDTH, np.bool_)


@cache
def slots_of(worn: HeadsetProfile) -> NDArray[np.bool_]:
    """[256] the slots that a headset fills."""
    return Features(worn).measured


def _frame_times(
    paired: Paired, amount: Disturbances, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Times of frames through all of a recording, at a rate of its own."""
    start_ns = int(paired.frame_time_ns[0])
    length_ns = int(paired.frame_time_ns[-1]) - start_ns
    period_ns = 1e9 / np.exp(rng.uniform(*np.log(amount.rate_hz)))
    frames = max(int(length_ns / period_ns), 1)
    steps = period_ns * np.clip(1.0 + amount.unsteady * rng.standard_normal(frames), 0.2, 1.8)
    offset = np.minimum(np.concatenate([[0.0], np.cumsum(steps)]), length_ns)
    return np.unique(np.asarray(start_ns + np.floor(offset), dtype=np.int64))


def _disturbed_stream(
    samples: StreamSamples, amount: Disturbances, rng: np.random.Generator
) -> StreamSamples:
    """What is heard of one stream."""
    time_ns, values = samples.sample_time_ns, samples.values.copy()
    count, channels = values.shape
    stuck = rng.random(channels) < amount.stuck
    if not count:
        return samples
    values[:, stuck] = values[rng.integers(count), stuck]

    delay_s = rng.uniform(0.0, amount.latency_s) + rng.exponential(amount.jitter_s, count)
    arrival_ns = samples.arrival_ns + np.round(delay_s * 1e9).astype(np.int64)
    silent = np.zeros(count, np.bool_)
    minutes = (int(time_ns[-1]) - int(time_ns[0])) / 60e9
    for _ in range(rng.poisson(amount.silent * minutes)):
        begin_ns = rng.uniform(time_ns[0], time_ns[-1])
        length_ns = 1e9 * np.exp(rng.uniform(*np.log(amount.silence_s)))
        silent |= (time_ns >= begin_ns) & (time_ns < begin_ns + length_ns)
    heard = np.argsort(arrival_ns, kind="stable")
    heard = heard[~silent[heard]]
    return StreamSamples(time_ns[heard], arrival_ns[heard], values[heard])
