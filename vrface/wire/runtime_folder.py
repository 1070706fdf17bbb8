"""The runtime folder: where the programs of one user find what a server leaves for them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from vrface.errors import ServerError

_WINDOWS = os.name == "nt"
_ADVICE = "Remove it, or set XDG_RUNTIME_DIR."


def runtime_folder() -> Path:
    """Where it is: ``vrface`` in ``$XDG_RUNTIME_DIR``, on Windows else in ``%LOCALAPPDATA%``.

    Elsewhere, without the former: ``vrface-UID`` in ``$TMPDIR``, else in ``/tmp``. Programs in
    other languages look by the same rule.

    Raises:
        ServerError: if nothing says where, on Windows.
    """
    home = os.environ.get("XDG_RUNTIME_DIR")
    if not home and _WINDOWS:
        home = os.environ.get("LOCALAPPDATA")
        if not home:
            raise ServerError("nothing says where servers are.", "Set LOCALAPPDATA.")
    if home:
        return Path(home) / "vrface"
    return Path(os.environ.get("TMPDIR") or "/tmp") / f"vrface-{os.getuid()}"  # noqa: S108


def make_runtime_folder(folder: Path) -> None:
    """Make the folder for this user alone (mode 0700), where it is not there yet.

    Raises:
        ServerError: if what is there is a link, another user's, or can be written by others: they
            could put a file of theirs where a face or a secret goes.
        OSError: if it cannot be made.
    """
    if not folder.is_symlink():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise ServerError(f"{folder} is a link.", _ADVICE)
    check_owner(folder, status)
    others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if others and not _WINDOWS:  # whose modes say nothing about others
        raise ServerError(f"{folder} can be written by others.", f"chmod 700 it. {_ADVICE}")


def check_owner(path: Path, status: os.stat_result) -> None:
    """Check that a path is this user's: another one's must not be trusted with a secret or a face.

    Raises:
        ServerError: if it belongs to another user.
    """
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise ServerError(f"{path} belongs to another user.", "Set XDG_RUNTIME_DIR.")
