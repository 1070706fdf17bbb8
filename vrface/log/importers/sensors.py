"""Streams of another program's log -> `SensorRecording`, behind the headset that sensed them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.sensors.headset import HeadsetProfile, parse
from vrface.sensors.recording import SensorRecording, StreamSamples
from vrface.sensors.stream import Stream

_FOLDER = resources.files("vrface.log.importers").joinpath("headsets")

HEADSETS: tuple[str, ...] = tuple(
    sorted(file.name[: -len(".toml")] for file in _FOLDER.iterdir() if file.name.endswith(".toml"))
)
"""What the logs that are imported were recorded with, every TOML file of its folder; nothing serves
these by name."""

Samples = tuple[NDArray[np.int64], NDArray[np.float64]]
"""When each sample of a stream was sensed, [n] nanoseconds, and its values, [n, channels]."""


@cache
def headset_of(name: str) -> HeadsetProfile:
    """The profile of one of `HEADSETS`, with every stream that its logs can hold."""
    return parse(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"), name)


def sensed(
    name: str,
    person: str,
    headset: str,
    samples: Mapping[str, Samples],
    frames_every_ns: int = 1,
) -> SensorRecording:
    """A recording of what a real headset sensed, from time 0.

    No log of another program says when a sample arrived, so each arrives when it was sensed. There
    is a frame wherever one did, and none in a gap.

    Args:
        name: What reports call it.
        person: Pseudonym of whose it is.
        headset: One of `HEADSETS`.
        samples: By stream, in order of time; a stream that is missing, or without a single value,
            is one that the headset did not have.
        frames_every_ns: Frames stand on multiples of this: for streams that were not sampled
            together.

    Raises:
        TakeError: if nothing was sensed, or only once.
    """
    profile, kept = _present(headset, samples)
    if not kept:
        raise TakeError(f"{name!r} holds no value that {headset} could have sensed.")
    start = min(int(time[0]) for time, _ in kept)
    times = [time - start for time, _ in kept]
    frames = np.unique(np.concatenate([-(-time // frames_every_ns) for time in times]))
    if len(frames) < 2:
        raise TakeError(f"{name!r} holds {len(frames)} instant.", "Record for longer.")
    return SensorRecording(
        name=name,
        wearer=person,
        donning=name,
        headset=profile,
        frame_time_ns=frames * frames_every_ns,
        streams=tuple(
            StreamSamples(time, time, values) for time, (_, values) in zip(times, kept, strict=True)
        ),
        real_sensors=True,
    )


def _present(
    headset: str, samples: Mapping[str, Samples]
) -> tuple[HeadsetProfile, list[tuple[NDArray[np.int64], NDArray[np.float32]]]]:
    """The headset with the streams that hold a value, and those; none of them if none does."""
    whole, kept, gone = headset_of(headset), [], []
    for stream in whole.streams:
        if stream.name in samples:
            time, values = samples[stream.name][0], _values(stream, samples[stream.name][1])
            if np.isfinite(values).any():
                kept.append((time, values))
                continue
        gone.append(stream.name)
    return whole.without(*gone), kept


def _values(stream: Stream, values: NDArray[np.float64]) -> NDArray[np.float32]:
    """What lies within the channels' ranges; anything else is no value."""
    low, high = np.array([(channel.low, channel.high) for channel in stream.registered]).T
    return np.where((values >= low) & (values <= high), values, np.nan).astype(np.float32)
