"""Where a log's bytes go: a plain file today; encryption and fault injection are other sinks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from vrface.errors import LogError

# Where the system has no fdatasync (macOS, Windows), fsync promises at least as much.
_fdatasync = getattr(os, "fdatasync", os.fsync)


class ByteSink(Protocol):
    """Takes bytes in order. Each method raises `LogError` when it cannot keep its promise."""

    def append(self, data: bytes) -> None:
        """Take all of `data`, behind what came before."""

    def sync(self) -> None:
        """Return once everything appended survives a power cut."""

    def close(self) -> None:
        """Release what is held; nothing more is appended."""


class FileSink:
    """A new file that only its owner can read.

    Args:
        path: Where to; the folder must exist, the file must not.
        shown: What messages call it; by default its path.

    Raises:
        LogError: if there is such a file already, or it cannot be made.
    """

    def __init__(self, path: str | Path, shown: str | Path | None = None) -> None:
        self._shown = path if shown is None else shown
        try:
            self._file = open(path, "xb", buffering=0, opener=_owner_only)  # noqa: SIM115
            sync_folder(Path(path).absolute().parent)
        except FileExistsError:
            raise already_there(self._shown) from None
        except OSError as error:
            raise LogError(
                f"cannot write a log to {self._shown}: {error.strerror}.",
                "Check that the folder exists and may be written to.",
            ) from None

    def append(self, data: bytes) -> None:
        """Write all of `data`.

        Raises:
            LogError: if the disk is full or failing; what was synced before is safe.
        """
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise self._failed(error) from None

    def sync(self) -> None:
        """Wait until everything appended is on the disk.

        Raises:
            LogError: if the disk says that it is not.
        """
        try:
            _fdatasync(self._file.fileno())
        except OSError as error:
            raise self._failed(error) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _failed(self, error: OSError) -> LogError:
        return LogError(
            f"the log {self._shown} cannot be written any further: {error.strerror}.",
            "What was acknowledged before is on the disk. Free some space and start a new log.",
        )


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def already_there(path: str | Path) -> LogError:
    """What to say of a log whose name is taken."""
    return LogError(
        f"{path} is there already.",
        "A log is never overwritten: move it away, or give another name.",
    )


def sync_folder(folder: Path) -> None:
    """Make a new file's name as durable as its bytes; Windows does that by itself."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
