"""Tiers: a recording as a poorer headset would have made it, to see what its sensors are worth."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress

from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.sensors.recording import StreamSamples


def reduced(paired: Paired, tier: HeadsetProfile) -> Paired | None:
    """A recording with only those channels that a tier has too.

    What the tier does not measure is occluded then, so more shapes are scored as hidden.

    Args:
        paired: Through any headset.
        tier: Whose channels are kept.

    Returns:
        The recording through a headset named after both; None where nothing would be left of it,
        or nothing taken away.
    """
    worn = paired.headset
    kept = {(stream.name, channel) for stream in tier.streams for channel in stream.channels}
    streams, samples = [], []
    for stream, heard in zip(worn.streams, paired.streams, strict=True):
        there = [(stream.name, channel) in kept for channel in stream.channels]
        if any(there):
            streams.append(replace(stream, channels=tuple(compress(stream.channels, there))))
            samples.append(
                StreamSamples(heard.sample_time_ns, heard.arrival_ns, heard.values[:, there])
            )
    if not streams or tuple(streams) == worn.streams:
        return None
    poorer = replace(
        worn,
        name=f"{worn.name} as {tier.name}",
        streams=tuple(streams),
        measures=tuple(shape for shape in worn.measures if shape in tier.measures),
    )
    return replace(paired, headset=poorer, streams=tuple(samples))
