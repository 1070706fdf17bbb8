"""Tiers: a recording as a poorer headset would have made it, to see what its sensors are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import compress

from vrface.face.extras import EXTRAS
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.sensors.recording import StreamSamples


def reduced(paired: Paired, tier: HeadsetProfile) -> Paired | None:
    """A recording with only those channels that a tier has too, and without extras.

    What the tier does not measure is occluded then, so more shapes are scored as hidden.

    Args:
        paired: Through any headset.
        tier: Whose channels are kept.

    Returns:
        The recording through a headset named after both; None where nothing would be left of it,
        or nothing taken away but extras.
    """
    kept = {(stream.name, channel) for stream in tier.streams for channel in stream.channels}
    whole = without_extras(paired)
    poorer = _only(whole, lambda stream, channel: (stream, channel) in kept)
    if not poorer.headset.streams or poorer.headset.streams == whole.headset.streams:
        return None
    worn = replace(
        poorer.headset,
        name=f"{paired.headset.name} as {tier.name}",
        measures=tuple(shape for shape in poorer.headset.measures if shape in tier.measures),
        copies=tuple(shape for shape in poorer.headset.copies if shape in tier.measures),
    )
    return replace(poorer, headset=worn)


def without_extras(paired: Paired) -> Paired:
    """A recording without its extras: a model hears none of them, so none is learned from."""
    if not paired.headset.extras:
        return paired
    return _only(paired, lambda stream, channel: channel not in EXTRAS)


def _only(paired: Paired, keeps: Callable[[str, str], bool]) -> Paired:
    """The recording with the channels that are kept, by stream and name; empty streams go too."""
    streams, samples = [], []
    for stream, heard in zip(paired.headset.streams, paired.streams, strict=True):
        there = [keeps(stream.name, channel) for channel in stream.channels]
        if any(there):
            channels = tuple(compress(stream.channels, there))
            positions = tuple(compress(stream.positions, there))
            streams.append(replace(stream, channels=channels, positions=positions))
            samples.append(
                StreamSamples(heard.sample_time_ns, heard.arrival_ns, heard.values[:, there])
            )
    worn = paired.headset.keeping(tuple(streams))
    return replace(paired, headset=worn, streams=tuple(samples))
