"""`HeadsetProfile`: what one headset senses, and which blendshapes it therefore cannot see."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, index
from vrface.face.gaze import GAZE_CHANNELS, eye_look_of
from vrface.sensors.channels import Channel, channel


@dataclass(frozen=True)
class Stream:
    """Channels of one headset that are sampled together.

    Attributes:
        name: A stream of the registry.
        channels: Names of the channels this headset has, a subset of the registry's.
        rate_hz: Samples a second when all is well.
        latency_us: From the instant sensed to the sample's arrival, microseconds.
        noise: Standard deviation of a value, in the channels' units.
        source: Where the figures come from, or ``assumed``.
    """

    name: str
    channels: tuple[str, ...]
    rate_hz: float
    latency_us: int
    noise: float
    source: str

    @property
    def registered(self) -> tuple[Channel, ...]:
        """The registry's entry of each channel."""
        return tuple(channel(self.name, name) for name in self.channels)


@dataclass(frozen=True)
class HeadsetProfile:
    """One headset, or one tier of sensors that stands for many.

    Attributes:
        name: For example ``"vive_pro_eye_lip"``.
        version: Of the profile; a changed figure is a new version.
        summary: One line for people.
        scheme: The scheme its face values pass through (`vrface.face.schemes`); empty = canonical.
        streams: What it senses, in the order that samples refer to.
        measures: The blendshapes it measures.
        source: Where `measures` comes from.
    """

    name: str
    version: str
    summary: str
    scheme: str
    streams: tuple[Stream, ...]
    measures: tuple[str, ...]
    source: str

    @property
    def occludes(self) -> tuple[str, ...]:
        """The blendshapes it cannot see: the 54 minus `measures`."""
        return tuple(name for name in BLENDSHAPES if name not in self.measures)

    def stream_index(self, name: str) -> int:
        """Which number samples of stream `name` carry.

        Raises:
            UnknownName: if this headset has no such stream.
        """
        names = [stream.name for stream in self.streams]
        if name not in names:
            raise UnknownName(f"stream of headset {self.name!r}", name, names)
        return names.index(name)

    def without(self, *streams: str) -> HeadsetProfile:
        """The same headset with streams not there; what only they measured is occluded then."""
        gone = set(streams)
        for name in gone:
            self.stream_index(name)
        kept = tuple(stream for stream in self.streams if stream.name not in gone)
        lost = set(_measured_by(self.streams)) - set(_measured_by(kept))
        return replace(
            self, streams=kept, measures=tuple(name for name in self.measures if name not in lost)
        )


SHIPPED = ("vive_pro_eye_lip", "mouth_only", "openness_gaze_mouth", "eyes_and_mouth")
"""Names of the profiles in the package; the last three are tiers of sensors, not products."""

_LID_SHAPES = {"openness": "eyeBlink", "wide": "eyeWide", "squeeze": "eyeSquint"}


def measured_by_channel(stream: str, name: str) -> str | None:
    """The blendshape that one channel measures directly, if any.

    Mouth and upper-face channels carry blendshape names; openness gives eyeBlink (``1 -
    openness``), wide eyeWide, squeeze eyeSquint. Gaze measures the eight eyeLook shapes by its
    angles, together.
    """
    if stream in ("mouth_tracker", "upper_face"):
        return name
    if stream == "lids":
        kind, _, side = name.partition("_")
        return f"{_LID_SHAPES[kind]}{side.capitalize()}"
    return None


def _measured_by(streams: tuple[Stream, ...]) -> list[str]:
    """Every shape that some channel measures, as often as one does; gaze counts once."""
    shapes: list[str] = []
    looks: set[str] = set()
    for stream in streams:
        for name in stream.channels:
            shape = measured_by_channel(stream.name, name)
            if shape is not None:
                shapes.append(shape)
            elif stream.name == "gaze" and name in GAZE_CHANNELS:
                looks.update(eye_look_of(name))
            elif stream.name == "gaze_combined":
                looks.update(eye_look_of(f"left_{name}"), eye_look_of(f"right_{name}"))
    return [*shapes, *looks]


