"""`Rate`: so many a second and no more. Whoever asks says what time it is.

It is the generic cell rate algorithm: all that it remembers is when the last one would have been
due, had they come evenly. How far ahead of that they may come is the burst.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

from vrface.errors import BadUse

BURST_S = 0.1
"""Faces of one stream that may be made at once, as seconds of its rate: a network stalls, too."""

FLOOD = 2.0
"""Messages a second that a stream may send, in times its rate of frames: it may acknowledge each
face by a message of its own."""

FLOOD_S = 2.0
"""Messages that may come at once, as seconds of that."""

EVERYBODY = 2.0
"""Sessions that all addresses together may open, in times what one may."""

FEW = 64
"""So many are remembered before it is worth while to look for some to forget."""


@dataclass(frozen=True)
class Limits:
    """How fast clients may be.

    Attributes:
        rate_hz: Faces a second of one wearer; of frames that come faster the newest counts.
        opens_hz: Sessions a second that one address may open.
        busy: Share of time that the event loop may compute before nobody is let in; 1 = any.

    Raises:
        BadUse: if one of them is not above 0.
    """

    rate_hz: float = 480.0
    opens_hz: float = 30.0
    busy: float = 0.4

    def __post_init__(self) -> None:
        if not all(limit > 0.0 for limit in (self.rate_hz, self.opens_hz, self.busy)):
            raise BadUse(f"limits are above 0, got {self}.")

    def faces(self) -> Rate:
        """Of one stream's faces."""
        return Rate(self.rate_hz, self.rate_hz * BURST_S)

    def messages(self) -> Rate:
        """Of one stream's messages, for each of its wearers."""
        return Rate(self.rate_hz * FLOOD, self.rate_hz * FLOOD * FLOOD_S)

    def opens(self, room: int) -> Rates:
        """Of opened sessions: a full house may come at once, such as from another server."""
        return Rates(self.opens_hz, max(self.opens_hz, room))


USUAL = Limits()
"""Four times 120 Hz; a session each 33 ms, which costs the server five or so; and of time so much
that what comes at random waits for a few others at the most."""


class Rate:
    """So many a second, evenly or some of them at once.

    Args:
        per_s: How many.
        burst: How many may come at once; one at least.
    """

    def __init__(self, per_s: float, burst: float) -> None:
        self._period_ns = math.ceil(1e9 / per_s)
        self._ahead_ns = int((max(burst, 1.0) - 1.0) * self._period_ns)
        self._due_ns = 0

    def wait_ns(self, now_ns: int) -> int:
        """How long it is until another one may come; 0 = it may now."""
        return max(self._due_ns - self._ahead_ns - now_ns, 0)

    def take(self, now_ns: int, count: float = 1.0) -> None:
        """So many came."""
        self._due_ns = max(self._due_ns, now_ns) + round(count * self._period_ns)

    def rested(self, now_ns: int) -> bool:
        """Whether all that came is as good as forgotten."""
        return self._due_ns <= now_ns


class Rates:
    """One `Rate` for each of many, and `EVERYBODY` times that for all of them.

    Args:
        per_s: How many of one.
        burst: How many of one may come at once.
    """

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._all = Rate(per_s * EVERYBODY, burst * EVERYBODY)
        self._each: dict[Hashable, Rate] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._each)

    def wait_ns(self, whose: Hashable, now_ns: int) -> int:
        """How long it is until another one of theirs may come; 0 = it may now."""
        one = self._each.get(whose)
        return max(self._all.wait_ns(now_ns), 0 if one is None else one.wait_ns(now_ns))

    def take(self, whose: Hashable, now_ns: int) -> None:
        """One of theirs came."""
        if len(self._each) >= FEW:
            # Whoever rested is as good as new: nothing is lost with them.
            self._each = {k: one for k, one in self._each.items() if not one.rested(now_ns)}
        self._all.take(now_ns)
        self._each.setdefault(whose, Rate(self._per_s, self._burst)).take(now_ns)
