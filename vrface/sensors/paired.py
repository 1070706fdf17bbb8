"""`Paired`: what a headset sensed, frame by frame, with the full face behind it.

What simulation returns, a paired log holds, and evaluation reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.take import Take
from vrface.sensors.frame import SampleColumns
from vrface.sensors.recording import SensorRecording


@dataclass(frozen=True, eq=False)
class Paired(SensorRecording):
    """A recording through one headset, with its truth.

    Attributes:
        truth: The full face at `frame_time_ns`; rows of NaN where nobody knows it.
        real_face: Whether a real person's face stands behind `truth`.
    """

    truth: Take
    real_face: bool

    def __post_init__(self) -> None:
        """Check that the parts agree.

        Raises:
            BadUse: if streams do not fit the headset, or times or truth do not fit together.
        """
        super().__post_init__()
        if not np.array_equal(self.truth.time_ns, self.frame_time_ns):
            raise BadUse(f"paired {self.name!r}: the truth is not at the frame times.")


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
