"""Other programs' recordings: of full faces, read as takes; of headsets, as sensor recordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mcap.writer import MCAP0_MAGIC

from vrface.errors import TakeError, UnknownName
from vrface.face.take import Take
from vrface.log.importers import capture, ier, livelink, pico, plain, pupil, quest_pro, sranipal
from vrface.log.importers.describe import describe
from vrface.log.importers.format import Format, Head, Imported
from vrface.trust.permission import Permission

__all__ = ["AUTO", "FORMATS", "Imported", "describe", "read_any", "read_take"]

AUTO = "auto"
"""The format that is found by looking."""

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (plain, livelink, capture, sranipal, ier, quest_pro, pico, pupil)
}
"""Every kind of recording that can be read, in the order in which one is looked for."""


def read_any(
    path: str | Path,
    person: str | None = None,
    permission: Permission = Permission.local(),
    *,
    format: str = AUTO,
) -> Imported:
    """Read another program's recording.

    Args:
        path: A file, or the folder that some programs make.
        person: Pseudonym of whose it is; by default what the recording says, or else the name of
            the folder it lies in.
        permission: That it may be read.
        format: One of `FORMATS`, or `AUTO`.

    Raises:
        TakeError: if it cannot be read, with what was found instead.
        UnknownName: if there is no such format.
        Refused: if the permission does not allow it.
    """
    permission.require("read_any")
    if format not in (AUTO, *FORMATS):
        raise UnknownName("format", format, (AUTO, *FORMATS))
    head = Head.of(Path(path))
    found = _found(head) if format == AUTO else FORMATS[format]
    imported = found.read(head.path, person)
    return replace(imported, named=imported.named or bool(person))


def read_take(
    path: str | Path,
    person: str | None = None,
    permission: Permission = Permission.local(),
) -> Take:
    """Read a full-face recording of any kind that is known.

    Args:
        path: The recording.
        person: As for `read_any`.
        permission: That this face may be read.

    Raises:
        TakeError: if it cannot be read, or holds no full face.
        Refused: if the permission does not allow it.
    """
    permission.require("read_take")
    return read_any(path, person, permission).take


def _found(head: Head) -> Format:
    """The first format that a recording looks like."""
    for known in FORMATS.values():
        if known.recognises(head):
            return known
    if head.start.startswith(MCAP0_MAGIC):
        raise TakeError(f"{head.path} is a log already.", "`vrface info` tells what it holds.")
    advice = f"Known formats: {', '.join(FORMATS)}; name one with --format."
    if not (head.names or head.start):
        raise TakeError(f"{head.path} is empty.", advice)
    shown = ", ".join(sorted(head.names))[:60] if head.names else head.first_line[:40]
    seen = f": {shown!r}" if shown else ""
    raise TakeError(
        f"{head.path} is no recording that vrface knows{seen}.", plain.hint(head) or advice
    )
