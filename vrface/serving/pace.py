"""`Pace`: keeps a stream to its rate, and ends the one that goes far beyond it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from vrface.serving.rate import FLOOD, FLOOD_S, Limits
from vrface.serving.stats import Stats
from vrface.serving.status import TooFast


class Pace:
    """One stream's.

    Frames that come faster than its rate wait, so that the newest of them overtakes the others
    before its step: they cost none.

    Args:
        limits: How fast it may be.
        stats: The server's.
        again: Called when a stream that was held back may go on.
        beyond: Called the first time that it is.
    """

    def __init__(
        self,
        limits: Limits,
        stats: Stats,
        again: Callable[[], None],
        beyond: Callable[[], None],
    ) -> None:
        self._limits, self._stats = limits, stats
        self._again = again
        self._beyond: Callable[[], None] | None = beyond
        self._faces, self._messages = limits.faces(), limits.messages()
        self._held: asyncio.TimerHandle | None = None

    def heard(self, now_ns: int, count: float = 1.0) -> None:
        """So many messages came, for each wearer.

        Raises:
            TooFast: if they are far beyond the rate.
        """
        if self._messages.wait_ns(now_ns):
            self._stats.flooded += 1
            most = self._limits.rate_hz * FLOOD
            raise TooFast(
                f"a stream may send {most:g} messages a second for each wearer; "
                f"this one is {most * FLOOD_S:g} ahead of that.",
                "Send one frame for each that is displayed, with what sensors said meanwhile.",
            )
        self._messages.take(now_ns, count)

    def holds(self, now_ns: int) -> bool:
        """Whether no face may be made now; if so, it is asked again when one may."""
        wait_ns = self._faces.wait_ns(now_ns)
        if wait_ns and self._held is None:
            self._held = asyncio.get_running_loop().call_later(wait_ns / 1e9, self._go_on)
            self._stats.held += 1
            if self._beyond is not None:
                self._beyond()
                self._beyond = None
        return wait_ns > 0

    def made(self, now_ns: int) -> None:
        """A face is being made."""
        self._faces.take(now_ns)

    def _go_on(self) -> None:
        self._held = None
        self._again()
