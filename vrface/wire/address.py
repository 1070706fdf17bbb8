"""`Address`: a host and a port, as people write them, and who can reach what is there."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

from vrface.errors import BadUse, Refused

LOOPBACK = "127.0.0.1"
"""This machine, seen from itself alone."""

DEFAULT_PORT = 50515
"""Where a server listens unless told otherwise."""

_WRITTEN = re.compile(
    r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True)
class Address:
    """A host and a port.

    Attributes:
        host: A name, or an address without brackets.
        port: 1-65535; where somebody listens, 0 = any free one.

    Raises:
        BadUse: if the port is none.
    """

    host: str = LOOPBACK
    port: int = DEFAULT_PORT

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise BadUse(f"port {self.port} is not in 0..65535.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``host:port``, or a host alone for the default port.

        Args:
            text: The host may be an IPv6 address: in brackets, or without them and without a port.

        Raises:
            BadUse: if it is neither, or the port is not in 1..65535.
        """
        if _is_ipv6(text):
            return cls(text)
        found = _WRITTEN.fullmatch(text)
        if found is not None and (found["ipv6"] is None or _is_ipv6(found["ipv6"])):
            port = int(found["port"] or DEFAULT_PORT)
            if 1 <= port <= 65535:
                return cls(found["ipv6"] or found["host"], port)
        raise BadUse(
            f"{text!r} is not the address of a server.",
            f"Give host:port, such as localhost:{DEFAULT_PORT} or [::1]:{DEFAULT_PORT}.",
        )

    def same_as(self, other: Address) -> bool:
        """Whether both name one place; ``localhost`` and ``127.0.0.1`` are the same host."""
        return self._plain == other._plain

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, seen from itself alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def check_local(self, insecure_lan: bool, otherwise: str) -> None:
        """Check that a face stays on this machine here, or that somebody agreed that it does not.

        Args:
            insecure_lan: Whether somebody agreed.
            otherwise: What could happen, as the first words of the error.

        Raises:
            Refused: if other machines can be reached from here, or reach it, and nobody agreed.
        """
        if not (insecure_lan or self.is_loopback):
            raise Refused(
                f"{otherwise}, in clear text.",
                f"Use {LOOPBACK}, or say --insecure-lan on a network you trust with faces.",
            )

    @property
    def _plain(self) -> tuple[str, int]:
        host = self.host.lower()
        return LOOPBACK if host == "localhost" else host, self.port

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
