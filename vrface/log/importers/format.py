"""What every importer is: how its recordings are told from others, and how one is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vrface.errors import TakeError
from vrface.face.take import Take
from vrface.log.importers import text
from vrface.sensors.recording import SensorRecording


@dataclass(frozen=True)
class Head:
    """What a recording looks like from outside.

    Attributes:
        path: Where it is, a file or a folder.
        start: The file's first bytes; empty for a folder.
        names: Of the files in a folder; empty for a file.
    """

    path: Path
    start: bytes
    names: frozenset[str]

    @classmethod
    def of(cls, path: Path) -> Head:
        """Look at a file or folder.

        Raises:
            TakeError: if it is neither, or cannot be read.
        """
        try:
            if path.is_dir():
                return cls(path, b"", frozenset(entry.name for entry in path.iterdir()))
            if path.is_file():
                with path.open("rb") as file:
                    return cls(path, file.read(text.MOST_LINE), frozenset())
        except OSError as error:
            raise TakeError(f"cannot read {path}: {error.strerror}.") from None
        raise TakeError(f"there is no recording {path}.", "Give one that is there.")

    def columns(self, delimiter: str) -> frozenset[str]:
        """The names in the header, in lower case; none if it is no text."""
        return frozenset(name.lower() for name in text.header(self.start, delimiter))

    def has(self, delimiter: str, *columns: str) -> bool:
        """Whether the header names these columns, in any case."""
        return {name.lower() for name in columns} <= self.columns(delimiter)

    @property
    def first_line(self) -> str:
        """The file's first line that is not empty, be it a comment; "" if it is no text."""
        return text.first_line(self.start)


@dataclass(frozen=True)
class Imported:
    """A recording of another program's, read.

    Attributes:
        format: The name of its format.
        recording: A full face, or what a headset sensed.
        notes: What a person should know of how it was read, a sentence each.
        named: Whether somebody said whose it is, the reader or the recording; if not, its person is
            the name of a folder, and others' recordings in there go by the same.
    """

    format: str
    recording: Take | SensorRecording
    notes: tuple[str, ...] = ()
    named: bool = False

    @property
    def take(self) -> Take:
        """The full face.

        Raises:
            TakeError: if it is none.
        """
        if not isinstance(self.recording, Take):
            raise TakeError(
                f"{self.recording.name!r} holds what a headset sensed ({self.format}), no face.",
                "Give a recording of a full face; `vrface import` makes a sensor log of this one.",
            )
        return self.recording

    @property
    def sensors(self) -> SensorRecording:
        """What a headset sensed.

        Raises:
            TakeError: if it is a face.
        """
        if isinstance(self.recording, Take):
            raise TakeError(
                f"{self.recording.name!r} holds a full face ({self.format}), nothing sensed.",
                "`vrface simulate --face` puts a simulated headset over it.",
            )
        return self.recording


@dataclass(frozen=True)
class Format:
    """One kind of recording.

    Attributes:
        name: As ``vrface import --format`` takes it.
        what: One line for people.
        recognises: Whether a recording looks like one of this kind.
        read: Reads one, of a person's pseudonym if given; raises `TakeError` and nothing else.
    """

    name: str
    what: str
    recognises: Callable[[Head], bool]
    read: Callable[[Path, str | None], Imported]


def name_of(path: Path) -> str:
    """What reports call a recording: the name of its file, or of the folder that it is."""
    return readable(path.resolve().name if path.is_dir() else path.stem)


def person_of(path: Path, person: str | None) -> str:
    """The pseudonym given, or else the name of the folder that a recording lies in."""
    return readable(person or path.resolve().parent.name) or "unknown"


def readable(name: str) -> str:
    """A name out of a path or a command line as text: backslashes for what is not UTF-8 in it."""
    return name.encode(errors="backslashreplace").decode()