def headset(name: str | Path) -> HeadsetProfile:
    """Load a headset profile.

    Args:
        name: One of `SHIPPED`, or the path of a TOML file (anything that ends in ``.toml``).

    Raises:
        UnknownName: if no such profile ships.
        BadUse: if the file is not a profile, with the entry at fault.
    """
    if str(name).endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise BadUse(f"no headset profile at {path}.", "Give a shipped name or a TOML file.")
        try:
            return parse(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise BadUse(f"headset profile {path} cannot be read: {error}.") from None
    if name not in SHIPPED:
        raise UnknownName("headset", str(name), SHIPPED)
    return _shipped(str(name))


@cache
def _shipped(name: str) -> HeadsetProfile:
    text = resources.files("vrface.sensors").joinpath("headsets", f"{name}.toml").read_text("utf-8")
    return parse(text, name)


def parse(text: str, where: str) -> HeadsetProfile:
    """Read a profile from TOML text.

    Args:
        text: The TOML.
        where: What error messages call it.

    Raises:
        BadUse: if it is not TOML, lacks an entry, or measures what none of its streams can.
        UnknownName: if it names a stream, channel or blendshape that nobody knows.
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
        streams = tuple(_stream(entry) for entry in table.get("streams", []))
        profile = HeadsetProfile(
            name=table["name"],
            version=str(table["version"]),
            summary=table["summary"],
            scheme=table.get("scheme", ""),
            streams=streams,
            measures=tuple(table.get("measures", _in_order(_measured_by(streams)))),
            source=table["source"],
        )
    except tomllib.TOMLDecodeError as error:
        raise BadUse(f"headset profile {where} is not TOML: {error}.") from None
    except KeyError as error:
        raise BadUse(f"headset profile {where} lacks the entry {error}.") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadUse(f"headset profile {where} is not a profile: {error}.") from None
    check(profile)
    return profile


def check(profile: HeadsetProfile) -> None:
    """Check that a profile says nothing impossible.

    Raises:
        UnknownName: for a stream, channel or blendshape that nobody knows.
        BadUse: for figures out of range, doubled streams, or shapes measured by no channel or two.
    """
    names = [stream.name for stream in profile.streams]
    if not names or len(set(names)) != len(names):
        raise BadUse(f"headset {profile.name!r} needs streams, each once; got {names}.")
    for stream in profile.streams:
        if not stream.registered or len(set(stream.channels)) != len(stream.channels):
            raise BadUse(
                f"stream {stream.name!r} of headset {profile.name!r} needs channels, each once."
            )
        if not (0 < stream.rate_hz <= 4000 and 0 <= stream.latency_us <= 1_000_000):
            raise BadUse(
                f"stream {stream.name!r} of headset {profile.name!r} is out of range.",
                "rate_hz in (0, 4000], latency_us in [0, 1000000].",
            )
        if not 0 <= stream.noise < math.inf:
            raise BadUse(
                f"stream {stream.name!r} of headset {profile.name!r} has noise {stream.noise}.",
                "Give a standard deviation in the channels' unit, 0 or more.",
            )
    for name in profile.measures:
        index(name)
    measured = _measured_by(profile.streams)
    twice = sorted({name for name in measured if measured.count(name) > 1})
    if twice:
        raise BadUse(
            f"headset {profile.name!r} has two channels for {', '.join(twice)}.",
            "Keep the better one: a shape has one measured value.",
        )
    beyond = sorted(set(profile.measures) - set(measured))
    if beyond:
        raise BadUse(
            f"headset {profile.name!r} has no stream that can measure {', '.join(beyond)}.",
            "Add the channel that measures it, or take the name out.",
        )


def _stream(entry: dict[str, Any]) -> Stream:
    for name in entry["channels"]:
        # What they measure is asked next: refuse unknown names first.
        channel(entry["name"], str(name))
    return Stream(
        name=entry["name"],
        channels=tuple(str(name) for name in entry["channels"]),
        rate_hz=float(entry["rate_hz"]),
        latency_us=int(entry["latency_us"]),
        noise=float(entry["noise"]),
        source=entry["source"],
    )


def _in_order(names: list[str]) -> list[str]:
    return sorted(set(names), key=index)
