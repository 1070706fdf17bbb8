"""`Lively`: from the law of each weight to one face of many that it allows, moving as faces do.

A weight that is measured is none of its business. Of the others:

- eyeLook shapes are left to the law's mean: eyes jump from here to there, they do not wander;
- lids that no sensor sees are open as the law's median says, and blink (`Blinking`); where one of
  the two is seen the other follows the law's mean: no blink is made up beside a measured eye;
- all others are quantiles of their laws at shares that wander (`Wander`), upwards as far as their
  law's median bears out (`borne_out`). So a still face stays still: what others would read as an
  expression is shown where the sensors speak for one, and never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Remembering
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, indices
from vrface.face.normal_score import log_odds
from vrface.outputs.easing import Easing
from vrface.outputs.lively.blinking import SHUT, Blinking
from vrface.outputs.lively.noise import Noise
from vrface.outputs.lively.wander import Wander

Floats: TypeAlias = NDArray[np.floating]

CLOSED = 0.5
"""A lid beyond this is closed: how likely that is sets how often lids blink."""

STIR = 0.08
"""A face that rests may stir so far, as a share of a whole movement. People take less than `SEEN`
for no expression, and where nobody knows how a wearer's brows rest the population stands in for
them, a tenth off for many."""

SEEN = 0.2
"""From here on people see an expression: the threshold of an event in protocol 1."""

LEAST_ROOM = 0.02
"""However little a law speaks for a movement, a face stirs by so much."""

LIDS = indices(("eyeBlinkLeft", "eyeBlinkRight"))
WIDE = indices(("eyeWideLeft", "eyeWideRight"))
_DRAWABLE = ~np.isin(BLENDSHAPES, EYE_LOOK)
WANDERS = np.flatnonzero(~np.isin(BLENDSHAPES, (*EYE_LOOK, "eyeBlinkLeft", "eyeBlinkRight")))
"""The shapes that wander: all but the eyes' directions and the lids."""


class Drawn(NamedTuple):
    """W faces drawn from their laws.

    Attributes:
        weights: [W, 54] rest-relative, in [0, 1]; of no meaning where nothing is drawn.
        drawn: [W, 54] where a draw decides (`draws`).
    """

    weights: NDArray[np.float32]
    drawn: NDArray[np.bool_]


class Lively:
    """Draws the faces of W wearers frame by frame.

    Args:
        statistics: Of a checkpoint: ``draw_time_s`` [K], ``draw_share`` [54, K] and
            ``draw_factor`` [54, 54] as `Wander` takes them, ``blink_hazard`` [2] as `blink_rate`.
        seeds: One for each wearer: the same seed and laws make the same faces.

    Attributes:
        parts: Who remembers.
    """

    def __init__(self, statistics: Mapping[str, NDArray[np.float32]], seeds: Sequence[int]) -> None:
        self._noise = noise = Noise(seeds)
        self._easing = Easing(len(seeds))
        self._wander = Wander(
            noise,
            statistics["draw_time_s"],
            statistics["draw_share"][WANDERS],
            statistics["draw_factor"][np.ix_(WANDERS, WANDERS)],
        )
        self._hazard = statistics["blink_hazard"].astype(np.float64)
        self._blinking = Blinking(noise, len(seeds))
        self.parts: tuple[Remembering, ...] = (
            noise,
            self._easing,
            self._wander,
            self._blinking,
        )

    def begin(self, row: int, seed: int) -> None:
        """Draw somebody else, from their seed, in one row; all but the noise was cleared."""
        self._noise.begin(row, seed)

    def __call__(
        self,
        loc: NDArray[np.float32],
        scale: NDArray[np.float32],
        present: NDArray[np.bool_],
        heard: NDArray[np.bool_],
        dt: NDArray[np.float32],
    ) -> Drawn:
        """Draw one frame.

        Args:
            loc: [W, 54] of the laws of the rest-relative weights.
            scale: [W, 54].
            present: [W, 54] which weights a sensor sees.
            heard: [W] whether any sensor of the wearer is present.
            dt: [W] seconds since the frame before.
        """
        middle, spread = self._easing(loc, scale, dt)
        weights, drawn = np.clip(middle, 0.0, 1.0), draws(present, heard)
        at = log_odds(self._wander(dt))
        middles = middle[:, WANDERS]
        weights[:, WANDERS] = borne_out(middles, middles + spread[:, WANDERS] * at)
        blink = self._blink(middle[:, LIDS], spread[:, LIDS], drawn[:, LIDS[0]], dt)[:, None]
        weights[:, LIDS] = np.maximum(weights[:, LIDS], blink)
        # Nobody's eyes are wide open while they blink.
        weights[:, WIDE] *= 1.0 - blink
        return Drawn(weights.astype(np.float32), drawn & np.isfinite(weights))

    def _blink(
        self,
        loc: NDArray[np.float64],
        scale: NDArray[np.float64],
        unseen: NDArray[np.bool_],
        dt: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """[W] how far a drawn blink has closed the lids, whose laws are [W, 2]."""
        per_s = blink_rate(self._hazard, closed_odds(loc, scale))
        return self._blinking(per_s, unseen, loc.max(axis=1) >= SHUT, dt)


def draws(present: NDArray[np.bool_], heard: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[W, 54] the weights that are drawn, their source being `Source.GENERATED`.

    Args:
        present: [W, 54] which weights a sensor sees.
        heard: [W] whether any sensor of the wearer is present.
    """
    drawn = ~present & heard[:, None] & _DRAWABLE
    drawn[:, LIDS] &= ~present[:, LIDS].any(axis=1, keepdims=True)
    return np.asarray(drawn)


def borne_out(middle: Floats, drawn: Floats) -> NDArray[np.float64]:
    """[...] draws in [0, 1], none of which goes beyond what its law speaks for.

    A face that rests may stir up to `STIR`; one that makes an expression may be drawn as far from
    its median as that is beyond `SEEN`, to either side: so neither begins one nor ends one by
    chance. Draws approach these bounds and never reach them.

    Args:
        middle: [...] medians of the laws.
        drawn: [...] quantiles of them.
    """
    median = np.clip(middle, 0.0, 1.0)
    room = np.maximum(np.maximum(STIR - median, median - SEEN), LEAST_ROOM)
    return np.asarray(np.clip(median + room * np.tanh((drawn - median) / room), 0.0, 1.0))


def closed_odds(loc: Floats, scale: Floats) -> NDArray[np.float64]:
    """[...] log-odds of closed lids, ``(loc - CLOSED) / scale``, the mean of both.

    Args:
        loc: [..., 2] of the laws of the two lids.
        scale: [..., 2].
    """
    return np.asarray(((loc - CLOSED) / scale).mean(axis=-1))


def blink_rate(hazard: NDArray[np.float64], odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """[...] how many blinks begin in a second of open lids, ``exp(a + b odds)``.

    Args:
        hazard: [2] a and b.
        odds: [...] as `closed_odds` gives them.
    """
    return np.asarray(np.exp(np.clip(hazard[0] + hazard[1] * odds, -20.0, 20.0)))
