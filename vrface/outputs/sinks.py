"""`Sink`: where frame blocks go; datagrams, and several sinks as one that never fails."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable
from typing import Protocol

from vrface.closing import Closing
from vrface.errors import ServerError
from vrface.wire.address import LOOPBACK, Address
from vrface.wire.frame_block import UDP_PORT

_log = logging.getLogger(__name__)


class Sink(Protocol):
    """Where frame blocks go."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def publish(self, session_id: str, block: bytes) -> None:
        """Hand over the newest block of a session.

        Raises:
            OSError: if it cannot go there.
            VrfaceError: if there is no room for the session.
        """
        ...

    def end(self, session_id: str) -> None:
        """Forget a session; one that was never there is no error."""
        ...

    def beat(self) -> None:
        """Say that the writer lives; to be called every `faces_file.HEARTBEAT_S`."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class UdpSink(Closing):
    """Frame blocks as datagrams, in clear text: to this machine unless a caller knows better.

    Args:
        host: Name or address of the receiver.
        port: Its port.

    Attributes:
        name: For people.

    Raises:
        ServerError: if the host is not known.
    """

    def __init__(self, host: str = LOOPBACK, port: int = UDP_PORT) -> None:
        self.name = f"udp://{Address(host, port)}"
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError as error:
            raise ServerError(
                f"cannot send to {self.name}: {error.strerror}.", "Give an address of a machine."
            ) from None
        family, kind, protocol, _, to = found[0]
        self._to = to
        self._socket = socket.socket(family, kind, protocol)
        self._socket.setblocking(False)

    def publish(self, session_id: str, block: bytes) -> None:
        """Send the block; nobody needs to be there."""
        self._socket.sendto(block, self._to)

    def end(self, session_id: str) -> None:
        """Nothing: a receiver sees that no more datagrams come."""

    def beat(self) -> None:
        """Nothing: what arrives is what lives."""

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class Sinks(Closing):
    """Several sinks as one that never fails: what goes wrong is logged, once for each sink.

    Args:
        sinks: They are closed with this one.
    """

    name = "sinks"

    def __init__(self, sinks: Iterable[Sink] = ()) -> None:
        self._sinks = tuple(sinks)
        self._told: set[str] = set()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._sinks)

    def publish(self, session_id: str, block: bytes) -> None:
        """Hand a block to each."""
        self._each(lambda sink: sink.publish(session_id, block))

    def end(self, session_id: str) -> None:
        """End a session in each."""
        self._each(lambda sink: sink.end(session_id))

    def beat(self) -> None:
        """Say to each that the writer lives."""
        self._each(lambda sink: sink.beat())

    def close(self) -> None:
        """Close each; what is handed over afterwards goes nowhere."""
        self._each(lambda sink: sink.close())
        self._sinks = ()

    def _each(self, act: Callable[[Sink], None]) -> None:
        for sink in self._sinks:
            try:
                act(sink)
            except Exception as error:
                # Whatever it is: neither a session nor the other sinks may suffer from it.
                if sink.name not in self._told:
                    self._told.add(sink.name)
                    _log.warning("faces do not all reach %s: %s", sink.name, error)
