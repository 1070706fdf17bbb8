"""`HeadsetProfile`: what one headset senses, and which blendshapes it therefore cannot see."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, index
from vrface.face.extras import EXTRAS, MOST_EXTRAS, in_order
from vrface.face.gaze import GAZE_CHANNELS, eye_look_of
from vrface.face.schemes import scheme as load_scheme
from vrface.sensors.stream import Stream

_FOLDER = resources.files("vrface.sensors").joinpath("headsets")

SHIPPED: tuple[str, ...] = tuple(
    sorted(file.name[: -len(".toml")] for file in _FOLDER.iterdir() if file.name.endswith(".toml"))
)
"""Names of the profiles in the package: every TOML file of its folder."""


@dataclass(frozen=True)
class HeadsetProfile:
    """One headset, or one tier of sensors that stands for many.

    Attributes:
        name: For example ``"vive_pro_eye_lip"``.
        version: Of the profile; a changed figure is a new version.
        summary: One line for people.
        scheme: The scheme its face values pass through (`vrface.face.schemes`): a name, or the path
            of a table; empty = canonical.
        streams: What it senses, in the order that samples refer to.
        measures: The blendshapes it measures.
        source: Where `measures` comes from.
        copies: Those of `measures` whose value only repeats another's.
    """

    name: str
    version: str
    summary: str
    scheme: str
    streams: tuple[Stream, ...]
    measures: tuple[str, ...]
    source: str
    copies: tuple[str, ...] = ()

    @property
    def occludes(self) -> tuple[str, ...]:
        """The blendshapes it cannot see: the 54 minus `measures`."""
        return tuple(name for name in BLENDSHAPES if name not in self.measures)

    @property
    def extras(self) -> tuple[str, ...]:
        """The shapes beyond the 54 that it measures, in the order in which a face carries them."""
        channels = {name for stream in self.streams for name in stream.channels}
        return in_order(channels.intersection(EXTRAS))

    @classmethod
    def from_entries(
        cls, entries: Mapping[str, Any], where: str, scheme: str = ""
    ) -> HeadsetProfile:
        """The profile of a TOML file's entries, checked.

        Args:
            entries: As in the file, or as `entries` gives them.
            where: What error messages call it.
            scheme: The scheme's name or path; it says what is copied where the entries do not.

        Raises:
            UnknownName: for a stream, channel, figure, scheme or blendshape that nobody knows.
            BadUse: if an entry is missing, is of another kind or says what is impossible.
        """
        try:
            streams = tuple(Stream.from_entries(stream) for stream in entries.get("streams", ()))
            measures = tuple(entries.get("measures", sorted({*_measured_by(streams)}, key=index)))
            # A log says itself what is copied: the scheme's table may be on another machine.
            copies = entries["copies"] if "copies" in entries else _copied_in(scheme, measures)
            profile = cls(
                name=str(entries["name"]),
                version=str(entries["version"]),
                summary=str(entries["summary"]),
                scheme=scheme,
                streams=streams,
                measures=measures,
                source=str(entries["source"]),
                copies=tuple(copies),
            )
            check(profile)
        except KeyError as error:
            raise BadUse(f"headset profile {where} lacks the entry {error}.") from None
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BadUse(f"headset profile {where} is not a profile: {error}.") from None
        return profile

    def entries(self) -> dict[str, Any]:
        """The entries of its TOML file; of a scheme of one's own the file's name alone.

        A log keeps these: where somebody's files lie is nobody else's business.
        """
        return asdict(self) | {"scheme": Path(self.scheme).name}

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
            self,
            streams=kept,
            measures=tuple(name for name in self.measures if name not in lost),
            copies=tuple(name for name in self.copies if name not in lost),
        )


_LID_SHAPES = {"openness": "eyeBlink", "wide": "eyeWide", "squeeze": "eyeSquint"}


def measured_by_channel(stream: str, name: str) -> str | None:
    """The blendshape or extra that one channel measures directly, if any.

    Mouth and upper-face channels carry the names of shapes; openness gives eyeBlink (``1 -
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
    """Every blendshape that some channel measures, as often as one does; gaze counts once."""
    shapes: list[str] = []
    looks: set[str] = set()
    for stream in streams:
        for name in stream.channels:
            shape = measured_by_channel(stream.name, name)
            if shape is not None and shape not in EXTRAS:
                shapes.append(shape)
            elif stream.name == "gaze" and name in GAZE_CHANNELS:
                looks.update(eye_look_of(name))
            elif stream.name == "gaze_combined":
                looks.update(eye_look_of(f"left_{name}"), eye_look_of(f"right_{name}"))
    return [*shapes, *looks]


def _copied_in(scheme: str, measures: tuple[str, ...]) -> list[str]:
    """Those of some shapes that a scheme, if there is one, only copies."""
    return [name for name in load_scheme(scheme).copied if name in measures] if scheme else []


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
            return parse(path.read_text(encoding="utf-8"), str(path), path.parent)
        except (OSError, UnicodeDecodeError) as error:
            raise BadUse(f"headset profile {path} cannot be read: {error}.") from None
    if name not in SHIPPED:
        raise UnknownName("headset", str(name), SHIPPED)
    return _shipped(str(name))


@cache
def _shipped(name: str) -> HeadsetProfile:
    return parse(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"), name)


def parse(text: str, where: str, folder: Path = Path()) -> HeadsetProfile:
    """Read a profile from TOML text.

    Args:
        text: The TOML.
        where: What error messages call it.
        folder: Where a scheme's table lies that it names by file.

    Raises:
        BadUse: if it is not TOML, lacks an entry, or measures what none of its streams can.
        UnknownName: if it names a stream, channel, scheme or blendshape that nobody knows.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadUse(f"headset profile {where} is not TOML: {error}.") from None
    own = str(table.get("scheme", ""))
    scheme = str(folder / own) if own.endswith(".csv") else own
    return HeadsetProfile.from_entries(table, where, scheme)


def check(profile: HeadsetProfile) -> None:
    """Check that a profile says nothing impossible.

    Raises:
        UnknownName: for a stream, channel or blendshape that nobody knows.
        BadUse: for figures out of range, doubled streams, shapes measured by no channel or two,
            copies of nothing, or more extras than a face holds.
    """
    names = [stream.name for stream in profile.streams]
    if not names or len(set(names)) != len(names):
        raise BadUse(f"headset {profile.name!r} needs streams, each once; got {names}.")
    for stream in profile.streams:
        stream.check(profile.name)
    for name in (*profile.measures, *profile.copies):
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
    stray = sorted(set(profile.copies) - set(profile.measures))
    if stray:
        raise BadUse(
            f"headset {profile.name!r} copies {', '.join(stray)} without measuring it.",
            "What is copied is in `measures` too: its value is there, but not its own.",
        )
    if len(profile.extras) > MOST_EXTRAS:
        raise BadUse(
            f"headset {profile.name!r} has {len(profile.extras)} extras; a face holds "
            f"{MOST_EXTRAS}.",
            "Leave out the channels that matter least.",
        )
