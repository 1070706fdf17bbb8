"""Draws: from the law of each weight to one face of many that it allows, moving as faces do.

A weight that is measured is none of its business. Of the others:

- eyeLook shapes are left to the law's mean: eyes jump from here to there, they do not wander;
- lids that no sensor sees are open as the law's median says, and blink (`blinking`); where one of
  the two is seen the other follows the law's mean: no blink is made up beside a measured eye;
- all others are quantiles of their laws at shares that wander (`Wander`), upwards as far as their
  law's median bears out (`borne_out`). So a still face stays still: what others would read as an
  expression is shown where the sensors speak for one, and never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Numbers, Remembering
from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, indices
from vrface.face.expression import STYLES, Style
from vrface.face.normal_score import log_odds
from vrface.outputs.easing import Eased, eased
from vrface.outputs.lively.blinking import NUMBERS, SHUT, Blink, blinking
from vrface.outputs.lively.noise import SEEDS, Noise
from vrface.outputs.lively.wander import Wander

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
WANDERS = np.flatnonzero(~np.isin(BLENDSHAPES, (*EYE_LOOK, "eyeBlinkLeft", "eyeBlinkRight")))
"""The shapes that wander: all but the eyes' directions and the lids."""

_IS_LID, _IS_WIDE, _WANDERS, _DRAWABLE = (
    np.isin(np.arange(COUNT), which)[None, :]
    for which in (LIDS, WIDE, WANDERS, np.append(WANDERS, LIDS))
)


class Chances(NamedTuple):
    """What chance says of one frame of W wearers.

    Attributes:
        at: [W, 54] log-odds of the share of its law at which each shape is drawn; 0 of those that
            do not wander.
        blink: [W, `blinking.NUMBERS`] random numbers in (0, 1).
    """

    at: Numbers
    blink: Numbers

    @classmethod
    def none(cls, wearers: int) -> Chances:
        """Of wearers for whom nothing is drawn."""
        return cls(np.zeros((wearers, COUNT), np.float32), np.zeros((wearers, NUMBERS), np.float32))


class Dice:
    """What says how the faces of W wearers are drawn, frame by frame.

    Args:
        statistics: Of a checkpoint: ``draw_time_s`` [K], ``draw_share`` [54, K] and
            ``draw_factor`` [54, 54] as `Wander` takes them.
        seeds: One for each wearer: the same seed and laws make the same faces.

    Attributes:
        parts: Who remembers.
    """

    def __init__(self, statistics: Mapping[str, NDArray[np.float32]], seeds: Sequence[int]) -> None:
        self._noise = noise = Noise(seeds)
        self._wander = Wander(
            noise,
            statistics["draw_time_s"],
            statistics["draw_share"][WANDERS],
            statistics["draw_factor"][np.ix_(WANDERS, WANDERS)],
        )
        self.parts: tuple[Remembering, ...] = (noise, self._wander)

    def begin(self, row: int, seed: int) -> None:
        """Draw somebody else, from their seed, in one row; all but the noise was cleared."""
        self._noise.begin(row, seed)

    def __call__(self, dt: NDArray[np.float32]) -> Chances:
        """One frame.

        Args:
            dt: [W] seconds since the frame before.
        """
        chances = Chances.none(len(dt))
        chances.at[:, WANDERS] = log_odds(self._wander(dt))
        chances.blink[:] = self._noise.uniform(NUMBERS)
        return chances


def dice(
    style: Style, statistics: Mapping[str, NDArray[np.float32]], seeds: Sequence[int], wearers: int
) -> Dice | None:
    """What says how the faces of a style are drawn; None = the laws' means are shown.

    Args:
        style: Which.
        statistics: Of a checkpoint, as `Dice` takes them.
        seeds: One for each wearer.
        wearers: How many there are.

    Raises:
        UnknownName: for another style.
        BadUse: if there is not one seed for each wearer, or one is not in 0..2^64-1.
    """
    if style not in STYLES:
        raise UnknownName("style", style, STYLES)
    if len(seeds) != wearers or not all(0 <= seed < SEEDS for seed in seeds):
        raise BadUse(
            f"each of {wearers} wearers takes a seed in 0..2^64-1, got "
            f"{', '.join(map(str, seeds)) or 'none'}."
        )
    return Dice(statistics, seeds) if style == "lively" else None


