"""Faces from frame blocks: out of memory on the server's machine, or from datagrams.

For programs that want the newest face and nothing else: no gRPC, no model, no waiting.

```python
with FaceReader() as reader:  # `vrface serve --publish memory` on this machine, by this user
    face = reader.latest()  # each frame of the engine
    if face is not None and face.valid:
        show(face.weights)
```
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from vrface.client.faces_file import FacesFile
from vrface.closing import Closing
from vrface.errors import ServerError
from vrface.face.expression import Expression
from vrface.sensors.headset import SHIPPED, headset
from vrface.wire.faces_file import FREE, faces_file_path
from vrface.wire.frame_block import (
    UDP_PORT,
    FrameBlock,
    Names,
    names_of,
    parse,
    session_bytes,
)

_POLL_S = 0.1
_LARGEST_DATAGRAM = 65_536


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
        self._names = _shipped() if extras is None else names_of(extras)
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
        return memory is not None and memory.alive(self._clock_ns())

    def close(self) -> None:
        """Let go of the file; what is asked afterwards opens it again."""
        if self._map is not None:
            self._map.close()
        self._map = self.block = None
        self._session = FREE

    def _look(self) -> None:
        """Bring `block` up to date."""
        memory = self._open()
        if memory is None:
            self._session, self.block = FREE, None
        elif self._session == FREE or memory.session(self._slot) != self._session:
            self._find(memory)
        elif memory.lock(self._slot) != self._lock:
            found = memory.read(self._slot, self._names)
            if found is not None and found[1].session_id == self._session.hex():
                self._lock, self.block = found

    def _find(self, memory: FacesFile) -> None:
        """Settle on a session: the wanted one, or the first whose face is not stale."""
        self._session, self.block = FREE, None
        for slot in memory.taken():
            session = memory.session(slot)
            if self._wanted not in (None, session):
                continue
            found = memory.read(slot, self._names)
            # A slot may change hands between two looks.
            if found is None or found[1].session_id != session.hex():
                continue
            if self._wanted or not found[1].stale(self._clock_ns() - found[1].published_ns):
                self._slot, self._session = slot, session
                self._lock, self.block = found
                return

    def _open(self) -> FacesFile | None:
        """The file in memory, mapped anew where another one stands in its place."""
        memory = self._map
        if memory is not None and not memory.alive(self._clock_ns()) and memory.moved(self._path):
            self.close()
        if self._map is None:
            self._map = FacesFile.open(self._path)
        return self._map


class FaceReceiver(Closing):
    """Receives frame blocks as datagrams and keeps the newest face of one session.

    A thread of its own listens, so that an age counts from the arrival however rarely one asks.
    What is late, doubled, torn, of another size or not a frame block at all is left out.

    Args:
        host: Where to listen: of this machine alone unless told otherwise.
        port: 0 = any free one.
        session_id: Whose face, 32 hexadecimal digits; None = the first that comes, until it is
            stale and another one comes.
        extras: Names of the extras that are expected; None = those of the shipped headsets. Where
            a face has others, it comes with the 54 alone.
        clock_ns: The clock of ages, nanoseconds.

    Attributes:
        port: Where it listens.
        ignored: Datagrams that were left out.

    Raises:
        BadUse: if `session_id` is none.
        ServerError: if it cannot listen there.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = UDP_PORT,
        *,
        session_id: str | None = None,
        extras: tuple[str, ...] | None = None,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._wanted = None if session_id is None else session_bytes(session_id).hex()
        self._names = _shipped() if extras is None else names_of(extras)
        self._clock_ns = clock_ns
        self._newest: FrameBlock | None = None
        self.ignored = 0
        self._closed = False
        self._socket = _listening(host, port)
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, name="vrface-receive", daemon=True)
        self._thread.start()

    @property
    def block(self) -> FrameBlock | None:
        """The newest block; None before the first one."""
        return self._newest

    def latest(self) -> Expression | None:
        """The newest face; None before the first one. Never blocks.

        Its status is `STALE` when nothing newer has come for too long.
        `Expression.received_ns` is when it arrived.
        """
        block = self._newest
        if block is None:
            return None
        return block.shown(self._clock_ns() - block.expression.received_ns)

    def close(self) -> None:
        """Listen no more."""
        self._closed = True
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._closed:
            try:
                data = self._socket.recv(_LARGEST_DATAGRAM)
            except TimeoutError:
                continue
            except OSError:  # no network now
                time.sleep(_POLL_S)
                continue
            self._take(data)

    def _take(self, data: bytes) -> None:
        """Keep a datagram if it is the newest face of the session."""
        now_ns = self._clock_ns()
        block = parse(data, self._names, now_ns)
        if isinstance(block, FrameBlock) and self._follows(block, now_ns):
            self._newest = block
        else:
            self.ignored += 1

    def _follows(self, block: FrameBlock, now_ns: int) -> bool:
        if self._wanted not in (None, block.session_id):
            return False
        held = self._newest
        if held is None or held.stale(now_ns - held.expression.received_ns):
            return True  # also where a forged sequence would keep the true ones out for ever
        same = block.session_id == held.session_id
        return same and block.expression.sequence > held.expression.sequence


@cache
def _shipped() -> Names:
    """The extras of every shipped headset."""
    return names_of(*(headset(name).extras for name in SHIPPED))


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.settimeout(_POLL_S)
        try:
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise ServerError(
            f"cannot listen for faces on {host}:{port}: {error.strerror}.",
            "Choose another port, or stop what listens there.",
        ) from None
    return listening
