"""`Blending`: what stands behind a value changes without a jump of the value.

A sensor that falls silent, is heard again, or hands over to its neighbour would let a shown weight
leap to what stands behind it now. So the difference at that instant is kept and let go within
`BLEND_S`, while the value underneath moves on at its own speed: a blink that comes meanwhile is
whole (inertialization, Bollo, GDC 2018). A face that was absent comes back from neutral: that is
what engines show of a face that is not there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Source

BLEND_S = 0.15
"""How long a difference is let go over. Assumed: BrowSync fades over as long."""

MOST_PER_S = 1.5 / BLEND_S
"""How fast a change of source alone moves a weight at most: 1.5 is the steepest of the ease."""

_SEEN = 0.5 / 255.0
"""A difference below this is none."""


class Blending:
    """Blends the weights of W wearers.

    Args:
        neutral: [W, N] what each weight eases to when nothing is known of it.
    """

    def __init__(self, neutral: NDArray[np.float32]) -> None:
        self._neutral = neutral
        self._shown = neutral.copy()
        self._source = np.zeros(neutral.shape, np.uint8)
        self._started = np.zeros(len(neutral), np.bool_)
        self._off = np.zeros_like(neutral)
        self._since_s = np.full(neutral.shape, np.inf, np.float32)

    def clear(self, row: int) -> None:
        """Forget one wearer: the next face is shown as it is."""
        self._started[row] = False

    def __call__(
        self, weights: NDArray[np.float32], source: NDArray[np.uint8], dt: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """[W, N] the weights to show; NaN stays NaN.

        Args:
            weights: [W, N] in [0, 1]; NaN where absent.
            source: [W, N] `Source` of each.
            dt: [W] seconds since the call before.
        """
        there = source != Source.ABSENT
        changed = there & (source != self._source) & self._started[:, None]
        # What is held goes on to neutral by itself.
        changed &= ~((source == Source.NEUTRAL) & (self._source == Source.HELD))
        self._started |= there.any(axis=1)
        self._since_s += dt[:, None]
        if changed.any():
            off = self._shown - weights
            np.copyto(self._off, off, where=changed)
            np.copyto(self._since_s, 0.0, where=changed)
        share = np.clip(1.0 - self._since_s / BLEND_S, 0.0, 1.0)
        kept = self._off * (share * share * (3.0 - 2.0 * share))
        shown = np.clip(weights + np.where(np.abs(kept) > _SEEN, kept, 0.0), 0.0, 1.0)
        self._shown = np.where(there, shown, self._neutral)
        self._source = source.copy()
        return shown.astype(np.float32)