class Drawing(NamedTuple):
    """How far the draws of W wearers have come."""

    laws: Eased
    blink: Blink

    @classmethod
    def begun(cls, wearers: int) -> Drawing:
        """Before the first frame."""
        return cls(Eased.begun(wearers), Blink.begun(wearers))


class Drawn(NamedTuple):
    """W faces drawn from their laws.

    Attributes:
        weights: [W, 54] rest-relative, in [0, 1]; of no meaning where nothing is drawn.
        drawn: [W, 54] where a draw decides (`draws`).
    """

    weights: Numbers
    drawn: Numbers


def draw(
    held: Drawing,
    hazard: Numbers,
    chances: Chances,
    law: tuple[Numbers, Numbers],
    present: Numbers,
    heard: Numbers,
    dt: Numbers,
) -> tuple[Drawing, Drawn]:
    """What is remembered after one more frame, and the draws.

    Args:
        held: What was remembered before it.
        hazard: [2] ``blink_hazard`` of a checkpoint, as `blink_rate` takes it.
        chances: Of this frame.
        law: Location and scale of the laws of the rest-relative weights, each [W, 54].
        present: [W, 54] which weights a sensor sees.
        heard: [W] whether any sensor of the wearer is present.
        dt: [W] seconds since the frame before.
    """
    xp, laws = present.__array_namespace__(), eased(held.laws, *law, dt)
    drawn, middle = draws(present, heard), laws.loc
    wandered = borne_out(middle, middle + laws.scale * chances.at)
    weights = xp.where(_WANDERS, wandered, xp.clip(middle, 0.0, 1.0))
    odds = closed_odds(middle[:, LIDS], laws.scale[:, LIDS])
    shut = middle[:, LIDS].max(axis=1) >= SHUT
    blink, lids = blinking(
        held.blink, chances.blink, blink_rate(hazard, odds), drawn[:, LIDS[0]], shut, dt
    )
    lids = lids[:, None]
    weights = xp.where(_IS_LID, xp.maximum(weights, lids), weights)
    # Nobody's eyes are wide open while they blink.
    weights = xp.where(_IS_WIDE, weights * (1.0 - lids), weights).astype(np.float32)
    return Drawing(laws, blink), Drawn(weights, drawn & xp.isfinite(weights))


def draws(present: Numbers, heard: Numbers) -> Numbers:
    """[W, 54] the weights that are drawn, their source being `Source.GENERATED`.

    Args:
        present: [W, 54] which weights a sensor sees.
        heard: [W] whether any sensor of the wearer is present.
    """
    lid_seen = present[:, LIDS].any(axis=1)[:, None] & _IS_LID
    return ~present & ~lid_seen & heard[:, None] & _DRAWABLE


def borne_out(middle: Numbers, drawn: Numbers) -> Numbers:
    """[...] draws in [0, 1], none of which goes beyond what its law speaks for.

    A face that rests may stir up to `STIR`; one that makes an expression may be drawn as far from
    its median as that is beyond `SEEN`, to either side: so neither begins one nor ends one by
    chance. Draws approach these bounds and never reach them.

    Args:
        middle: [...] medians of the laws.
        drawn: [...] quantiles of them.
    """
    xp = middle.__array_namespace__()
    median = xp.clip(middle, 0.0, 1.0)
    room = xp.maximum(xp.maximum(STIR - median, median - SEEN), LEAST_ROOM)
    return xp.clip(median + room * xp.tanh((drawn - median) / room), 0.0, 1.0)


def closed_odds(loc: Numbers, scale: Numbers) -> Numbers:
    """[...] log-odds of closed lids, ``(loc - CLOSED) / scale``, the mean of both.

    Args:
        loc: [..., 2] of the laws of the two lids.
        scale: [..., 2].
    """
    return ((loc - CLOSED) / scale).mean(axis=-1)


def blink_rate(hazard: Numbers, odds: Numbers) -> Numbers:
    """[...] how many blinks begin in a second of open lids, ``exp(a + b odds)``.

    Args:
        hazard: [2] a and b.
        odds: [...] as `closed_odds` gives them.
    """
    xp = odds.__array_namespace__()
    return xp.exp(xp.clip(hazard[0] + hazard[1] * odds, -20.0, 20.0))
