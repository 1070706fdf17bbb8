"""`Smoother`: takes the tremble out of shown weights and leaves blinks and words alone.

The one-euro filter (Casiez, Roussel and Vogel, CHI 2012): a first-order low-pass whose cutoff grows
with speed, so that a still face is calm and a fast one is not late. Each part of the face has its
own: lids need to be fast, brows that sensors tell little of need to be calm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, GROUPS, group_of
from vrface.face.expression import Source

SPEED_HZ = 1.0
"""Cutoff of the speed that sets the cutoff of the weight, as published."""


@dataclass(frozen=True)
class OneEuro:
    """How one part of the face is smoothed.

    Attributes:
        still_hz: Cutoff of a weight that stands still, Hz; inf = not smoothed.
        per_speed: How much it grows with speed, Hz for each whole movement a second.

    Raises:
        BadUse: if one is not above 0, or below.
    """

    still_hz: float
    per_speed: float

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not (self.still_hz > 0.0 and self.per_speed >= 0.0):
            raise BadUse(
                f"a cutoff is above 0 Hz and grows by 0 or more, got {self.still_hz:g} and "
                f"{self.per_speed:g}.",
                "inf Hz smooths nothing.",
            )


OFF = OneEuro(np.inf, 0.0)
"""Not smoothed."""


@dataclass(frozen=True)
class Smoothing:
    """How each score group of the face is smoothed; extras are smoothed as the mouth.

    Attributes:
        measured: Whether what a sensor sees is smoothed too: trackers mostly do that themselves.
            What is drawn from a law (`Source.GENERATED`) moves smoothly as it is.
        lid: Blinks peak at some 20 whole movements a second: with the default they are passed on
            within a frame.
        brow: As for `lid`, and so on.
        cheek: .
        nose: .
        mouth: .
        gaze: .
    """

    measured: bool = False
    lid: OneEuro = OneEuro(4.0, 2.0)
    brow: OneEuro = OneEuro(1.5, 1.0)
    cheek: OneEuro = OneEuro(1.5, 1.0)
    nose: OneEuro = OneEuro(1.5, 1.0)
    mouth: OneEuro = OneEuro(6.0, 2.0)
    gaze: OneEuro = OneEuro(6.0, 4.0)

    @classmethod
    def none(cls) -> Smoothing:
        """Weights are shown as they are."""
        return cls(**{group: OFF for group in GROUPS})


DEFAULT = Smoothing()


class Smoother:
    """Smooths the weights of W wearers.

    Args:
        smoothing: How.
        wearers: W.
        extras: Names of the weights behind the 54.
    """

    def __init__(self, smoothing: Smoothing, wearers: int, extras: Sequence[str] = ()) -> None:
        groups = [*map(group_of, BLENDSHAPES), *["mouth"] * len(extras)]
        set_by = np.array([astuple(getattr(smoothing, group)) for group in groups], np.float32)
        self._still_hz, self._per_speed = set_by.T
        self._shown = np.full((wearers, len(groups)), np.nan, np.float32)
        self._given = self._shown.copy()
        self._speed = np.zeros_like(self._shown)
        self._kinds = [Source.INFERRED]
        if smoothing.measured:
            self._kinds += [Source.MEASURED, Source.COPIED]

    def clear(self, row: int) -> None:
        """Forget one wearer."""
        self._given[row] = np.nan

    def __call__(
        self, weights: NDArray[np.float32], source: NDArray[np.uint8], dt: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """[W, N] smoothed; NaN stays NaN, and what comes after it is taken as it is.

        Args:
            weights: [W, N].
            source: [W, N] `Source` of each.
            dt: [W] seconds since the call before.
        """
        since = dt[:, None]
        new = np.isnan(self._given)
        # Two frames at one instant have no speed: the gain is 0 then.
        speed = np.nan_to_num((weights - self._given) / np.maximum(since, 1e-4))
        self._speed += np.where(new, 0.0, _gain(SPEED_HZ, since) * (speed - self._speed))
        self._speed[new] = 0.0
        gain = _gain(self._still_hz + self._per_speed * np.abs(self._speed), since)
        gain[~np.isin(source, self._kinds) | ~np.isfinite(self._still_hz)] = 1.0
        self._shown = np.where(new, weights, self._shown + gain * (weights - self._shown))
        self._given = weights.copy()
        return self._shown.copy()


def _gain(cutoff_hz: NDArray[np.float32] | float, dt: NDArray[np.float32]) -> NDArray[np.float32]:
    """[...] how much of a change a first-order low-pass follows within `dt` seconds."""
    return np.asarray(-np.expm1(-2.0 * pi * cutoff_hz * dt), np.float32)
