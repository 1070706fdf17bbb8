"""`UdpTracker`: hears a headset's values on a port and hands a sensor frame over each period."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator

from vrface.errors import BadUse, ServerError, VrfaceError
from vrface.sensors.frame import SensorFrame, merged
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.headset import headset as load_headset
from vrface.trackers.assembly import Assembly
from vrface.trackers.dialect import Dialect
from vrface.trackers.pace import check_rate
from vrface.wire.address import LOOPBACK, Address

MOST_BYTES = 8192
"""A longer datagram is none of ours: the largest known is VRCFaceTracking's, of 4096 bytes."""

MOST_A_PERIOD = 32_768
"""Bytes read in one period, a datagram's overhead included: several times what senders send. A
flood beyond it waits in the system, which drops what does not fit."""

SILENT_S = 2.0
"""Without a sample for so long, nobody is heard."""

_OVERHEAD = 64
_SHORTEST_WAIT_S = 1e-4


class UdpTracker:
    """What other programs send over UDP in one dialect, as sensor frames.

    A thread of its own receives, and closes a frame each period: with the samples of what was
    heard in it, or none. A consumer that comes late gets one frame with those it missed. Whatever
    arrives, nothing is raised: what cannot be read is counted.

    Args:
        dialect: How they send, such as `vrface.trackers.steamlink.DIALECT`.
        headset: Whose streams are filled; default: the dialect's.
        port: Where to listen, 0 = any free one; default: the dialect's.
        host: Name or address of a network interface of this machine.
        insecure_lan: Whether other machines may send, in clear text and unasked who they are.
        rate_hz: Frames a second, 50-144.
        clock_ns: The session's clock, nanoseconds.

    Attributes:
        name: The dialect's.
        dialect: As given.
        headset: As given.
        address: Where it listens.
        datagrams: How many arrived.
        bad: How many of them could not be read.
        unused: How many said nothing that the headset has a channel for.
        on_hearing: Called in the tracker's thread: with True when samples begin to come, with
            False when none has for `SILENT_S`.

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
        check_rate(rate_hz)
        self.dialect, self.name = dialect, dialect.name
        self.headset = headset or load_headset(dialect.headset)
        self.datagrams = self.bad = self.unused = 0
        self.on_hearing: Callable[[bool], object] = lambda hearing: None
        self._hearing: bool | None = None
        self._assembly = Assembly(self.headset, dialect)
        self._period_ns = round(1e9 / rate_hz)
        self._clock_ns = clock_ns
        where = Address(host, dialect.port if port is None else port)
        where.check_local(insecure_lan, f"on {host} any machine of the network could send a face")
        self._socket = _bound(where)
        self.address = Address(*self._socket.getsockname()[:2])
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._frame: SensorFrame | None = None
        self._thread = threading.Thread(target=self._run, name=f"vrface-{self.name}", daemon=True)
        self._thread.start()

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
        sampled_ns = self._clock_ns()
        try:
            while not self._closing.is_set():
                now_ns = self._clock_ns()
                if now_ns < due_ns:
                    heard += self._receive((due_ns - now_ns) / 1e9, heard < MOST_A_PERIOD)
                    continue
                sequence, heard = sequence + 1, 0
                samples = self._assembly.take(now_ns)
                self._hand_over(SensorFrame(sequence, now_ns, samples))
                sampled_ns = now_ns if samples else sampled_ns
                if samples or now_ns - sampled_ns >= SILENT_S * 1e9:
                    self._tell(bool(samples))
                due_ns += self._period_ns * (1 + (now_ns - due_ns) // self._period_ns)
        finally:
            self._socket.close()
            self.close()  # whatever ended this, nobody waits for a frame that never comes

    def _hand_over(self, frame: SensorFrame) -> None:
        with self._changed:
            self._frame = merged(self._frame, frame)
            self._changed.notify_all()

    def _tell(self, hearing: bool) -> None:
        if hearing is not self._hearing:
            self._hearing = hearing
            self.on_hearing(hearing)

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
            self.unused += not known
        except VrfaceError:
            self.bad += 1
        return len(datagram) + _OVERHEAD


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
