"""`UdpTracker`: hears a headset's values on a port and hands a sensor frame over each period."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

from vrface.errors import BadUse, Refused, ServerError, VrfaceError
from vrface.sensors.frame import SensorFrame, merged
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.headset import headset as load_headset
from vrface.trackers.assembly import Assembly
from vrface.trackers.dialect import Dialect
from vrface.wire.loopback import is_loopback

LOOPBACK = "127.0.0.1"

MOST_BYTES = 8192
"""A longer datagram is none of ours: the largest known is VRCFaceTracking's, of 4096 bytes."""

MOST_A_PERIOD = 32_768
"""Bytes read in one period, a datagram's overhead included: several times what senders send. A
flood beyond it waits in the system, which drops what does not fit."""

_OVERHEAD = 64
_SHORTEST_WAIT_S = 1e-4


class UdpTracker:
    """What other programs send over UDP in one dialect, as sensor frames.

    A thread of its own receives, and closes a frame each period: with the samples of what was
    heard in it, or none. A consumer that comes late gets one frame with those it missed. Whatever
    arrives, nothing is raised: what cannot be read is counted.

    Args:
        headset: Whose streams are filled; default: the dialect's.
        port: Where to listen, 0 = any free one; default: the dialect's.
        host: Name or address of a network interface of this machine.
        insecure_lan: Whether other machines may send, in clear text and unasked who they are.
        rate_hz: Frames a second, 50-144.
        clock_ns: The session's clock, nanoseconds.

    Attributes:
        headset: As given.
        address: ``(host, port)`` where it listens.
        datagrams: How many arrived.
        bad: How many of them could not be read.
        unread: How many said nothing that the headset has a channel for.

    Raises:
        BadUse: if a figure is out of range, the host is none of this machine, or the headset has
            no channel that the dialect could fill.
        Refused: if others could send and nobody agreed to that.
        ServerError: if the port is taken.
    """

    name: ClassVar[str]
    dialect: ClassVar[Dialect]

    def __init__(
        self,
        headset: HeadsetProfile | None = None,
        port: int | None = None,
        *,
        host: str = LOOPBACK,
        insecure_lan: bool = False,
        rate_hz: float = 90.0,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        if not 50 <= rate_hz <= 144:
            raise BadUse(f"a tracker gives 50 to 144 frames a second, got {rate_hz:g}.")
        self.headset = headset or load_headset(self.dialect.headset)
        self.datagrams = self.bad = self.unread = 0
        self._assembly = Assembly(self.headset, self.dialect)
        self._period_ns = round(1e9 / rate_hz)
        self._clock_ns = clock_ns
        port = self.dialect.port if port is None else port
        _check(host, port, insecure_lan)
        self._socket = _bound(host, port)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._frame: SensorFrame | None = None
        self._thread = threading.Thread(target=self._run, name=f"vrface-{self.name}", daemon=True)
        self._thread.start()

    @property
    def where(self) -> str:
        """The address in words."""
        host, port = self.address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def frames(self) -> Iterator[SensorFrame]:
        """The frames; a second call goes on where the first one stopped."""
        while (frame := self._next()) is not None:
            yield frame

    def close(self) -> None:
        """Stop, and free the port."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _next(self) -> SensorFrame | None:
        """The next frame, once there is one; None after `close`."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closing.is_set())
            frame, self._frame = self._frame, None
            return None if self._closing.is_set() else frame

    def _run(self) -> None:
        due_ns, sequence, heard = self._clock_ns() + self._period_ns, 0, 0
        try:
            while not self._closing.is_set():
                now_ns = self._clock_ns()
                if now_ns < due_ns:
                    heard += self._receive((due_ns - now_ns) / 1e9, heard < MOST_A_PERIOD)
                    continue
                sequence, heard = sequence + 1, 0
                self._hand_over(SensorFrame(sequence, now_ns, self._assembly.take(now_ns)))
                due_ns += self._period_ns * (1 + (now_ns - due_ns) // self._period_ns)
        finally:
            self._socket.close()
            self.close()  # whatever ended this, nobody waits for a frame that never comes

    def _hand_over(self, frame: SensorFrame) -> None:
        with self._changed:
            self._frame = merged(self._frame, frame)
            self._changed.notify_all()

    def _receive(self, seconds: float, room: bool) -> int:
        """Wait for one datagram and take it in, where there is room for it; its bytes."""
        if not room:
            self._closing.wait(seconds)
            return 0
        self._socket.settimeout(max(seconds, _SHORTEST_WAIT_S))
        try:
            datagram, sender = self._socket.recvfrom(MOST_BYTES + 1)
        except TimeoutError:
            return 0
        except OSError:  # some systems report here that a datagram was too long, or a peer gone
            datagram, sender = b"", None
        self.datagrams += 1
        try:
            if len(datagram) > MOST_BYTES:
                raise BadUse(f"a datagram of more than {MOST_BYTES} bytes.")
            known = self._assembly.hear(self.dialect.read(datagram), self._clock_ns(), hash(sender))
            self.unread += not known
        except VrfaceError:
            self.bad += 1
        return len(datagram) + _OVERHEAD


def _check(host: str, port: int, insecure_lan: bool) -> None:
    if not 0 <= port <= 65535:
        raise BadUse(f"port {port} is not in 0..65535.")
    if not (insecure_lan or is_loopback(host)):
        raise Refused(
            f"on {host} any machine of the network could send a face, in clear text.",
            f"Listen on {LOOPBACK}, or say --insecure-lan on a network you trust with faces.",
        )


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there and shares the port with nobody."""
    where = f"UDP port {port} of {host}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
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
                f"no network interface of this machine has the address {host}.",
                f"Listen on {LOOPBACK}, or give an address of this machine.",
            ) from None
        raise ServerError(
            f"cannot listen at {where}: {error.strerror or error}.",
            "End the program that listens there, or send to another port and name it here.",
        ) from None
    return bound
