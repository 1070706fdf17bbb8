"""`FacesFile`: the faces file in memory, for reading."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Self

import numpy as np

from vrface.closing import Closing
from vrface.wire import faces_file
from vrface.wire.frame_block import (
    BLOCK_BYTES,
    LOCK,
    LONGEST_STALE_NS,
    PUBLISHED_AT,
    FrameBlock,
    Names,
    parse,
)
from vrface.wire.runtime_folder import check_owner

_TRIES = 16
"""How often a block that is being written is looked at again before the last one has to do."""

_HEARTBEAT, _DEAD_NS = faces_file.HEARTBEAT_AT // 8, int(faces_file.DEAD_S * 1e9)

_DIRECTORY = (faces_file.BLOCKS_AT - faces_file.SESSIONS_AT) // 8

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class FacesFile(Closing):
    """The faces file, mapped.

    Args:
        file: It, open and with room for every slot; it may be closed afterwards.
    """

    def __init__(self, file: int) -> None:
        status = os.fstat(file)
        self._identity = status.st_dev, status.st_ino
        self._memory = mmap.mmap(file, faces_file.FILE_BYTES, access=mmap.ACCESS_READ)
        # One load each, as of an array, in less time.
        self._words = memoryview(self._memory).cast("q")
        words = np.frombuffer(self._memory, "<i8")
        sessions, blocks = np.split(words[faces_file.SESSIONS_AT // 8 :], [_DIRECTORY])
        self._sessions = sessions.reshape(faces_file.SLOTS, -1)
        self._published_ns = blocks.reshape(faces_file.SLOTS, -1)[:, PUBLISHED_AT // 8]

    @classmethod
    def open(cls, path: Path) -> Self | None:
        """The file at a path; None while there is none with room for every slot.

        Raises:
            ServerError: if it is another user's, who could cut it under our feet.
        """
        try:
            file = os.open(path, os.O_RDONLY | _FLAGS)
        except OSError:
            return None
        try:
            status = os.fstat(file)
            check_owner(path, status)
            return cls(file) if status.st_size >= faces_file.FILE_BYTES else None
        finally:
            os.close(file)

    @property
    def known(self) -> bool:
        """Whether a writer of this version had it."""
        return self._memory[: len(faces_file.HEAD)] == faces_file.HEAD

    def alive(self, now_ns: int) -> bool:
        """Whether a writer's heart beats."""
        return 0 <= now_ns - self._words[_HEARTBEAT] <= _DEAD_NS

    def moved(self, path: Path) -> bool:
        """Whether another file, or none, stands at a path."""
        try:
            status = os.stat(path)
        except OSError:
            return True
        return (status.st_dev, status.st_ino) != self._identity

    def slots_of(self, session: bytes) -> list[int]:
        """The slot of a session, if it has one."""
        wanted = np.frombuffer(session, "<i8")
        return np.flatnonzero((self._sessions == wanted).all(axis=1)).tolist()

    def recent(self, now_ns: int) -> list[int]:
        """The slots with a session whose face, by its time alone, may not be stale."""
        recent = self._published_ns >= now_ns - LONGEST_STALE_NS
        return np.flatnonzero(recent & self._sessions.any(axis=1)).tolist()

    def session(self, slot: int) -> bytes:
        """Whose a slot is; zeros = nobody's."""
        at = faces_file.session_at(slot)
        return self._memory[at : at + faces_file.SESSION_BYTES]

    def read(
        self, slot: int, names: Names, known: int | None = None
    ) -> tuple[int, FrameBlock] | None:
        """Lock and block of a slot, whole; None if it cannot be had now, or is none of ours.

        Args:
            slot: Which.
            names: The lists of extras that may be behind the 54.
            known: The lock of the block that is known already: with it there is no other one.
        """
        at = faces_file.block_at(slot)
        words, place = self._words, (at + LOCK.start) // 8
        for _ in range(_TRIES):
            lock = words[place]
            if lock == known:
                return None
            if lock % 2:
                continue
            data = self._memory[at : at + BLOCK_BYTES]
            if words[place] == lock:
                block = parse(data, names)
                if isinstance(block, FrameBlock):
                    return lock, block
        return None

    def close(self) -> None:
        """Let go of the file."""
        if not self._memory.closed:
            self._words.release()
            del self._sessions, self._published_ns
            self._memory.close()
