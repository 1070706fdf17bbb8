"""The runtime folder: where the programs of one user find what a server leaves for them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from vrface.errors import ServerError

_WINDOWS = os.name == "nt"


def runtime_folder() -> Path:
    """Where it is: ``vrface`` in ``$XDG_RUNTIME_DIR``, on Windows in ``%LOCALAPPDATA%``.

    Without these, a folder of the user's own beside the temporary files.
    """
    home = os.environ.get("XDG_RUNTIME_DIR")
    if not home and _WINDOWS:
        home = os.environ.get("LOCALAPPDATA")
    if home:
        return Path(home) / "vrface"
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"vrface-{user}"


def make_runtime_folder(folder: Path) -> None:
    """Make the folder for this user alone (mode 0700), where it is not there yet.

    Raises:
        ServerError: if it belongs to another user.
        OSError: if it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_owner(folder, folder.stat())


def check_owner(path: Path, status: os.stat_result) -> None:
    """Check that a path is this user's: another one's must not be trusted with a secret or a face.

    Raises:
        ServerError: if it belongs to another user.
    """
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        raise ServerError(f"{path} belongs to another user.", "Set XDG_RUNTIME_DIR.")
