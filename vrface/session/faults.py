"""What may be wrong with the frames that callers bring: values to handle, not exceptions."""

from __future__ import annotations

import numpy as np

from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import HeadsetProfile

_LARGEST = 2**63 - 1


def fault_of(sample: Sample, headset: HeadsetProfile) -> str:
    """What keeps a sample from being one of a headset's."""
    if not 0 <= sample.stream < len(headset.streams):
        return f"of stream {sample.stream}, which headset {headset.name!r} lacks,"
    stream, shape = headset.streams[sample.stream], np.shape(sample.values)
    if shape != (len(stream.channels),):
        values = shape[0] if len(shape) == 1 else f"shape {shape}"
        return f"of {values} values where stream {stream.name!r} has {len(stream.channels)}"
    return f"of stream {stream.name!r} at {sample.sample_time_ns} ns, beyond 64 bits,"


def bounded(frame: SensorFrame) -> SensorFrame:
    """A frame whose numbers fit 64 bits: a hostile one is a value, not an exception."""
    sequence = max(min(frame.sequence, _LARGEST), 0)
    frame_time_ns = max(min(frame.frame_time_ns, _LARGEST), -_LARGEST)
    return SensorFrame(sequence, frame_time_ns, frame.samples)
