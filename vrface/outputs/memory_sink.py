"""`MemorySink`: frame blocks in the faces file, for every program of the same user."""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vrface.closing import Closing
from vrface.errors import ServerError
from vrface.wire import faces_file
from vrface.wire.frame_block import BLOCK_BYTES, LOCK, UDP_PORT
from vrface.wire.runtime_folder import check_owner, make_runtime_folder


class MemorySink(Closing):
    """Writes each session's newest frame block into a slot of the file. One thread at a time.

    Args:
        path: The file; None = where readers look for it.
        clock_ns: The clock of the heartbeat, nanoseconds.

    Attributes:
        name: For people.

    Raises:
        ServerError: if another server holds the file, it is another user's, or it cannot be
            written.
    """

    name = "memory"

    def __init__(
        self, path: Path | None = None, clock_ns: Callable[[], int] = time.perf_counter_ns
    ) -> None:
        self._clock_ns = clock_ns
        self._slots: dict[str, int] = {}
        self._file = _held(path or faces_file.faces_file_path())
        self._memory = mmap.mmap(self._file, faces_file.FILE_BYTES)
        # One store each: bytes that are written one by one could be seen half done.
        self._words = np.frombuffer(self._memory, "<u8")
        for slot in range(faces_file.SLOTS):
            self._clear(slot)
        faces_file.WRITER.pack_into(
            *(self._memory, 0, faces_file.MAGIC, faces_file.VERSION, faces_file.SLOTS),
            *(BLOCK_BYTES, os.getpid(), time.time_ns(), clock_ns()),
        )

    def publish(self, session_id: str, block: bytes) -> None:
        """Write the block into the session's slot; the first one takes a slot.

        Raises:
            ServerError: if every slot is taken.
        """
        slot = self._slots.get(session_id)
        if slot is not None:
            self._write(slot, block)
            return
        taken = set(self._slots.values())
        slot = next((slot for slot in range(faces_file.SLOTS) if slot not in taken), None)
        if slot is None:
            raise ServerError(f"all {faces_file.SLOTS} slots of the faces file are taken.")
        self._slots[session_id] = slot
        self._write(slot, block)
        # Only now: who finds the session finds its face.
        self._name(slot, bytes.fromhex(session_id))

    def end(self, session_id: str) -> None:
        """Give the session's slot back; nothing of its face stays."""
        slot = self._slots.pop(session_id, None)
        if slot is not None:
            self._clear(slot)

    def beat(self) -> None:
        """Say that the writer lives."""
        self._words[faces_file.HEARTBEAT_AT // 8] = self._clock_ns()

    def close(self) -> None:
        """Give every slot and the file back; the file stays, for those who have it mapped."""
        if self._memory.closed:
            return
        for session_id in list(self._slots):
            self.end(session_id)
        faces_file.WRITER.pack_into(
            *(self._memory, 0, faces_file.MAGIC, faces_file.VERSION, faces_file.SLOTS),
            *(BLOCK_BYTES, 0, 0, 0),
        )
        del self._words
        self._memory.close()
        os.close(self._file)

    def _clear(self, slot: int) -> None:
        self._name(slot, faces_file.FREE)
        self._write(slot, bytes(BLOCK_BYTES))

    def _name(self, slot: int, session: bytes) -> None:
        at = faces_file.session_at(slot)
        self._memory[at : at + faces_file.SESSION_BYTES] = session

    def _write(self, slot: int, block: bytes) -> None:
        at = faces_file.block_at(slot)
        lock = (at + LOCK.start) // 8
        # Odd while it is being written: also where a writer was killed in the middle.
        writing = int(self._words[lock]) | 1
        self._words[lock] = writing
        self._memory[at : at + LOCK.start] = block[: LOCK.start]
        self._memory[at + LOCK.stop : at + BLOCK_BYTES] = block[LOCK.stop :]
        self._words[lock] = (writing + 1) % 2**64


def _held(path: Path) -> int:
    """The faces file, open and held by this process alone, with room for every slot."""
    try:
        make_runtime_folder(path.parent)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        file = os.open(path, flags, 0o600)
        try:
            _take(file, path)
        except BaseException:
            os.close(file)
            raise
    except OSError as error:
        raise ServerError(
            f"cannot hand faces out through {path}: {error.strerror}.", "Set XDG_RUNTIME_DIR."
        ) from None
    return file


def _take(file: int, path: Path) -> None:
    status = os.fstat(file)
    check_owner(path, status)
    if not stat.S_ISREG(status.st_mode):
        raise ServerError(f"{path} is not a file.", "Remove it.")
    try:
        _lock(file)
    except OSError:
        raise ServerError(
            f"another server hands faces out through {path}: process {_writer(file)}.",
            f"Stop it, or publish elsewhere, such as to udp://127.0.0.1:{UDP_PORT}.",
        ) from None
    with contextlib.suppress(AttributeError):  # Windows: the folder is the user's own
        os.fchmod(file, 0o600)
    if status.st_size < faces_file.FILE_BYTES:
        # Written, not stretched: on a full disk this fails, where touching a hole would kill us.
        os.lseek(file, 0, os.SEEK_SET)
        with os.fdopen(os.dup(file), "r+b") as whole:
            whole.write(bytes(faces_file.FILE_BYTES))


def _writer(file: int) -> int:
    """Which process says that it writes the file; 0 = none."""
    os.lseek(file, 0, os.SEEK_SET)
    head = os.read(file, faces_file.WRITER.size)
    return faces_file.WRITER.unpack(head)[4] if len(head) == faces_file.WRITER.size else 0


def _lock(file: int) -> None:
    """Hold an open file until this process ends or closes it, however it ends.

    Raises:
        OSError: if another one holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, faces_file.FILE_BYTES, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
