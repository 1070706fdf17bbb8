"""`Door`: who is let in, and on what terms."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vrface.serving.engine import Engine
from vrface.serving.opening import wish_of
from vrface.serving.rate import Limits
from vrface.serving.seat import Seat
from vrface.serving.stats import Stats
from vrface.serving.status import Draining, Full
from vrface.session.token import remembered
from vrface.trust.seal import Seal
from vrface.wire.messages import session_pb2

if TYPE_CHECKING:
    from vrface.model.model import Model

RETRY_AFTER_MS = 1000
"""When whoever found no room may ask again."""


class Entered(NamedTuple):
    """A wearer who was let in.

    Attributes:
        seat: Where they are stepped.
        resumed: Whether they go on where they left off.
    """

    seat: Seat
    resumed: bool


class Door:
    """Lets wearers in while there is room.

    Args:
        engine: Where they go.
        models: What they may ask for, by name; the first one is the default.
        room: Most wearers at a time.
        seal: Of resume tokens.
        limits: How fast clients may be.
        stats: The server's.

    Attributes:
        inside: How many wearers there are, or are about to be.
        draining: Whether nobody is let in any more.
        limits: As given.
    """

    def __init__(
        self,
        engine: Engine,
        models: Mapping[str, Model],
        room: int,
        seal: Seal,
        limits: Limits,
        stats: Stats,
    ) -> None:
        self.inside = 0
        self.draining = False
        self.models, self.room, self.seal = models, room, seal
        self.limits = limits
        self._engine, self._stats = engine, stats
        self._opens = limits.opens(room)

    async def enter(self, request: session_pb2.Open, address: str) -> Entered:
        """Let a wearer in; whoever is in must `leave`.

        Args:
            request: What they ask for.
            address: Where they come from.

        Raises:
            Draining: if nobody is let in any more.
            Full: if there is no room, or too many came of late.
            VrfaceError: as for `wish_of`.
        """
        if self.draining:
            raise Draining("this server is going away.", "Connect to another one, or in a moment.")
        self._check_room(address, time.perf_counter_ns())
        self.inside += 1
        try:
            seat = await self._engine.seat(wish_of(request, self.models))
        except BaseException:
            self.inside -= 1
            raise
        try:
            return Entered(seat, await self._resumed(seat, request.resume_token))
        except BaseException:
            await self.leave(seat)
            raise

    def _check_room(self, address: str, now_ns: int) -> None:
        try:
            if self.inside >= self.room:
                raise Full(
                    f"all {self.room} sessions are taken.",
                    "Try again when one has ended, or raise the server's limit.",
                    retry_after_ms=RETRY_AFTER_MS,
                )
            if wait_ns := self._opens.wait_ns(address, now_ns):
                raise Full(
                    f"more than {self.limits.opens_hz:g} sessions a second from one address.",
                    "Try again in a moment, and keep sessions open rather than open many.",
                    retry_after_ms=wait_ns // 1_000_000 + 1,
                )
        except Full:
            self._stats.turned_away += 1
            raise
        self._opens.take(address, now_ns)

    @asynccontextmanager
    async def entered(self, request: session_pb2.Open, address: str) -> AsyncIterator[Entered]:
        """A wearer who was let in, for as long as this lasts. Errors as for `enter`."""
        wearer = await self.enter(request, address)
        try:
            yield wearer
        finally:
            await self.leave(wearer.seat)

    async def leave(self, seat: Seat) -> None:
        """A wearer goes."""
        self.inside -= 1
        await self._engine.leave(seat)

    async def _resumed(self, seat: Seat, resume_token: bytes) -> bool:
        """Let a wearer go on where they left off, if the token is one of ours and of this kind."""
        found = remembered(self.seal, seat.wish.kind, resume_token) if resume_token else None
        if found is None:
            return False
        return await self._engine.between(partial(seat.cohort.pipeline.resume, seat.row, found))
