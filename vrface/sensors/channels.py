"""Channels and streams: the registry of everything a headset can sense.

A stream is a set of channels sampled together; a channel is one quantity with a unit and a range.
The registry is ``tables/channels.csv``; a headset profile picks from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from vrface.errors import UnknownName
from vrface.face.table import read_table

NUMBERED_LIMITS = {"foam": 32, "strain": 32, "emg": 64}
"""Streams with any number of channels, and the most of them a headset may have."""


@dataclass(frozen=True)
class Channel:
    """One sensor quantity.

    Attributes:
        stream: The stream it is sampled in.
        name: Unique within its stream.
        unit: SI symbol; ``"1"`` for a plain number.
        low: The smallest value that counts; below it there is no value.
        high: The largest value that counts.
        space: The frame of reference, empty where there is none.
        note: What it is, in words.
    """

    stream: str
    name: str
    unit: str
    low: float
    high: float
    space: str
    note: str


@cache
def _registry() -> dict[str, dict[str, Channel]]:
    streams: dict[str, dict[str, Channel]] = {}
    for row in read_table("vrface.sensors", "channels"):
        entry = Channel(
            stream=row["stream"],
            name=row["channel"],
            unit=row["unit"],
            low=float(row["low"]),
            high=float(row["high"]),
            space=row["space"],
            note=row["note"],
        )
        streams.setdefault(entry.stream, {})[entry.name] = entry
    return streams


def stream_names() -> tuple[str, ...]:
    """Every stream of the registry."""
    return tuple(_registry())


def channel(stream: str, name: str) -> Channel:
    """Look up one channel; numbered channels are named ``"0"``, ``"1"``, ...

    Raises:
        UnknownName: if the registry has no such stream or channel.
    """
    if stream not in _registry():
        raise UnknownName("stream", stream, _registry())
    channels = _registry()[stream]
    if stream in NUMBERED_LIMITS and name.isdecimal() and int(name) < NUMBERED_LIMITS[stream]:
        return channels["*"]
    if name not in channels:
        raise UnknownName(f"channel of stream {stream!r}", name, channels)
    return channels[name]


def channels_of(stream: str) -> tuple[Channel, ...]:
    """Every channel of one stream, in registry order."""
    if stream not in _registry():
        raise UnknownName("stream", stream, _registry())
    return tuple(_registry()[stream].values())
