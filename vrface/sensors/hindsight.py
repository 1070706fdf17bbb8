"""Alignment in hindsight: every channel of a recording at every frame of it, at once.

What `Align` says frame by frame, to the bit, where no two samples of a stream are of one time: at
each frame it holds the newest samples of those that had arrived. In a recording these are found for
all frames together, which is many times faster; training makes its features this way.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.align import DEPTH, NEVER_NS, Aligned, Channels, read
from vrface.sensors.recording import SensorRecording, StreamSamples

TOGETHER = 1024
"""Frames that are aligned at once: they and their samples fit into a processor's memory."""

ARRIVED = 3 * DEPTH
"""Of the samples that arrived last the newest are held: so many may overtake each other."""


def aligned_frames(recording: SensorRecording) -> Iterator[tuple[slice, Aligned]]:
    """A recording aligned at its frames, `TOGETHER` of them at a time.

    Yields:
        Which frames, and their channels: a row for each frame.
    """
    frame_time_ns, channels = recording.frame_time_ns, Channels(recording.headset.streams)
    for first in range(0, len(frame_time_ns), TOGETHER):
        here = slice(first, min(first + TOGETHER, len(frame_time_ns)))
        rings = channels.rings(len(frame_time_ns[here]))
        for number in range(len(recording.headset.streams)):
            held_ns, held = (
                rings.time_ns[:, :, number],
                rings.values[:, :, channels.of_stream[number]],
            )
            _hold(held_ns, held, recording.streams[number], frame_time_ns[here])
        yield here, read(rings, channels, frame_time_ns[here])


def _hold(
    held_ns: NDArray[np.int64],
    held: NDArray[np.float32],
    samples: StreamSamples,
    frame_time_ns: NDArray[np.int64],
) -> None:
    """Write what `Align` would hold of one stream at each frame."""
    if not len(samples.arrival_ns):
        return
    upto = np.searchsorted(samples.arrival_ns, frame_time_ns, side="right")
    place = upto[:, None] - 1 - np.arange(ARRIVED)[None, :]
    times = np.where(place >= 0, samples.sample_time_ns[np.maximum(place, 0)], NEVER_NS)
    newest = np.argsort(times, axis=1, kind="stable")[:, -DEPTH:]
    kept = np.take_along_axis(place, newest, axis=1)
    held_ns[:] = np.take_along_axis(times, newest, axis=1)
    held[:] = np.where((kept >= 0)[:, :, None], samples.values[np.maximum(kept, 0)], np.nan)
