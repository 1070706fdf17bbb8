"""`MemorySink`: a sink of logs in memory, which can be full, failing or held up."""

import threading

from vrface.errors import LogError


class MemorySink:
    """Remembers what was appended and how much of it was synced.

    Attributes:
        data: What was appended.
        room: So many bytes it takes at the most; the last write may be torn.
        failing: Whether a sync fails.
        free: Cleared while nothing goes on: who writes then waits.
        closed: Whether it was closed.
    """

    def __init__(self, room: int = 10**9) -> None:
        self.data = bytearray()
        self.room = room
        self.failing = False
        self.free = threading.Event()
        self.free.set()
        self.closed = False
        self._synced = 0

    def append(self, data: bytes) -> None:
        self.free.wait()
        kept = data[: max(self.room - len(self.data), 0)]
        self.data += kept
        if len(kept) < len(data):
            raise LogError("the disk is full.", "Free some space.")

    def sync(self) -> None:
        self.free.wait()
        if self.failing:
            raise LogError("the disk is failing.", "Replace it.")
        self._synced = len(self.data)

    def close(self) -> None:
        self.closed = True

    @property
    def synced(self) -> bytes:
        """What a power cut leaves."""
        return bytes(self.data[: self._synced])
