"""`Paired`: what a headset sensed, frame by frame, with the full face behind it.

One wearer, one donning: what simulation returns, a paired log holds, and evaluation reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.take import Take
from vrface.sensors.frame import Sample, SampleColumns, SensorFrame
from vrface.sensors.headset import HeadsetProfile


@dataclass(frozen=True, eq=False)
class StreamSamples:
    """All samples of one stream, in order of arrival.

    Attributes:
        sample_time_ns: [samples] when each was sensed.
        arrival_ns: [samples] when each arrived: never before it was sensed, never decreasing.
        values: [samples, channels] in the stream's channel order; NaN = no value.
    """

    sample_time_ns: NDArray[np.int64]
    arrival_ns: NDArray[np.int64]
    values: NDArray[np.float32]

    def frame_of(self, frame_time_ns: NDArray[np.int64]) -> NDArray[np.intp]:
        """[samples] the first frame at or after each arrival; the count of frames if none is."""
        return np.searchsorted(frame_time_ns, self.arrival_ns)


@dataclass(frozen=True, eq=False)
class Paired:
    """One recording through one headset.

    Attributes:
        name: What reports call it.
        wearer: Pseudonym of whose face it is; the unit that train and test are split by.
        donning: Pseudonym of one time of putting the headset on.
        headset: Whose streams.
        frame_time_ns: [frames] increasing: the instants a face is wanted for.
        streams: The samples of each of the headset's streams, in its order.
        truth: The full face at `frame_time_ns`; rows of NaN where nobody knows it.
        real_face: Whether a real person's face stands behind `truth`.
        real_sensors: Whether a real device made `streams`.
    """

    name: str
    wearer: str
    donning: str
    headset: HeadsetProfile
    frame_time_ns: NDArray[np.int64]
    streams: tuple[StreamSamples, ...]
    truth: Take
    real_face: bool
    real_sensors: bool

    def __post_init__(self) -> None:
        """Check that the parts agree.

        Raises:
            BadUse: if streams do not fit the headset, or times or truth do not fit together.
        """
        if not np.array_equal(self.truth.time_ns, self.frame_time_ns):
            raise BadUse(f"paired {self.name!r}: the truth is not at the frame times.")
        if len(self.streams) != len(self.headset.streams):
            raise BadUse(
                f"paired {self.name!r}: {len(self.streams)} streams, but headset "
                f"{self.headset.name!r} has {len(self.headset.streams)}."
            )
        for stream, samples in zip(self.headset.streams, self.streams, strict=True):
            count, where = len(samples.arrival_ns), f"paired {self.name!r}, stream {stream.name!r}"
            if samples.values.shape != (count, len(stream.channels)):
                raise BadUse(
                    f"{where}: values of shape {samples.values.shape}, "
                    f"expected {(count, len(stream.channels))}."
                )
            if (
                len(samples.sample_time_ns) != count
                or (samples.sample_time_ns > samples.arrival_ns).any()
            ):
                raise BadUse(f"{where}: each sample needs a time sensed, not after its arrival.")
            if (np.diff(samples.arrival_ns) < 0).any():
                raise BadUse(f"{where}: samples are not in order of arrival.")

    def frames(self) -> Iterator[SensorFrame]:
        """The sensor frames: each holds what arrived since the one before, up to its frame time.

        Sequences count from 1. The first frame holds all that had arrived by then; what arrived
        after the last frame is in none.
        """
        steps = np.arange(len(self.frame_time_ns) + 1)
        bounds = [np.searchsorted(s.frame_of(self.frame_time_ns), steps) for s in self.streams]
        for k, frame_time_ns in enumerate(self.frame_time_ns.tolist()):
            samples = tuple(
                Sample(number, int(stream.sample_time_ns[i]), stream.values[i])
                for number, stream in enumerate(self.streams)
                for i in range(bounds[number][k], bounds[number][k + 1])
            )
            yield SensorFrame(sequence=k + 1, frame_time_ns=frame_time_ns, samples=samples)


def column_frames(
    paireds: Sequence[Paired],
) -> Iterator[tuple[NDArray[np.int64], list[SampleColumns]]]:
    """The frames of many wearers of one headset side by side, without Python per sample.

    Row w at step k holds exactly the samples of frame k of ``paireds[w].frames()``. A wearer whose
    frames have ended repeats the last frame time and gets no more samples.

    Args:
        paireds: W recordings through the same headset.

    Yields:
        For each step of the longest recording: frame times [W], and the samples by stream as
        `vrface.sensors.frame.columns` would gather them.

    Raises:
        BadUse: if there are none, or they wear different headsets.
    """
    headsets = {paired.headset for paired in paireds}
    if len(headsets) != 1:
        names = sorted(headset.name for headset in headsets)
        raise BadUse(f"column_frames takes recordings of one headset, got {names}.")
    steps = max(len(paired.frame_time_ns) for paired in paireds)
    frame_time_ns = np.stack(
        [
            np.pad(paired.frame_time_ns, (0, steps - len(paired.frame_time_ns)), mode="edge")
            for paired in paireds
        ]
    )
    gathered = [_gather(paireds, number, steps) for number in range(len(paireds[0].streams))]
    for k in range(steps):
        yield (
            frame_time_ns[:, k],
            [
                SampleColumns(
                    stream=all_samples.stream,
                    row=all_samples.row[here],
                    sample_time_ns=all_samples.sample_time_ns[here],
                    values=all_samples.values[here],
                )
                for all_samples, bounds in gathered
                if (here := slice(bounds[k], bounds[k + 1])).start < here.stop
            ],
        )


def _gather(
    paireds: Sequence[Paired], number: int, steps: int
) -> tuple[SampleColumns, NDArray[np.intp]]:
    """All samples of one stream by frame, then row, then arrival; and where each frame starts."""
    streams = [paired.streams[number] for paired in paireds]
    row = np.repeat(np.arange(len(paireds)), [len(stream.arrival_ns) for stream in streams])
    frame = np.concatenate(
        [s.frame_of(p.frame_time_ns) for s, p in zip(streams, paireds, strict=True)]
    )
    frames = np.array([len(paired.frame_time_ns) for paired in paireds])
    kept = np.flatnonzero(frame < frames[row])
    order = kept[np.argsort(frame[kept], kind="stable")]
    samples = SampleColumns(
        stream=number,
        row=row[order],
        sample_time_ns=np.concatenate([stream.sample_time_ns for stream in streams])[order],
        values=np.concatenate([stream.values for stream in streams])[order],
    )
    return samples, np.searchsorted(frame[order], np.arange(steps + 1))
