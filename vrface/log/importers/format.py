"""What every importer is: how its recordings are told from others, and how one is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vrface.errors import TakeError
from vrface.face.take import Take
from vrface.sensors.recording import SensorRecording

_START = 1 << 16


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
                    return cls(path, file.read(_START), frozenset())
        except OSError as error:
            raise TakeError(f"cannot read {path}: {error.strerror}.") from None
        raise TakeError(f"no take at {path}.", "Give a recording that is there.")

    def columns(self, delimiter: str) -> frozenset[str]:
        """The names in the first line, in lower case."""
        names = self.first_line.lower().split(delimiter)
        return frozenset(name.strip(' "') for name in names)

    def has(self, delimiter: str, *columns: str) -> bool:
        """Whether the first line names these columns, in any case."""
        return {name.lower() for name in columns} <= self.columns(delimiter)

    @property
    def first_line(self) -> str:
        """The file's first line that is not empty, as text."""
        utf16 = self.start[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = self.start.decode("utf-16" if utf16 else "utf-8", errors="replace")
        return text.lstrip("\ufeff\r\n").partition("\n")[0].rstrip("\r")


@dataclass(frozen=True)
class Imported:
    """A recording of another program's, read.

    Attributes:
        format: The name of its format.
        recording: A full face, or what a headset sensed.
        notes: What a person should know of how it was read, a sentence each.
    """

    format: str
    recording: Take | SensorRecording
    notes: tuple[str, ...] = ()

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


def person_of(path: Path, person: str | None) -> str:
    """The pseudonym given, or else the name of the folder that a recording lies in."""
    return person or path.resolve().parent.name or "unknown"
