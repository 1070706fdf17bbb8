"""``server.json``: how a server that runs its own tracker tells the same user where to watch.

The first server holds ``server.json`` as long as its process lives; the others beside it write
``server-PORT.json``. A file whose process is gone counts for nothing, and is removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vrface.errors import BadUse, ServerError
from vrface.wire.address import Address
from vrface.wire.runtime_folder import check_owner, make_runtime_folder, runtime_folder

_ADVICE = "Start one with `vrface serve --tracker synthetic`, or give address, session and token."


@dataclass(frozen=True)
class ServerFile:
    """What a spectator needs.

    Attributes:
        address: ``host:port``.
        session_id: Which session.
        watch_token: Its owner's secret, hexadecimal.
        pid: The server's process.

    Raises:
        BadUse: if one of them is not what it should be.
    """

    address: str
    session_id: str
    watch_token: str = field(repr=False)
    pid: int = field(default_factory=os.getpid)

    def __post_init__(self) -> None:
        texts = (self.address, self.session_id, self.watch_token)
        if not all(isinstance(text, str) for text in texts) or type(self.pid) is not int:
            raise BadUse("a server's file holds three texts and the number of a process.")
        Address.parse(self.address)
        try:
            bytes.fromhex(self.watch_token)
        except ValueError:
            raise BadUse("a watch token is hexadecimal.") from None

    def write(self) -> Path:
        """Write the file for this user alone (mode 0600), in one piece, and say where.

        Raises:
            ServerError: if its folder is another user's or cannot be written.
        """
        path = server_file_path()
        try:
            make_runtime_folder(path.parent)
            if not self._may_hold(path):
                path = self._beside()
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
        """Remove the file; another server's stays."""
        for path in (server_file_path(), self._beside()):
            with contextlib.suppress(ServerError):
                if _load(path) == self:
                    path.unlink(missing_ok=True)

    @classmethod
    def read(cls, address: str | None = None) -> ServerFile:
        """The file of a server that runs now.

        Args:
            address: Which server; None = the one that holds ``server.json``, else the newest.

        Raises:
            BadUse: if `address` is none, or no file is the server's there: its token, if it has
                one, is another user's to give.
            ServerError: if no server runs, or a file is not readable as one.
        """
        if address is None:
            for file in _living():
                return file
            raise ServerError("no server with a tracker runs here, or its log is over.", _ADVICE)
        wanted = Address.parse(address)
        for file in _living():
            if wanted.same_as(Address.parse(file.address)):
                return file
        raise BadUse(
            f"the server at {wanted} runs no tracker of this user, whose token would be known.",
            "Give --session and --token as well: the session's owner has them.",
        )

    def _may_hold(self, path: Path) -> bool:
        """Whether ``server.json`` is free: no other server lives that wrote it."""
        try:
            holder = _load(path)
        except ServerError:
            return True
        # Two servers never share an address: such a file is an earlier one's, also where a new
        # process got the number of the old one.
        return holder is None or holder.address == self.address or not holder._lives()

    def _beside(self) -> Path:
        return server_file_path().with_name(f"server-{Address.parse(self.address).port}.json")

    def _lives(self) -> bool:
        if os.name == "nt":  # where the question would end the process
            return True
        try:
            os.kill(self.pid, 0)
        except (OSError, OverflowError):
            return False
        return True


def server_file_path() -> Path:
    """Where the file is: ``server.json`` in the user's runtime folder."""
    return runtime_folder() / "server.json"


def _living() -> Iterator[ServerFile]:
    """The files of servers that live: ``server.json``, then the newest first. Removes the others.

    Raises:
        ServerError: if one is not a server's file, or another user's.
    """
    first = server_file_path()
    beside = sorted(first.parent.glob("server-*.json"), key=_written_ns, reverse=True)
    for path in (first, *beside):
        file = _load(path)
        if file is None:
            continue
        if file._lives():
            yield file
        else:
            path.unlink(missing_ok=True)


def _written_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # gone since it was listed
        return 0


def _load(path: Path) -> ServerFile | None:
    """The file at a path; None if there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            check_owner(path, os.fstat(file.fileno()))
            return ServerFile(**json.load(file))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, BadUse):
        raise ServerError(f"{path} is not a server's file.", f"Remove it. {_ADVICE}") from None
