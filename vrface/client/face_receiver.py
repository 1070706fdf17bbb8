"""`FaceReceiver`: the newest face off a socket, from a server on any machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

from vrface.closing import Closing
from vrface.errors import ServerError
from vrface.face.expression import Expression
from vrface.wire.address import LOOPBACK, Address
from vrface.wire.frame_block import (
    UDP_PORT,
    FrameBlock,
    names_of,
    parse,
    session_bytes,
    shipped_names,
)

_POLL_S = 0.1
_LARGEST_DATAGRAM = 65_536


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
        host: str = LOOPBACK,
        port: int = UDP_PORT,
        *,
        session_id: str | None = None,
        extras: tuple[str, ...] | None = None,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._wanted = None if session_id is None else session_bytes(session_id).hex()
        self._names = shipped_names() if extras is None else names_of(extras)
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
            f"cannot listen for faces on {Address(host, port)}: {error.strerror}.",
            "Choose another port, or stop what listens there.",
        ) from None
    return listening
