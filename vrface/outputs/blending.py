"""Blending: what stands behind a value changes without a jump of the value.

A sensor that falls silent, is heard again, or hands over to its neighbour would let a shown weight
leap to what stands behind it now. So the difference at that instant is kept and let go within
`BLEND_S`, while the value underneath moves on at its own speed: a blink that comes meanwhile is
whole (inertialization, Bollo, GDC 2018). A face that was absent comes back from neutral: that is
what engines show of a face that is not there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vrface.columns import Numbers
from vrface.face.expression import Source

BLEND_S = 0.1
"""How long a difference is let go over. BrowSync fades over .15 s; here a sensor that is heard
again is believed sooner: for as long as it fades, its values are shown late."""

MOST_PER_S = 1.5 / BLEND_S
"""How fast a change of source alone moves a weight at most: 1.5 is the steepest of the ease."""

ANOTHER = 255
"""No `Source`: whoever remembers it of a weight blends into whatever is next."""


class Blended(NamedTuple):
    """What was shown last, and what of an earlier value is still in it.

    Attributes:
        started: [W] 1 once anything was shown.
        shown: [W, N] the last weights.
        source: [W, N] what stood behind them.
        off: [W, N] what was between two values when the source changed.
        since_s: [W, N] how long ago that was.
    """

    started: Numbers
    shown: Numbers
    source: Numbers
    off: Numbers
    since_s: Numbers

    @classmethod
    def begun(cls, neutral: Numbers) -> Blended:
        """Before the first frame of wearers who ease to [W, N] weights: that is shown as it is."""
        nothing, never = np.zeros_like(neutral), np.full_like(neutral, np.inf)
        return cls(nothing[:, 0], neutral, nothing, nothing, never)


def blended(
    held: Blended, neutral: Numbers, weights: Numbers, source: Numbers, dt: Numbers
) -> tuple[Blended, Numbers]:
    """What is remembered after one more frame, and [W, N] the weights to show; NaN stays NaN.

    Args:
        held: What was remembered before it.
        neutral: [W, N] what each weight eases to when nothing is known of it.
        weights: [W, N] in [0, 1]; NaN where absent.
        source: [W, N] `Source` of each.
        dt: [W] seconds since the frame before.
    """
    xp = weights.__array_namespace__()
    there = source != Source.ABSENT
    changed = there & (source != held.source) & (held.started > 0.0)[:, None]
    # What is held goes on to neutral by itself.
    changed &= ~((source == Source.NEUTRAL) & (held.source == Source.HELD))
    since_s = xp.where(changed, 0.0, held.since_s + dt[:, None])
    off = xp.where(changed, held.shown - weights, held.off)
    share = xp.clip(1.0 - since_s / BLEND_S, 0.0, 1.0)
    shown = xp.clip(weights + off * (share * share * (3.0 - 2.0 * share)), 0.0, 1.0)
    started = xp.maximum(held.started, there.any(axis=1).astype(np.float32))
    last = xp.where(there, shown, neutral)
    return Blended(started, last, source, off, since_s), shown
