"""Spectators: the faces of a session for whoever holds its watch token."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import AsyncIterator

from vrface.errors import Refused
from vrface.face.expression import Expression
from vrface.outputs.publisher import Publisher
from vrface.serving.status import Full
from vrface.wire.messages import session_pb2

MAX_SPECTATORS = 16
"""Most spectators of one session."""

EARLY_SHARE = 0.25
"""How much of a spectator's period a face may come early and still be its next one."""


class Spectator:
    """One slot: a spectator that lags misses faces, and never gets old ones.

    Args:
        rate_hz: Most faces a second; 0 = all.
    """

    def __init__(self, rate_hz: float) -> None:
        self._period_ns = int(1e9 / rate_hz) if rate_hz > 0 else 0
        self._due_ns = 0
        self._slot: Expression | None = None
        self._ended = False
        self._changed = asyncio.Event()

    def offer(self, expression: Expression, now_ns: int) -> None:
        """Hand a face over, if it is time for one."""
        if now_ns < self._due_ns - int(EARLY_SHARE * self._period_ns):
            return
        # From the time it was due, so that early and late faces even out; a gap starts anew.
        on_time = now_ns - self._due_ns < self._period_ns
        self._due_ns = (self._due_ns if on_time else now_ns) + self._period_ns
        self._slot = expression
        self._changed.set()

    def end(self) -> None:
        """There will be no more faces."""
        self._ended = True
        self._changed.set()

    async def faces(self) -> AsyncIterator[Expression]:
        """The newest face, each time there is a new one."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            expression, self._slot = self._slot, None
            if expression is not None:
                yield expression
            if self._ended and self._slot is None:
                return


class Broadcast:
    """One session as spectators see it.

    Args:
        opened: What its owner was told, the watch token among it.
        publisher: Where its faces go beside gRPC.
    """

    def __init__(self, opened: session_pb2.Opened, publisher: Publisher | None = None) -> None:
        self.session_id = opened.session_id
        self.watch_token = opened.watch_token
        self.opened = session_pb2.Opened()
        self.opened.CopyFrom(opened)
        self.opened.ClearField("watch_token")
        self._spectators: set[Spectator] = set()
        self._publisher = publisher
        self._ended = False

    @property
    def watched(self) -> bool:
        """Whether anybody would see a face."""
        return bool(self._spectators) or self._publisher is not None

    def publish(self, expression: Expression) -> None:
        """Hand a face to every spectator whose time it is, and to the publisher."""
        if self._publisher is not None:
            self._publisher.publish(expression)
        now_ns = time.perf_counter_ns()
        for spectator in self._spectators:
            spectator.offer(expression, now_ns)

    def join(self, rate_hz: float) -> Spectator:
        """Add a spectator; one that comes after the end is told at once.

        Raises:
            Full: if the session has `MAX_SPECTATORS`.
        """
        if len(self._spectators) >= MAX_SPECTATORS:
            raise Full(
                f"this session has {MAX_SPECTATORS} spectators already.",
                "Try again when one has left.",
                retry_after_ms=1000,
            )
        spectator = Spectator(rate_hz)
        self._spectators.add(spectator)
        if self._ended:
            spectator.end()
        return spectator

    def leave(self, spectator: Spectator) -> None:
        """Take a spectator out."""
        self._spectators.discard(spectator)

    def end(self) -> None:
        """Tell every spectator, and those still to come, that the session is over."""
        self._ended = True
        if self._publisher is not None:
            self._publisher.end()
        for spectator in self._spectators:
            spectator.end()


class Broadcasts:
    """The sessions that can be watched, by id."""

    def __init__(self) -> None:
        self._by_id: dict[str, Broadcast] = {}

    def add(self, broadcast: Broadcast) -> None:
        """Let a session be watched."""
        self._by_id[broadcast.session_id] = broadcast

    def remove(self, broadcast: Broadcast) -> None:
        """End a session's watching."""
        self._by_id.pop(broadcast.session_id, None)
        broadcast.end()

    def find(self, session_id: str, watch_token: bytes) -> Broadcast:
        """The session of an id and its token.

        Raises:
            Refused: if there is no such session or the token is another one: the same answer to
                both, so that nobody learns by asking which sessions there are.
        """
        broadcast = self._by_id.get(session_id)
        expected = broadcast.watch_token if broadcast else secrets.token_bytes(16)
        if not hmac.compare_digest(expected, watch_token) or broadcast is None:
            raise Refused(
                "no session with this id and watch token.",
                "Ask the session's owner for both: they are in its Opened.",
            )
        return broadcast
