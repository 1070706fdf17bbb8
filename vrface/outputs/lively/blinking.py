"""`Blinking`: whole blinks of both eyes, as often as their law says.

The law of a lid that nobody measures knows how likely it is closed, not when. Drawn frame by frame
it would flutter half way; so blinks are events: they begin by chance, close faster than they open,
end, and leave the lids open for a while.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.outputs.lively.noise import Noise

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


@dataclass
class Blink(Columns):
    """The last blink of each wearer, all [W].

    Attributes:
        age_s: Since it began.
        closing_s: How long its lids go down.
        length_s: How long it is.
        depth: How far it closes.
    """

    age_s: NDArray[np.float64]
    closing_s: NDArray[np.float64]
    length_s: NDArray[np.float64]
    depth: NDArray[np.float64]


class Blinking:
    """Blinks of W wearers.

    Args:
        noise: Of the wearers.
        wearers: W.
    """

    def __init__(self, noise: Noise, wearers: int) -> None:
        self._noise = noise
        age_s, length_s, depth = np.zeros((3, wearers))
        self.held = Blink(age_s, np.full(wearers, CLOSING_S), length_s, depth)

    def __call__(
        self,
        per_s: NDArray[np.float64],
        unseen: NDArray[np.bool_],
        shut: NDArray[np.bool_],
        dt: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """[W] how far a blink has closed the lids: 0 not at all, 1 whole.

        Args:
            per_s: [W] hazard: how many blinks would begin in a second of open lids.
            unseen: [W] where lids may blink; elsewhere a blink that was on its way is over.
            shut: [W] where the law itself says that lids are closing: no blink begins there.
            dt: [W] seconds since the call before.
        """
        chance, since, tempo, hold, depth = self._noise.uniform(NUMBERS).T
        held = self.held
        held.age_s = np.where(unseen, held.age_s + dt, held.length_s)
        over = held.age_s >= held.length_s
        held.age_s = np.where(over & shut, held.length_s, held.age_s)
        idle = held.age_s >= held.length_s + REFRACTORY_S
        hazard = np.minimum(np.nan_to_num(per_s), MOST_PER_S)
        begins = idle & (chance < -np.expm1(-hazard * dt))
        # A blink begins between two frames: as often at any frame rate, and as far into it.
        held.age_s = np.where(begins, since * dt, held.age_s)
        closing_s = CLOSING_S * _between(tempo, 1.0 - TEMPO, 1.0 + TEMPO)
        length_s = closing_s * (1.0 + OPENING_SHARE) + _between(hold, *HOLD_S)
        held.closing_s = np.where(begins, closing_s, held.closing_s)
        held.length_s = np.where(begins, length_s, held.length_s)
        held.depth = np.where(begins, _between(depth, *DEPTH), held.depth)
        down = held.age_s / held.closing_s
        up = (held.length_s - held.age_s) / (OPENING_SHARE * held.closing_s)
        way = np.clip(np.minimum(down, up), 0.0, 1.0) ** EASE
        return np.asarray(held.depth * way * way * (3.0 - 2.0 * way))


def _between(share: NDArray[np.float64], least: float, most: float) -> NDArray[np.float64]:
    return least + (most - least) * share
