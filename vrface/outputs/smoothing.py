"""Smoothing: takes the tremble out of shown weights and leaves blinks and words alone.

The one-euro filter (Casiez, Roussel and Vogel, CHI 2012): a first-order low-pass whose cutoff grows
with speed, so that a still face is calm and a fast one is not late. Each part of the face has its
own (`vrface.face.smoothing`): lids need to be fast, brows that sensors tell little of to be calm.
Nobody has it who does not ask for it: what is inferred is eased already (`easing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import pi
from typing import NamedTuple

import numpy as np

from vrface.columns import Numbers
from vrface.face.blendshapes import BLENDSHAPES, COUNT, GROUPS, group_of
from vrface.face.expression import Source
from vrface.face.smoothing import Smoothing

SPEED_HZ = 1.0
"""Cutoff of the speed that sets the cutoff of the weight, as published."""

LEAST_S = 1e-4
"""Two frames at one instant have no speed: its gain is 0 then, whatever it is divided by."""

_GROUP = np.array([GROUPS.index(group_of(name)) for name in BLENDSHAPES])
_MOUTH = GROUPS.index("mouth")


class Settings(NamedTuple):
    """How W wearers are smoothed; columns are `GROUPS`.

    Attributes:
        still_hz: [W, 6] cutoff of what stands still, Hz; inf = not smoothed.
        per_speed: [W, 6] how much it grows, Hz for each whole movement a second.
        measured: [W] 1 where what a sensor sees is smoothed too.
    """

    still_hz: Numbers
    per_speed: Numbers
    measured: Numbers

    @classmethod
    def of(cls, smoothings: Sequence[Smoothing]) -> Settings:
        """Those of W wearers."""
        figures = [
            [(how.still_hz, how.per_speed) if how else (np.inf, 0.0) for how in one.groups.values()]
            for one in smoothings
        ]
        still_hz, per_speed = np.moveaxis(np.array(figures, np.float32), 2, 0)
        return cls(still_hz, per_speed, np.array([one.measured for one in smoothings], np.float32))


class Smoothed(NamedTuple):
    """What is remembered of weights, each [W, N].

    Attributes:
        given: The last ones; NaN where absent.
        shown: What became of them.
        speed: How fast they change, whole movements a second.
    """

    given: Numbers
    shown: Numbers
    speed: Numbers

    @classmethod
    def begun(cls, wearers: int, width: int = COUNT) -> Smoothed:
        """Before the first frame."""
        shown, speed = np.zeros((2, wearers, width), np.float32)
        return cls(np.full((wearers, width), np.nan, np.float32), shown, speed)


def smoothed(
    held: Smoothed, settings: Settings, weights: Numbers, source: Numbers, dt: Numbers
) -> tuple[Smoothed, Numbers]:
    """What is remembered after one more frame, and [W, N] the weights to show; NaN stays NaN.

    What was absent is taken as it is when it comes back.

    Args:
        held: What was remembered before it.
        settings: How each wearer is smoothed.
        weights: [W, N] in [0, 1]; NaN where absent.
        source: [W, N] `Source` of each.
        dt: [W] seconds since the frame before.
    """
    xp, since = weights.__array_namespace__(), dt[:, None]
    groups = np.concatenate([_GROUP, np.full(weights.shape[1] - COUNT, _MOUTH)])
    still_hz, per_speed = settings.still_hz[:, groups], settings.per_speed[:, groups]
    there = ~xp.isnan(weights)
    goes_on = there & ~xp.isnan(held.given)
    change = xp.where(goes_on, weights - held.given, 0.0)
    nearer = _gain(SPEED_HZ, since) * (change / xp.maximum(since, LEAST_S) - held.speed)
    speed = xp.where(goes_on, held.speed + nearer, 0.0)

    seen = (source == Source.MEASURED) | (source == Source.COPIED)
    asked = (source == Source.INFERRED) | (seen & (settings.measured > 0.0)[:, None])
    calmed = goes_on & asked & xp.isfinite(still_hz)
    cutoff_hz = xp.where(calmed, still_hz + per_speed * xp.abs(speed), 0.0)
    eased = held.shown + _gain(cutoff_hz, since) * (weights - held.shown)
    shown = xp.where(calmed, eased, weights)
    return Smoothed(weights, xp.where(there, shown, 0.0), speed), shown


def _gain(cutoff_hz: Numbers, dt: Numbers) -> Numbers:
    """[...] how much of a change a first-order low-pass follows within `dt` seconds."""
    rate = 2.0 * pi * dt * cutoff_hz
    return -rate.__array_namespace__().expm1(-rate)
