"""Faces for engines that speak no gRPC: frame blocks, in datagrams or in `vrface.outputs.memory`.

A `Publisher` turns the faces of one session into frame blocks and hands them to the sinks. Nothing
here waits, and a sink that fails is told of once and disturbs no session. One thread at a time.
"""

from __future__ import annotations

import logging
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from vrface.closing import Closing
from vrface.errors import ServerError, VrfaceError
from vrface.face.expression import Expression
from vrface.outputs.flags import flags_of
from vrface.wire.frame_block import UDP_PORT, FrameBlock, pack

_log = logging.getLogger(__name__)

_PERIODS = 5
"""A period is the median of so many distances: one gap does not change it."""

_LONGEST_US = 2**32 - 1


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

    def __init__(self, host: str = "127.0.0.1", port: int = UDP_PORT) -> None:
        self.name = f"udp://{f'[{host}]' if ':' in host else host}:{port}"
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
        for sink in self._sinks:
            try:
                sink.publish(session_id, block)
            except (OSError, VrfaceError) as error:
                if sink.name not in self._told:
                    self._told.add(sink.name)
                    _log.warning("faces do not all reach %s: %s", sink.name, error)

    def end(self, session_id: str) -> None:
        """End a session in each."""
        for sink in self._sinks:
            sink.end(session_id)

    def beat(self) -> None:
        """Say to each that the writer lives."""
        for sink in self._sinks:
            sink.beat()

    def close(self) -> None:
        """Close each; what is handed over afterwards goes nowhere."""
        sinks, self._sinks = self._sinks, ()
        for sink in sinks:
            sink.close()


class Publisher:
    """The faces of one session, on their way to a sink.

    Args:
        sink: Where they go.
        session_id: Whose they are: 32 hexadecimal digits.
        model_digest: Of the model behind them.
        clock: Which clock their times are on: ``vrface.v1.ClockKind``.
        lively: Whether weights are a draw from the law, not its mean.
        recording: Whether the session is being recorded.
        clock_ns: The clock of `FrameBlock.published_ns`.
    """

    def __init__(
        self,
        sink: Sink,
        session_id: str,
        *,
        model_digest: bytes = bytes(4),
        clock: int = 0,
        lively: bool = False,
        recording: bool = False,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._sink = sink
        self._session_id = session_id
        self._model_tag = model_digest[:4]
        self._clock = clock
        self._lively, self._recording = lively, recording
        self._clock_ns = clock_ns
        self._last_ns: int | None = None
        self._distances: deque[int] = deque(maxlen=_PERIODS)

    def publish(self, expression: Expression) -> None:
        """Hand one face on.

        Raises:
            BadUse: if it does not fit a frame block.
        """
        block = FrameBlock(
            expression,
            self._session_id,
            self._clock_ns(),
            self._period_us(expression.frame_time_ns),
            self._clock,
            flags_of(expression, lively=self._lively, recording=self._recording),
            self._model_tag,
        )
        self._sink.publish(self._session_id, pack(block))

    def end(self) -> None:
        """There will be no more faces."""
        self._sink.end(self._session_id)

    def _period_us(self, frame_time_ns: int) -> int:
        """From one face to the next, as their own times have it."""
        last_ns, self._last_ns = self._last_ns, frame_time_ns
        if last_ns is None:
            return 0
        self._distances.append(max(frame_time_ns - last_ns, 0) // 1000)
        middle = sorted(self._distances)[len(self._distances) // 2]
        return min(middle, _LONGEST_US)
