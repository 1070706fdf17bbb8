"""Where a log's bytes go: a plain file today; encryption and fault injection are other sinks."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from vrface.errors import LogError

KEPT = "What was acknowledged before is on the disk. Free some space and start a new log."
"""What to do when a disk fails: what was synced before is safe."""

_UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What file systems answer that cannot do a thing, as some of networks and of FUSE."""


def _disk_sync() -> Callable[[int], object]:
    """What puts a file's bytes on the disk here.

    On macOS fsync leaves them in the drive's own memory, which a power cut empties: F_FULLFSYNC is
    the word there (fsync(2)), where the file system knows it. Windows has fsync alone.
    """
    try:
        import fcntl
    except ImportError:
        return os.fsync
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is None:
        return getattr(os, "fdatasync", os.fsync)

    def full_sync(descriptor: int) -> None:
        try:
            fcntl.fcntl(descriptor, full)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
            os.fsync(descriptor)

    return full_sync


_fdatasync = _disk_sync()


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
        advice: What to do when it cannot be written any further.

    Raises:
        LogError: if there is such a file already, or it cannot be made; then none is left.
    """

    def __init__(
        self, path: str | Path, shown: str | Path | None = None, advice: str = KEPT
    ) -> None:
        self._shown = path if shown is None else shown
        self._advice = advice
        try:
            self._file = open(path, "xb", buffering=0, opener=_owner_only)  # noqa: SIM115
        except FileExistsError:
            raise already_there(self._shown) from None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            sync_folder(Path(path).absolute().parent)
        except BaseException as error:  # also where the process is told to end meanwhile
            self._file.close()
            with suppress(OSError):
                os.unlink(path)
            if isinstance(error, OSError):
                raise self._unwritable(error) from None
            raise

    def append(self, data: bytes) -> None:
        """Write all of `data`.

        Raises:
            LogError: if the disk is full or failing.
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
            f"the log {self._shown} cannot be written any further: {error.strerror}.", self._advice
        )

    def _unwritable(self, error: OSError) -> LogError:
        return LogError(
            f"cannot write a log to {self._shown}: {error.strerror}.",
            "Check that the folder exists and may be written to.",
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
    """Make a new file's name as durable as its bytes, where that can be asked for.

    Windows does it by itself; a file system that cannot says so, and is taken at its word.

    Raises:
        OSError: if the disk fails.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)
