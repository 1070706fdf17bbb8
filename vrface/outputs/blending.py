"""`Blending`: what stands behind a value changes without a jump of the value.

A sensor that falls silent, is heard again, or hands over to its neighbour would let a shown weight
leap to what stands behind it now. So the difference at that instant is kept and let go within
`BLEND_S`, while the value underneath moves on at its own speed: a blink that comes meanwhile is
whole (inertialization, Bollo, GDC 2018). A face that was absent comes back from neutral: that is
what engines show of a face that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.face.expression import Source

BLEND_S = 0.1
"""How long a difference is let go over. BrowSync fades over .15 s; here a sensor that is heard
again is believed sooner: for as long as it fades, its values are shown late."""

MOST_PER_S = 1.5 / BLEND_S
"""How fast a change of source alone moves a weight at most: 1.5 is the steepest of the ease."""


_ANOTHER = 255
"""No `Source`."""


@dataclass
class Blended(Columns):
    """What was shown last, and what of an earlier value is still in it.

    Attributes:
        neutral: [W, N] what each weight eases to when nothing is known of it.
        started: [W] whether anything was shown yet.
        shown: [W, N] the last weights.
        source: [W, N] what stood behind them.
        off: [W, N] what was between two values when the source changed.
        since_s: [W, N] how long ago that was.
    """

    neutral: NDArray[np.float32]
    started: NDArray[np.bool_]
    shown: NDArray[np.float32]
    source: NDArray[np.uint8]
    off: NDArray[np.float32]
    since_s: NDArray[np.float32]


class Blending:
    """Blends the weights of W wearers.

    Args:
        neutral: [W, N] what each weight eases to when nothing is known of it.
    """

    def __init__(self, neutral: NDArray[np.float32]) -> None:
        self.held = _begun(neutral)

    def begin(self, row: int, neutral: NDArray[np.float32]) -> None:
        """Somebody else, of [N] neutral weights, is in one row: what comes is shown as it is."""
        self.held.put(np.array([row]), _begun(neutral[None]))

    def restart(self) -> None:
        """Something else stands behind every weight from the next call on, by whatever name."""
        self.held.source[:] = _ANOTHER

    def __call__(
        self, weights: NDArray[np.float32], source: NDArray[np.uint8], dt: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """[W, N] the weights to show; NaN stays NaN.

        Args:
            weights: [W, N] in [0, 1]; NaN where absent.
            source: [W, N] `Source` of each.
            dt: [W] seconds since the call before.
        """
        held = self.held
        there = source != Source.ABSENT
        changed = there & (source != held.source) & held.started[:, None]
        # What is held goes on to neutral by itself.
        changed &= ~((source == Source.NEUTRAL) & (held.source == Source.HELD))
        held.started |= there.any(axis=1)
        held.since_s += dt[:, None]
        if changed.any():
            np.copyto(held.off, held.shown - weights, where=changed)
            np.copyto(held.since_s, 0.0, where=changed)
        share = np.clip(1.0 - held.since_s / BLEND_S, 0.0, 1.0)
        kept = held.off * (share * share * (3.0 - 2.0 * share))
        shown: NDArray[np.float32] = np.clip(weights + kept, 0.0, 1.0).astype(np.float32)
        held.shown = np.where(there, shown, held.neutral)
        held.source = source.copy()
        return shown


def _begun(neutral: NDArray[np.float32]) -> Blended:
    return Blended(
        neutral=neutral.copy(),
        started=np.zeros(len(neutral), np.bool_),
        shown=neutral.copy(),
        source=np.zeros(neutral.shape, np.uint8),
        off=np.zeros_like(neutral),
        since_s=np.full(neutral.shape, np.inf, np.float32),
    )
