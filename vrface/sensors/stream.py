"""`Stream`: channels of one headset that are sampled together, and where its figures come from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from vrface.errors import BadUse
from vrface.sensors.channels import NUMBERED_LIMITS, Channel, channel

ASSUMED = "assumed"
"""How the citation of a figure begins that nobody published or measured."""


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
    """The citation of each figure of a stream: what one can look up, or ``assumed`` and why.

    Nothing to do with `vrface.face.expression.Source`, which says what a value of a face is worth.

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
        """The citations of a stream's entries: ``source`` for all figures, ``sources`` for some.

        Raises:
            KeyError: if a figure has no citation.
            BadUse: if a citation is no text.
        """
        where = f"stream {stream['name']!r}"
        figures = {field.name for field in fields(cls)}
        given = stream.get("sources", {})
        if not isinstance(given, Mapping):
            raise BadUse(f"sources of {where} is {given!r}.", "Write [streams.sources] below it.")
        if not stream.get("positions"):
            figures.remove("positions")
        found = {name: given.get(name) or stream.get("source", "") for name in figures}
        for name in sorted(figures):
            if not found[name]:
                raise KeyError(f"sources.{name} of {where}")
            if not isinstance(found[name], str):
                raise BadUse(
                    f"sources.{name} of {where} is {found[name]!r}, no text.",
                    "It cites where the figure comes from; the figure stands above it.",
                )
        return cls(**found)

    def assumed(self) -> tuple[str, ...]:
        """The figures that are assumed."""
        return tuple(name for name, source in asdict(self).items() if source.startswith(ASSUMED))


class Figure(NamedTuple):
    """One figure of a stream, in words for people.

    Attributes:
        name: ``channels`` (how many), ``rate``, ``latency``, ``noise`` or ``positions``.
        value: With its unit; ``-`` where there is none.
        citation: As in `Sources`.
    """

    name: str
    value: str
    citation: str

    @property
    def assumed(self) -> bool:
        """Whether nobody published or measured it, as far as we know."""
        return self.citation.startswith(ASSUMED)


@dataclass(frozen=True)
class Stream:
    """Channels of one headset that are sampled together.

    Attributes:
        name: A stream of the registry.
        channels: Names of the channels this headset has, a subset of the registry's.
        rate_hz: Samples a second when all is well.
        latency_us: From the instant sensed to the sample's arrival, microseconds.
        noise: Standard deviation of a value, in the channels' units.
        sources: The citation of each of these.
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

    def figures(self) -> tuple[Figure, ...]:
        """Its figures in words, with their citations."""
        unit, cited = self.registered[0].unit, self.sources
        noise = f"{self.noise:g}" if unit == "1" else f"{self.noise:g} {unit}"
        return (
            Figure("channels", str(len(self.channels)), cited.channels),
            Figure("rate", f"{self.rate_hz:g} Hz", cited.rate_hz),
            Figure("latency", f"{self.latency_us / 1000:g} ms", cited.latency_us),
            Figure("noise", noise, cited.noise),
            Figure("positions", str(len(self.positions) or "-"), cited.positions),
        )

    @classmethod
    def from_entries(cls, entries: Mapping[str, Any]) -> Stream:
        """The stream of a profile's entries.

        Entries that it does not know are let be: a log of a newer version may hold more.

        Raises:
            UnknownName: if the registry has no such stream or channel.
            KeyError: if an entry or the citation of a figure is missing.
            BadUse: if an entry is of another kind.
        """
        stream = entries["name"]
        where = f"of stream {stream!r}"
        for name in ("channels", "rate_hz", "latency_us", "noise"):
            if name not in entries:
                raise KeyError(f"{name} {where}")
        channels = tuple(map(str, listed(entries["channels"], f"channels {where}")))
        for name in channels:
            # What they measure is asked next: refuse unknown names first.
            channel(stream, name)
        positions = listed(entries.get("positions", ()), f"positions {where}")
        return cls(
            name=stream,
            channels=channels,
            rate_hz=_number(entries["rate_hz"], f"rate_hz {where}"),
            latency_us=int(_number(entries["latency_us"], f"latency_us {where}")),
            noise=_number(entries["noise"], f"noise {where}"),
            sources=Sources.from_entries(entries),
            positions=tuple(_pose(pose, f"a position {where}") for pose in positions),
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
        counted = tuple(map(str, range(len(self.channels))))
        if self.name in NUMBERED_LIMITS and self.channels != counted:
            raise BadUse(
                f"{where} has the channels {', '.join(self.channels)}.",
                f"They are counted from 0 without a gap: {', '.join(counted)}.",
            )
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


def listed(value: object, what: str, advice: str = "Write [...].") -> Sequence[Any]:
    """A list among a profile's entries.

    Args:
        value: What stands there.
        what: What error messages call it.
        advice: How it is written.

    Raises:
        BadUse: if it is none.
    """
    if not isinstance(value, list | tuple):
        raise BadUse(f"{what} is {value!r}, no list.", advice)
    return value


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise BadUse(f"{what} is {value!r}, no number.")
    return float(value)


def _pose(value: object, what: str) -> Pose:
    if not isinstance(value, list | tuple) or len(value) not in (3, 7):
        raise BadUse(f"{what} is {value!r}.", "Write [x, y, z] or [x, y, z, qx, qy, qz, qw].")
    return Pose(*(_number(length, what) for length in value))
