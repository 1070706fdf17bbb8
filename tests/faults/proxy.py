"""A network between a client and a server that can stall, burst and swallow."""

from __future__ import annotations

import contextlib
import socket
import threading

from vrface.wire.address import Address


class Proxy:
    """Forwards every connection to an address, as long as it is let.

    Args:
        address: ``host:port`` of the server.
    """

    def __init__(self, address: str) -> None:
        target = Address.parse(address)
        self._target = target.host, target.port
        self._flows = threading.Event()
        self._flows.set()
        self._swallows = False
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Hold back what comes, both ways, until `release`."""
        self._flows.clear()

    def release(self) -> None:
        """Let what was held back through at once, and what comes after it."""
        self._flows.set()

    def swallow(self) -> None:
        """From now on nothing comes through, and nobody is told: a cable that was pulled."""
        self._swallows = True

    def close(self) -> None:
        self._flows.set()
        for one in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
                self._sockets += [near, far]
                for one, other in ((near, far), (far, near)):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._forward, args=(one, other), daemon=True).start()

    def _forward(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                self._flows.wait()
                if not self._swallows:
                    other.sendall(data)
        if not self._swallows:
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_WR)
