"""`whole`: logs that can be made again are there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vrface.log.header import LogHeader
from vrface.log.sink import FileSink, already_there, sync_folder
from vrface.log.writer import LogWriter
from vrface.trust.permission import Permission

_SYNC_EVERY_NS = 60_000_000_000
"""The data is all there already: bigger chunks, fewer waits for the disk."""


@contextmanager
def whole(
    path: str | Path,
    header: LogHeader,
    permission: Permission,
    sync_every_ns: int = _SYNC_EVERY_NS,
) -> Iterator[LogWriter]:
    """A log that is there as a whole or not at all: half of one would look like a recording.

    It is written under another name beside `path` and gets its own at the end, so that a process
    which is killed leaves no log either.

    Args:
        path: The log, which must not exist.
        header: As for `LogWriter`.
        permission: As for `LogWriter`.
        sync_every_ns: As for `LogWriter`.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if the file exists or cannot be written; then nothing is kept.
        BadUse: if the header is too large.
    """
    final = Path(path)
    if final.exists():
        raise already_there(final)
    # By chance, not by process: what a killed one left must not stand in the way of a later one.
    part = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
    sink = FileSink(part, shown=final, advice="Nothing is kept of it. Free some space.")
    try:
        with LogWriter(sink, header, permission, sync_every_ns) as log:
            yield log
        _publish(part, final)
    finally:
        part.unlink(missing_ok=True)


def _publish(part: Path, final: Path) -> None:
    """Give a finished log its name, unless somebody has taken it meanwhile.

    Raises:
        LogError: if somebody has.
    """
    try:
        os.link(part, final)
    except FileExistsError:
        raise already_there(final) from None
    except OSError:  # a file system without links
        if final.exists():
            raise already_there(final) from None
        part.rename(final)
    sync_folder(final.absolute().parent)
