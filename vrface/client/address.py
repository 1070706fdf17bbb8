"""`Address`: where a server listens, as people write it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

from vrface.errors import BadUse

DEFAULT_PORT = 50515

_WRITTEN = re.compile(
    r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True)
class Address:
    """A host and a port.

    Attributes:
        host: A name, or an address without brackets.
        port: 1-65535; where a server chooses for itself, 0 = any free one.
    """

    host: str
    port: int = DEFAULT_PORT

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
    def _plain(self) -> tuple[str, int]:
        host = self.host.lower()
        return "127.0.0.1" if host == "localhost" else host, self.port

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
