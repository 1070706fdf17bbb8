"""`Blinking`: whole blinks of both eyes, as often as their law says.

The law of a lid that nobody measures knows how likely it is closed, not when. Drawn frame by frame
it would flutter half way; so blinks are events: they begin by chance, close faster than they open,
end, and leave the lids open for a while.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


class Blinking:
    """Blinks of W wearers.

    Args:
        noise: Of the wearers.
        wearers: W.
    """

    def __init__(self, noise: Noise, wearers: int) -> None:
        self._noise = noise
        self._age_s = np.zeros(wearers)
        self._closing_s = np.full(wearers, CLOSING_S)
        self._length_s = np.zeros(wearers)
        self._depth = np.zeros(wearers)

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
        self._age_s = np.where(unseen, self._age_s + dt, self._length_s)
        over = self._age_s >= self._length_s
        self._age_s = np.where(over & shut, self._length_s, self._age_s)
        idle = self._age_s >= self._length_s + REFRACTORY_S
        hazard = np.minimum(np.nan_to_num(per_s), MOST_PER_S)
        begins = idle & (chance < -np.expm1(-hazard * dt))
        # A blink begins between two frames: as often at any frame rate, and as far into it.
        self._age_s = np.where(begins, since * dt, self._age_s)
        closing_s = CLOSING_S * _between(tempo, 1.0 - TEMPO, 1.0 + TEMPO)
        length_s = closing_s * (1.0 + OPENING_SHARE) + _between(hold, *HOLD_S)
        self._closing_s = np.where(begins, closing_s, self._closing_s)
        self._length_s = np.where(begins, length_s, self._length_s)
        self._depth = np.where(begins, _between(depth, *DEPTH), self._depth)
        down = self._age_s / self._closing_s
        up = (self._length_s - self._age_s) / (OPENING_SHARE * self._closing_s)
        way = np.clip(np.minimum(down, up), 0.0, 1.0) ** EASE
        return np.asarray(self._depth * way * way * (3.0 - 2.0 * way))


def _between(share: NDArray[np.float64], least: float, most: float) -> NDArray[np.float64]:
    return least + (most - least) * share
