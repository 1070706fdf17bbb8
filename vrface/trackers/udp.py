"""`UdpTracker`: hears a headset's values on a port and hands a sensor frame over each period."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable

from vrface.errors import BadUse, ServerError, VrfaceError
from vrface.sensors.frame import Sample
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.headset import headset as load_headset
from vrface.trackers.assembly import Assembly
from vrface.trackers.dialect import Dialect
from vrface.trackers.live import LiveTracker
from vrface.wire.address import LOOPBACK, Address

MOST_BYTES = 8192
"""A longer datagram is none of ours: the largest known is VRCFaceTracking's, of 4096 bytes."""

MOST_A_PERIOD = 32_768
"""Bytes read in one period, a datagram's overhead included: several times what senders send. A
flood beyond it waits in the system, which drops what does not fit."""

_OVERHEAD = 64
_SHORTEST_WAIT_S = 1e-4


class UdpTracker(LiveTracker):
    """What other programs send over UDP in one dialect, as sensor frames.

    The tracker's thread receives. Whatever arrives, nothing is raised: what cannot be read is
    counted.

    Args:
        dialect: How they send, such as `vrface.trackers.steamlink.DIALECT`.
        headset: Whose streams are filled; default: the dialect's.
        port: Where to listen, 0 = any free one; default: the dialect's.
        host: Name or address of a network interface of this machine.
        insecure_lan: Whether other machines may send, in clear text and unasked who they are.
        rate_hz: Frames a second, 50-144.
        clock_ns: The session's clock, nanoseconds.

    Attributes:
        dialect: As given.
        address: Where it listens.
        datagrams: How many arrived.
        bad: How many of them could not be read.
        unused: How many said nothing that the headset has a channel for.

    Raises:
        BadUse: if a figure is out of range, the host is none of this machine, or the headset has
            no channel that the dialect could fill.
        Refused: if others could send and nobody agreed to that.
        ServerError: if the port is taken.
    """

    def __init__(
        self,
        dialect: Dialect,
        headset: HeadsetProfile | None = None,
        port: int | None = None,
        *,
        host: str = LOOPBACK,
        insecure_lan: bool = False,
        rate_hz: float = 90.0,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        super().__init__(dialect.name, headset or load_headset(dialect.headset), rate_hz, clock_ns)
        self.dialect = dialect
        self.datagrams = self.bad = self.unused = 0
        self._heard = 0  # bytes of this period
        self._assembly = Assembly(self.headset, dialect)
        where = Address(host, dialect.port if port is None else port)
        where.check_local(insecure_lan, f"on {host} any machine of the network could send a face")
        self._socket = _bound(where)
        self.address = Address(*self._socket.getsockname()[:2])
        self._thread.start()

    def _take(self, now_ns: int) -> tuple[Sample, ...]:
        self._heard = 0
        return self._assembly.take(now_ns)

    def _release(self) -> None:
        self._socket.close()

    def _gather(self, seconds: float) -> None:
        """Wait for one datagram and take it in, where there is room for it."""
        if self._heard >= MOST_A_PERIOD:
            self._closing.wait(seconds)
            return
        self._socket.settimeout(max(seconds, _SHORTEST_WAIT_S))
        try:
            datagram, sender = self._socket.recvfrom(MOST_BYTES + 1)
        except TimeoutError:
            return
        except OSError:  # some systems report here that a datagram was too long, or a peer gone
            datagram, sender = b"", None
        self.datagrams += 1
        self._heard += len(datagram) + _OVERHEAD
        try:
            if len(datagram) > MOST_BYTES:
                raise BadUse(f"a datagram of more than {MOST_BYTES} bytes.")
            known = self._assembly.hear(self.dialect.read(datagram), self._clock_ns(), hash(sender))
            self.unused += not known
        except VrfaceError:
            self.bad += 1


def _bound(at: Address) -> socket.socket:
    """A socket that listens there and shares the port with nobody."""
    where = f"UDP port {at.port} of {at.host}"
    try:
        found = socket.getaddrinfo(at.host, at.port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, target = found[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise BadUse(f"cannot listen at {where}: {error}.") from None
    try:
        bound.bind(target)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise BadUse(
                f"no network interface of this machine has the address {at.host}.",
                f"Listen on {LOOPBACK}, or give an address of this machine.",
            ) from None
        raise ServerError(
            f"cannot listen at {where}: {error.strerror or error}.",
            "End the program that listens there, or send to another port and name it here.",
        ) from None
    return bound
