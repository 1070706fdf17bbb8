"""`SensorFrame`: the raw samples that arrived since the last frame, each with its own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Sample:
    """What one stream gave at one instant, as the sensor gave it.

    Attributes:
        stream: Index into the headset profile's streams.
        sample_time_ns: When it was sensed, on the sender's session clock.
        values: [channels] in the stream's channel order; NaN = no value.
        confidence: The tracker's own, in [0, 1]; None where it has none.
    """

    stream: int
    sample_time_ns: int
    values: NDArray[np.float32]
    confidence: float | None = None


@dataclass(frozen=True)
class SensorFrame:
    """All samples since the last frame, each once, in any order.

    Presence and age are computed by `vrface.sensors.align`; a frame never carries them.

    Attributes:
        sequence: Counts frames from 1.
        frame_time_ns: The instant the face is wanted for, on the sender's session clock.
        samples: What arrived.
    """

    sequence: int
    frame_time_ns: int
    samples: tuple[Sample, ...] = field(default=())


_TIMES = range(-(2**63), 2**63)

MOST_SAMPLES = 512
"""Samples that a merged frame keeps at the most: seconds of any headset, and a bound on memory."""


def merged(older: SensorFrame | None, newer: SensorFrame) -> SensorFrame:
    """`newer` with the samples of a frame it overtook, so that no sample is lost with it."""
    if older is None:
        return newer
    samples = (older.samples + newer.samples)[-MOST_SAMPLES:]
    return SensorFrame(newer.sequence, newer.frame_time_ns, samples)


@dataclass(frozen=True)
class SampleColumns:
    """Samples of one stream from several wearers.

    Attributes:
        stream: Index into the headset profile's streams.
        row: [samples] which wearer each is from.
        sample_time_ns: [samples] when each was sensed, on its wearer's session clock.
        values: [samples, channels]; NaN = no value.
    """

    stream: int
    row: NDArray[np.intp]
    sample_time_ns: NDArray[np.int64]
    values: NDArray[np.float32]


def columns(
    frames: Iterable[tuple[int, SensorFrame]], widths: tuple[int, ...]
) -> list[SampleColumns]:
    """Gather the samples of several wearers' frames by stream.

    A sample of a stream that the profile lacks, of another width or at a time beyond 64 bits is
    left out: bad data is no value.

    Args:
        frames: Pairs of wearer row and frame.
        widths: Number of channels of each stream of the headset.

    Returns:
        One entry for each stream that has samples, in stream order; samples keep their order.
    """
    by_stream: list[tuple[list[int], list[int], list[NDArray[np.float32]]]]
    by_stream = [([], [], []) for _ in widths]
    for row, frame in frames:
        for sample in frame.samples:
            if fits(sample, widths):
                rows, times, values = by_stream[sample.stream]
                rows.append(row)
                times.append(sample.sample_time_ns)
                values.append(sample.values)
    return [
        SampleColumns(
            stream=stream,
            row=np.array(rows, np.intp),
            sample_time_ns=np.array(times, np.int64),
            values=np.array(values, np.float32),
        )
        for stream, (rows, times, values) in enumerate(by_stream)
        if rows
    ]


def fits(sample: Sample, widths: tuple[int, ...]) -> bool:
    """Whether a sample is of a stream of a headset, given how many channels each has."""
    return (
        0 <= sample.stream < len(widths)
        # To ask an array itself takes less than to ask `np.shape`, which knows lists too.
        and (getattr(sample.values, "shape", None) or np.shape(sample.values))
        == (widths[sample.stream],)
        and sample.sample_time_ns in _TIMES
    )
