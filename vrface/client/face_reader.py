"""`FaceReader`: the newest face out of memory, on the server's machine.

For programs that want the newest face and nothing else: no gRPC, no model, no waiting.

```python
with FaceReader() as reader:  # `vrface serve --publish memory` on this machine, by this user
    face = reader.latest()  # each frame of the engine
    if face is not None and face.valid:
        show(face.weights)
```
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from vrface.client.faces_file import FacesFile
from vrface.closing import Closing
from vrface.face.expression import Expression
from vrface.wire.faces_file import FREE, faces_file_path
from vrface.wire.frame_block import FrameBlock, names_of, session_bytes, shipped_names


class FaceReader(Closing):
    """Reads the newest face of a session out of the faces file. One thread at a time.

    The server may start after it, stop and start again.

    Args:
        session_id: Whose face, 32 hexadecimal digits; None = the first session that lives, and
            that one until it ends.
        extras: Names of the extras that are expected; None = those of the shipped headsets. Where
            a face has others, it comes with the 54 alone.
        path: The file; None = where servers put it.
        clock_ns: The clock that `FrameBlock.published_ns` is on, nanoseconds.

    Attributes:
        block: The newest block that was read whole; None while there is none of a session.

    Raises:
        BadUse: if `session_id` is none.
    """

    def __init__(
        self,
        session_id: str | None = None,
        *,
        extras: tuple[str, ...] | None = None,
        path: Path | None = None,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._wanted = None if session_id is None else session_bytes(session_id)
        self._names = shipped_names() if extras is None else names_of(extras)
        self._path = path or faces_file_path()
        self._clock_ns = clock_ns
        self._map: FacesFile | None = None
        self._slot = 0
        self._session = FREE
        self._lock = 1
        self.block: FrameBlock | None = None

    def latest(self) -> Expression | None:
        """The newest face; None while there is no server or no such session. Never blocks.

        Its status is `STALE` when it is too old to be shown as it is: the session or the whole
        server stands still. `Expression.received_ns` is when the server handed it out.

        Raises:
            ServerError: if the file is another user's.
        """
        self._look()
        block = self.block
        # The time is taken after the block, so that no age is below 0.
        return None if block is None else block.shown(self._clock_ns() - block.published_ns)

    @property
    def alive(self) -> bool:
        """Whether a server holds the file, going by its heartbeat.

        Raises:
            ServerError: if the file is another user's.
        """
        memory = self._open()
        return memory is not None and memory.known and memory.alive(self._clock_ns())

    def close(self) -> None:
        """Let go of the file; what is asked afterwards opens it again."""
        if self._map is not None:
            self._map.close()
        self._map = self.block = None
        self._session = FREE

    def _look(self) -> None:
        """Bring `block` up to date."""
        # Nobody but a live writer writes a new face of this session; all else is looked at slowly.
        if self._map is not None and self._session != FREE and self._newer(self._map):
            return
        memory = self._open()
        if memory is None or not memory.known:
            self._session, self.block = FREE, None
        elif self._session == FREE or memory.session(self._slot) != self._session:
            self._find(memory)

    def _newer(self, memory: FacesFile) -> bool:
        """Take the session's next face, if it is there."""
        found = memory.read(self._slot, self._names, self._lock)
        if found is None or found[1].session_id != self._session.hex():
            return False
        self._lock, self.block = found
        return True

    def _find(self, memory: FacesFile) -> None:
        """Settle on a session: the wanted one, or the first whose face is not stale."""
        self._session, self.block = FREE, None
        for slot in self._places(memory):
            session = memory.session(slot)
            found = memory.read(slot, self._names)
            # A slot may change hands between two looks.
            if found is None or found[1].session_id != session.hex():
                continue
            if self._wanted not in (None, session):
                continue
            if self._wanted or not found[1].stale(self._clock_ns() - found[1].published_ns):
                self._slot, self._session = slot, session
                self._lock, self.block = found
                return

    def _places(self, memory: FacesFile) -> list[int]:
        """The slots to look into: no more than need be, as an engine asks again each frame."""
        if self._wanted is not None:
            return memory.slots_of(self._wanted)
        now_ns = self._clock_ns()
        return memory.recent(now_ns) if memory.alive(now_ns) else []

    def _open(self) -> FacesFile | None:
        """The file in memory, mapped anew where another one stands in its place."""
        memory = self._map
        if memory is not None and not memory.alive(self._clock_ns()) and memory.moved(self._path):
            self.close()
        if self._map is None:
            self._map = FacesFile.open(self._path)
        return self._map
