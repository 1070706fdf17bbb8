"""`Where`: where a server listens, and who could listen in."""

from __future__ import annotations

from dataclasses import dataclass

from vrface.client.address import DEFAULT_PORT, Address
from vrface.errors import BadUse, Refused
from vrface.wire.loopback import is_loopback


@dataclass(frozen=True)
class Where:
    """Where a server listens.

    Attributes:
        host: Name or address of a network interface of this machine.
        port: 0 = any free one.
        insecure_lan: Whether faces may leave this machine unencrypted.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    insecure_lan: bool = False

    @property
    def address(self) -> Address:
        """Host and port."""
        return Address(self.host, self.port)

    def check(self) -> None:
        """Check that a server may listen here.

        Raises:
            BadUse: if the port is none.
            Refused: if others could listen in and nobody agreed to that.
        """
        if not 0 <= self.port <= 65535:
            raise BadUse(f"port {self.port} is not in 0..65535.")
        if not (self.insecure_lan or is_loopback(self.host)):
            raise Refused(
                f"{self.host} can be reached from other machines, in clear text.",
                "Listen on 127.0.0.1, or say --insecure-lan on a network you trust with faces.",
            )


LOOPBACK = Where()
"""This machine alone, on the default port."""
