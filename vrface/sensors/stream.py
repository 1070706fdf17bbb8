"""`Stream`: channels of one headset that are sampled together, and where its figures come from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from vrface.errors import BadUse, UnknownName
from vrface.sensors.channels import Channel, channel

ASSUMED = "assumed"
"""How the source of a figure begins that nobody published or measured."""


class Pose(NamedTuple):
    """A rigid transform: metres, then a unit quaternion."""

    x: float
    y: float
    z: float
    qx: float = 0.0
    qy: float = 0.0
    qz: float = 0.0
    qw: float = 1.0


@dataclass(frozen=True)
class Sources:
    """Where each figure of a stream comes from: what one can look up, or ``assumed``.

    Attributes:
        channels: Which channels there are.
        rate_hz: As in `Stream`.
        latency_us: As in `Stream`.
        noise: As in `Stream`.
        positions: As in `Stream`; empty where it has none.
    """

    channels: str
    rate_hz: str
    latency_us: str
    noise: str
    positions: str = ""

    @classmethod
    def from_entries(cls, stream: Mapping[str, Any]) -> Sources:
        """The sources of a stream's entries: ``source`` for all figures, ``sources`` for some.

        Raises:
            KeyError: if a figure has no source.
            UnknownName: if there is a source of something else.
        """
        figures = {field.name for field in fields(cls)}
        given: Mapping[str, Any] = stream.get("sources", {})
        for name in sorted(given.keys() - figures):
            raise UnknownName(f"figure of stream {stream['name']!r}", name, sorted(figures))
        if not stream.get("positions"):
            figures.remove("positions")
        found = {name: str(given.get(name) or stream.get("source", "")) for name in figures}
        for name in sorted(figures):
            if not found[name]:
                raise KeyError(f"sources.{name} of stream {stream['name']}")
        return cls(**found)

    def assumed(self) -> tuple[str, ...]:
        """The figures that are assumed."""
        return tuple(name for name, source in asdict(self).items() if source.startswith(ASSUMED))


@dataclass(frozen=True)
class Stream:
    """Channels of one headset that are sampled together.

    Attributes:
        name: A stream of the registry.
        channels: Names of the channels this headset has, a subset of the registry's.
        rate_hz: Samples a second when all is well.
        latency_us: From the instant sensed to the sample's arrival, microseconds.
        noise: Standard deviation of a value, in the channels' units.
        sources: Where each of these comes from.
        positions: ``head_from_sensor`` of each channel; empty where nobody knows it.
    """

    name: str
    channels: tuple[str, ...]
    rate_hz: float
    latency_us: int
    noise: float
    sources: Sources
    positions: tuple[Pose, ...] = ()

    @property
    def registered(self) -> tuple[Channel, ...]:
        """The registry's entry of each channel."""
        return tuple(channel(self.name, name) for name in self.channels)

    @classmethod
    def from_entries(cls, entries: Mapping[str, Any]) -> Stream:
        """The stream of a profile's entries.

        Raises:
            UnknownName: if the registry has no such stream or channel.
            KeyError: if an entry or the source of a figure is missing.
            TypeError, ValueError: if an entry is of another kind.
        """
        for name in entries["channels"]:
            # What they measure is asked next: refuse unknown names first.
            channel(entries["name"], str(name))
        return cls(
            name=entries["name"],
            channels=tuple(str(name) for name in entries["channels"]),
            rate_hz=float(entries["rate_hz"]),
            latency_us=int(entries["latency_us"]),
            noise=float(entries["noise"]),
            sources=Sources.from_entries(entries),
            positions=tuple(Pose(*map(float, pose)) for pose in entries.get("positions", ())),
        )

    def check(self, headset: str) -> None:
        """Check that it says nothing impossible.

        Args:
            headset: Whose it is, for messages.

        Raises:
            UnknownName: for a stream or channel that nobody knows.
            BadUse: for doubled channels or figures out of range.
        """
        where = f"stream {self.name!r} of headset {headset!r}"
        if not self.registered or len(set(self.channels)) != len(self.channels):
            raise BadUse(f"{where} needs channels, each once.")
        if not (0 < self.rate_hz <= 4000 and 0 <= self.latency_us <= 1_000_000):
            raise BadUse(
                f"{where} is out of range.", "rate_hz in (0, 4000], latency_us in [0, 1000000]."
            )
        if not 0 <= self.noise < math.inf:
            raise BadUse(
                f"{where} has noise {self.noise}.",
                "Give a standard deviation in the channels' unit, 0 or more.",
            )
        if self.positions and len(self.positions) != len(self.channels):
            raise BadUse(
                f"{where} has {len(self.positions)} positions of {len(self.channels)} channels.",
                "Give one of each channel, or none.",
            )
        for pose in self.positions:
            near = all(abs(length) <= 1.0 for length in pose[:3])
            if not (near and abs(math.hypot(*pose[3:]) - 1.0) <= 1e-3):
                raise BadUse(
                    f"{where} has a sensor at {tuple(pose)}.",
                    "x, y, z in metres from the head, within 1; qx, qy, qz, qw of length 1.",
                )
