"""``server.json``: how a server that runs its own tracker tells the same user where to watch."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from vrface.errors import ServerError

_ADVICE = "Start one with `vrface serve --tracker synthetic`, or give address, session and token."


@dataclass(frozen=True)
class ServerFile:
    """What a spectator needs.

    Attributes:
        address: ``host:port``.
        session_id: Which session.
        watch_token: Its owner's secret, hexadecimal.
    """

    address: str
    session_id: str
    watch_token: str

    def write(self) -> Path:
        """Write the file for this user alone (mode 0600), in one piece, and say where.

        Raises:
            ServerError: if its folder is another user's or cannot be written.
        """
        path = server_file_path()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if hasattr(os, "getuid") and path.parent.stat().st_uid != os.getuid():
                raise ServerError(f"{path.parent} belongs to another user.", "Set XDG_RUNTIME_DIR.")
            # A new file has mode 0600 from the start; the rename replaces an older one at once.
            handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".server-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(self), file)
            os.replace(draft, path)
        except OSError as error:
            raise ServerError(
                f"cannot write {path}: {error.strerror}.", "Set XDG_RUNTIME_DIR."
            ) from None
        return path

    def remove(self) -> None:
        """Remove the file, unless another server has written its own since."""
        try:
            if self.read() == self:
                server_file_path().unlink(missing_ok=True)
        except ServerError:
            return

    @classmethod
    def read(cls) -> Self:
        """The file of the server that runs now.

        Raises:
            ServerError: if there is none, or it is not readable as one.
        """
        path = server_file_path()
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise ServerError("no server with a tracker runs here.", _ADVICE) from None
        except (OSError, ValueError, TypeError):
            raise ServerError(f"{path} is not a server's file.", _ADVICE) from None


def server_file_path() -> Path:
    """Where the file is: in the user's runtime folder; without one, in a private temporary one."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "vrface" / "server.json"
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"vrface-{user}" / "server.json"
