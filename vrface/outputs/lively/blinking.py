"""Blinking: whole blinks of both eyes, as often as their law says.

The law of a lid that nobody measures knows how likely it is closed, not when. Drawn frame by frame
it would flutter half way; so blinks are events: they begin by chance, close faster than they open,
end, and leave the lids open for a while.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vrface.columns import Numbers

CLOSING_S = 0.082
"""How long lids go down: 66 ms on search coils (7 people), 90 ms (VanderWerf 2003), 67 to 100 ms in
open face captures at 60 Hz; between them."""

OPENING_SHARE = 1.435
"""How much longer they go up: closing is 40 to 47 % faster (Ferrario and Sforza 2008)."""

HOLD_S = (0.01, 0.05)
"""How long they stay closed, from and to (search coils: 8 ms and more)."""

DEPTH = (0.8, 1.0)
"""How far they close, from and to. Half of all blinks are partial (Ousler 2014), but here nobody
knows which: these are whole."""

TEMPO = 0.2
"""Blinks are up to so much shorter and longer than the average one. Assumed."""

EASE = 1.6
"""How late on its way a lid is fastest. With it and `CLOSING_S` a lid peaks at 23 times its way a
second; search coils say 21 to 29 (main sequence, VanderWerf 2003)."""

REFRACTORY_S = 0.4
"""Lids stay open for so long at the least, after a blink and after a sensor saw them. Assumed."""

MOST_PER_S = 2.0
"""The hazard never exceeds this, however sure the law is."""

SHUT = 0.3
"""From a law's median of this on, the law says that lids are closing: no blink is drawn then."""

NUMBERS = 5
"""Random numbers a frame: whether, since when, tempo, hold, depth."""


class Blink(NamedTuple):
    """The last blink of each wearer, all [W].

    Attributes:
        age_s: Since it began.
        closing_s: How long its lids go down.
        length_s: How long it is.
        depth: How far it closes.
    """

    age_s: Numbers
    closing_s: Numbers
    length_s: Numbers
    depth: Numbers

    @classmethod
    def begun(cls, wearers: int) -> Blink:
        """Before the first frame."""
        age_s, length_s, depth = np.zeros((3, wearers), np.float32)
        return cls(age_s, np.full(wearers, CLOSING_S, np.float32), length_s, depth)


def blinking(
    held: Blink, chances: Numbers, per_s: Numbers, unseen: Numbers, shut: Numbers, dt: Numbers
) -> tuple[Blink, Numbers]:
    """What is remembered after one more frame, and [W] how far a blink has closed the lids.

    Args:
        held: What was remembered before it.
        chances: [W, `NUMBERS`] random numbers in (0, 1).
        per_s: [W] hazard: how many blinks would begin in a second of open lids.
        unseen: [W] where lids may blink; elsewhere a blink that was on its way is over.
        shut: [W] where the law itself says that lids are closing: no blink begins there.
        dt: [W] seconds since the frame before.

    Returns:
        The lids: 0 not closed at all, 1 whole.
    """
    xp = chances.__array_namespace__()
    chance, since, tempo, hold, depth = (chances[:, number] for number in range(NUMBERS))
    age_s = xp.where(unseen, held.age_s + dt, held.length_s)
    age_s = xp.where((age_s >= held.length_s) & shut, held.length_s, age_s)
    idle = age_s >= held.length_s + REFRACTORY_S
    hazard = xp.minimum(xp.where(xp.isnan(per_s), 0.0, per_s), MOST_PER_S)
    begins = idle & (chance < -xp.expm1(-hazard * dt))
    closing_s = CLOSING_S * _between(tempo, 1.0 - TEMPO, 1.0 + TEMPO)
    length_s = closing_s * (1.0 + OPENING_SHARE) + _between(hold, *HOLD_S)
    # A blink begins between two frames: as often at any frame rate, and as far into it.
    blink = Blink(
        xp.where(begins, since * dt, age_s),
        xp.where(begins, closing_s, held.closing_s),
        xp.where(begins, length_s, held.length_s),
        xp.where(begins, _between(depth, *DEPTH), held.depth),
    )
    down = blink.age_s / blink.closing_s
    up = (blink.length_s - blink.age_s) / (OPENING_SHARE * blink.closing_s)
    way = xp.clip(xp.minimum(down, up), 0.0, 1.0) ** EASE
    return blink, blink.depth * way * way * (3.0 - 2.0 * way)


def _between(share: Numbers, least: float, most: float) -> Numbers:
    return least + (most - least) * share
