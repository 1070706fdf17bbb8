"""`HeadsetProfile`: what one headset senses, and which blendshapes it therefore cannot see."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, index
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS, MOST_EXTRAS, in_order
from vrface.face.gaze import GAZE_CHANNELS, eye_look_of
from vrface.face.schemes import scheme as load_scheme
from vrface.sensors.stream import Sources, Stream, listed

_FOLDER = resources.files("vrface.sensors").joinpath("headsets")

SHIPPED: tuple[str, ...] = tuple(
    sorted(file.name[: -len(".toml")] for file in _FOLDER.iterdir() if file.name.endswith(".toml"))
)
"""Names of the profiles in the package: every TOML file of its folder."""

DEFAULT_HEADSET = "vive_pro_eye_lip"
"""What is worn where nobody says what."""

SHAPE_STREAMS = ("mouth_tracker", "upper_face")
"""The streams whose channels are shapes of the face, named as these are."""


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
        source: Citation of `measures`: what one can look up, or ``assumed`` and why.
        copies: Those of `measures` and of its `extras` whose value only repeats another's.
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
        return _extras_of(self.streams)

    @classmethod
    def from_entries(
        cls, entries: Mapping[str, Any], where: str, scheme: str = ""
    ) -> HeadsetProfile:
        """The profile of a TOML file's entries, checked.

        Entries that it does not know are let be: a log of a newer version may hold more.

        Args:
            entries: As in the file, or as `entries` gives them.
            where: What error messages call it.
            scheme: The scheme's name or path; it says what is copied where the entries do not.

        Raises:
            UnknownName: for a stream, channel, figure, scheme or blendshape that nobody knows.
            BadUse: if an entry is missing, is of another kind or says what is impossible.
        """
        try:
            tables = listed(entries.get("streams", ()), "streams", "Write [[streams]] above each.")
            streams = tuple(Stream.from_entries(stream) for stream in tables)
            measures = sorted({*_measured_by(streams)}, key=index)
            measures = list(listed(entries.get("measures", measures), "measures"))
            # A log says itself what is copied: the scheme's table may be on another machine.
            if "copies" in entries:
                copies = listed(entries["copies"], "copies")
            else:
                copies = _copied_in(scheme, {*measures, *_extras_of(streams)})
            profile = cls(
                name=str(entries["name"]),
                version=str(entries["version"]),
                summary=str(entries["summary"]),
                scheme=scheme,
                streams=streams,
                measures=tuple(measures),
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
        return self.keeping(tuple(stream for stream in self.streams if stream.name not in gone))

    def keeping(self, streams: tuple[Stream, ...]) -> HeadsetProfile:
        """The same headset with some of its streams and channels; it measures what these can."""
        left = {*_measured_by(streams), *_extras_of(streams)}
        return replace(
            self,
            streams=streams,
            measures=tuple(name for name in self.measures if name in left),
            copies=tuple(name for name in self.copies if name in left),
        )


_LID_SHAPES = {"openness": "eyeBlink", "wide": "eyeWide", "squeeze": "eyeSquint"}


def measured_by_channel(stream: str, name: str) -> str | None:
    """The blendshape or extra that one channel measures directly, if any.

    Mouth and upper-face channels carry the names of shapes; openness gives eyeBlink (``1 -
    openness``), wide eyeWide, squeeze eyeSquint. Gaze measures the eight eyeLook shapes by its
    angles, together.
    """
    if stream in SHAPE_STREAMS:
        return name
    if stream == "lids":
        kind, _, side = name.partition("_")
        return f"{_LID_SHAPES[kind]}{side.capitalize()}"
    return None


def shapes_of(stream: str, name: str) -> tuple[str, ...]:
    """The blendshapes that one channel measures, alone or with others; extras are none."""
    if stream == "gaze":
        return eye_look_of(name) if name in GAZE_CHANNELS else ()
    if stream == "gaze_combined":
        return (*eye_look_of(f"left_{name}"), *eye_look_of(f"right_{name}"))
    shape = measured_by_channel(stream, name)
    return () if shape is None or shape in EXTRAS else (shape,)


def _measured_by(streams: tuple[Stream, ...]) -> list[str]:
    """Every blendshape that some channel measures, as often as one does; gaze counts once."""
    shapes: list[str] = []
    looks: set[str] = set()
    for stream in streams:
        for name in stream.channels:
            found = shapes_of(stream.name, name)
            looks.update(found) if stream.name.startswith("gaze") else shapes.extend(found)
    return [*shapes, *looks]


def _extras_of(streams: Iterable[Stream]) -> tuple[str, ...]:
    """The extras that some channel measures, in the order in which a face carries them."""
    channels = {name for stream in streams for name in stream.channels}
    return in_order(channels.intersection(EXTRAS))


def _copied_in(name: str, shapes: Collection[str]) -> list[str]:
    """Those of some shapes that a scheme, if there is one, only copies."""
    if not name:
        return []
    own = load_scheme(name)
    sources = zip((*BLENDSHAPES, *own.extras), own.source, strict=True)
    return [shape for shape, source in sources if source == Source.COPIED and shape in shapes]


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
        UnknownName: if it names an entry, stream, channel, scheme or blendshape that nobody knows.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of a number too long for an integer
        raise BadUse(f"headset profile {where} is not TOML: {error}.") from None
    _refuse_unknown(table, where)
    own = str(table.get("scheme", ""))
    scheme = str(folder / own) if own.endswith(".csv") else own
    return HeadsetProfile.from_entries(table, where, scheme)


_ENTRIES = tuple(field.name for field in fields(HeadsetProfile))
_STREAM_ENTRIES = (*(field.name for field in fields(Stream)), "source")
_FIGURES = tuple(field.name for field in fields(Sources))


def _refuse_unknown(table: Mapping[str, Any], where: str) -> None:
    """Refuse entries that nobody knows: an optional one with a slip of the pen would do nothing."""
    _refuse(table, _ENTRIES, f"entry of headset profile {where}:")
    streams = table.get("streams", ())
    for stream in streams if isinstance(streams, list) else ():
        if isinstance(stream, dict):
            of = f"of stream {stream.get('name', '')!r} in {where}:"
            _refuse(stream, _STREAM_ENTRIES, f"entry {of}")
            _refuse(stream.get("sources", {}), _FIGURES, f"figure {of}")


def _refuse(entries: object, known: Collection[str], kind: str) -> None:
    for name in entries if isinstance(entries, dict) else ():
        if name not in known and name in _ENTRIES:
            raise BadUse(f"unknown {kind} {name!r}.", "It stands above the first [[streams]].")
        if name not in known:
            raise UnknownName(kind, name, known)


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
    for name in (*profile.measures, *(name for name in profile.copies if name not in EXTRAS)):
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
    stray = sorted({*profile.copies} - {*profile.measures, *profile.extras})
    if stray:
        raise BadUse(
            f"headset {profile.name!r} copies {', '.join(stray)} without measuring it.",
            "What is copied is measured too (an extra: by a channel): its value is not its own.",
        )
    if len(profile.extras) > MOST_EXTRAS:
        raise BadUse(
            f"headset {profile.name!r} has {len(profile.extras)} extras; a face holds "
            f"{MOST_EXTRAS}.",
            "Leave out the channels that matter least.",
        )
