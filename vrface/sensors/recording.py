"""`SensorRecording`: what a headset sensed during one donning, whoever knows the face behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.sensors.frame import Sample, SensorFrame
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

    def kept(self, arrives: NDArray[np.bool_]) -> StreamSamples:
        """Only the samples [samples] that arrive; nothing of the others comes later."""
        return StreamSamples(
            self.sample_time_ns[arrives], self.arrival_ns[arrives], self.values[arrives]
        )


@dataclass(frozen=True, eq=False)
class SensorRecording:
    """One recording through one headset: one wearer, one donning.

    Attributes:
        name: What reports call it.
        wearer: Pseudonym of whose face it is; the unit that train and test are split by.
        donning: Pseudonym of one time of putting the headset on.
        headset: Whose streams.
        frame_time_ns: [frames] increasing: the instants a face is wanted for.
        streams: The samples of each of the headset's streams, in its order.
        real_sensors: Whether a real device made `streams`.
        provenance: Of what was simulated, where it comes from, as JSON; else empty.
    """

    name: str
    wearer: str
    donning: str
    headset: HeadsetProfile
    frame_time_ns: NDArray[np.int64]
    streams: tuple[StreamSamples, ...]
    real_sensors: bool
    provenance: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Check that the parts agree.

        Raises:
            BadUse: if streams do not fit the headset, or times do not fit together.
        """
        if (np.diff(self.frame_time_ns) <= 0).any():
            raise BadUse(f"recording {self.name!r}: the frame times do not increase.")
        if len(self.streams) != len(self.headset.streams):
            raise BadUse(
                f"recording {self.name!r}: {len(self.streams)} streams, but headset "
                f"{self.headset.name!r} has {len(self.headset.streams)}."
            )
        for stream, samples in zip(self.headset.streams, self.streams, strict=True):
            count = len(samples.arrival_ns)
            where = f"recording {self.name!r}, stream {stream.name!r}"
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
