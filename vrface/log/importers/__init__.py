"""Other programs' recordings of full faces, read as takes."""

from __future__ import annotations

from pathlib import Path

from vrface.face.take import Take
from vrface.log.importers.livelink import read_livelink
from vrface.trust.permission import Permission

__all__ = ["read_take"]


def read_take(
    path: str | Path,
    person: str | None = None,
    permission: Permission = Permission.local(),
) -> Take:
    """Read a full-face recording; so far every recording is taken for a Live Link Face CSV.

    Args:
        path: The recording.
        person: Pseudonym of whose face it is; by default the name of the folder it lies in.
        permission: That this face may be read.

    Raises:
        TakeError: if it cannot be read, with what was found instead.
        Refused: if the permission does not allow it.
    """
    permission.require("read_take")
    return read_livelink(path, person)
