"""`Door`: who is let in, and on what terms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from vrface.serving.engine import Engine
from vrface.serving.headroom import Headroom, Verdict
from vrface.serving.opening import wish_of
from vrface.serving.pulse import BEAT_S, Pulse
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
"""When whoever found no room may ask again, at the soonest."""

PATIENCE_S = 2.0
"""How long somebody waits for those before them to be measured, seconds."""


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
        pulse: How it has been of late.

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
        pulse: Pulse,
    ) -> None:
        self.inside = 0
        self.draining = False
        self.models, self.room, self.seal = models, room, seal
        self.limits = limits
        self._engine, self._stats = engine, stats
        self._opens = limits.opens(room)
        self._headroom = Headroom(pulse, limits.busy)

    async def enter(self, request: session_pb2.Open, address: str, streams: int = 0) -> Entered:
        """Let a wearer in; whoever is in must `leave`.

        Args:
            request: What they ask for.
            address: Where they come from.
            streams: How many streams come with them: none with another wearer of a TrackMany.

        Raises:
            Draining: if nobody is let in any more.
            Full: if there is no room, those who are in would not stay on time, or too many came.
            VrfaceError: as for `wish_of`.
        """
        try:
            self._check_room()
            self._check_rate(address)
            wish = wish_of(request, self.models)
            token = request.resume_token
            found = remembered(self.seal, wish.kind, token) if token else None
            # Who was let in elsewhere goes on: a face that stops is worse than a late one.
            if found is None:
                await self._find_room(streams)
        except Full:
            self._stats.turned_away += 1
            raise
        self._headroom.come(streams, time.perf_counter())
        self.inside += 1
        try:
            seat = await self._engine.seat(wish)
        except BaseException:
            self.inside -= 1
            raise
        try:
            return Entered(seat, found is not None and await self._resumed(seat, found))
        except BaseException:
            await self.leave(seat)
            raise

    def _check_room(self) -> None:
        if self.draining:
            raise Draining("this server is going away.", "Connect to another one, or in a moment.")
        if self.inside >= self.room:
            raise self._full(
                f"all {self.room} sessions are taken.",
                "Try again when one has ended, or raise the server's limit.",
            )

    def _check_rate(self, address: str) -> None:
        now_ns = time.perf_counter_ns()
        if wait_ns := self._opens.wait_ns(address, now_ns):
            raise Full(
                f"more than {self.limits.opens_hz:g} sessions a second from one address.",
                "Try again in a moment, and keep sessions open rather than open many.",
                retry_after_ms=wait_ns // 1_000_000 + 1,
            )
        self._opens.take(address, now_ns)

    async def _find_room(self, streams: int) -> None:
        """Wait until it is known that those who are in stay on time, or that they would not."""
        until_s = time.perf_counter() + PATIENCE_S
        while True:
            now_s = time.perf_counter()
            verdict = self._headroom.verdict(self.inside, streams, now_s)
            if verdict is Verdict.ENTER:
                return
            if verdict is Verdict.FULL or now_s >= until_s:
                raise self._full(
                    f"{self.inside} sessions are all that this server keeps on time.",
                    "Try again when one has ended, ask another server, or raise its --max-busy.",
                )
            await asyncio.sleep(BEAT_S)
            self._check_room()

    def _full(self, message: str, advice: str) -> Full:
        # Evenly over a second, or who was refused at once would come again at once.
        later_ms = 50 * (self._stats.turned_away % 20)
        return Full(message, advice, retry_after_ms=RETRY_AFTER_MS + later_ms)

    @asynccontextmanager
    async def entered(
        self, request: session_pb2.Open, address: str, streams: int = 0
    ) -> AsyncIterator[Entered]:
        """A wearer who was let in, for as long as this lasts. Errors as for `enter`."""
        wearer = await self.enter(request, address, streams)
        try:
            yield wearer
        finally:
            await self.leave(wearer.seat)

    async def leave(self, seat: Seat) -> None:
        """A wearer goes."""
        self.inside -= 1
        await self._engine.leave(seat)

    async def _resumed(self, seat: Seat, found: Mapping[str, NDArray[Any]]) -> bool:
        """Let a wearer go on where they left off; whether that could be."""
        return await self._engine.between(partial(seat.cohort.pipeline.resume, seat.row, found))
