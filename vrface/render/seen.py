"""A figure and its weights as a headset saw them: what it hides is grey, and rests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, mask
from vrface.face.expression import Source
from vrface.render.reach import reach
from vrface.rig.figure import Figure

GREY = 0.62
"""sRGB of what nobody saw."""

_FELT_M = 0.0002
"""Skin that no shape moves so far is not part of the face."""


@dataclass(frozen=True, eq=False)
class Recoloured:
    """A figure in other colours.

    Attributes:
        figure: What moves.
        colours: [vertices, 3] as of `Figure`.
    """

    figure: Figure
    colours: NDArray[np.float32]

    @property
    def triangles(self) -> NDArray[np.int32]:
        """As of the figure."""
        return self.figure.triangles

    def posed(self, weights: NDArray[np.float32], gaze: NDArray[np.float32]) -> NDArray[np.float32]:
        """As of the figure."""
        return self.figure.posed(weights, gaze)


def greyed(colours: NDArray[np.float32], share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours [vertices, 3] that turn grey, by a share in [0, 1] for each vertex."""
    # Luma of ITU-R BT.709; some of it stays, so that brows and lips are still there to see.
    luma = np.asarray(colours, dtype=np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    grey = (GREY + 0.35 * (luma - GREY))[:, None]
    return np.asarray(colours + share[:, None] * (grey - colours), dtype=np.float32)


def as_seen(figure: Figure, measured: Iterable[str]) -> Recoloured:
    """A figure that is grey where shapes that a headset cannot see move it most.

    Args:
        figure: Whose.
        measured: The shapes that the headset measures; extras beyond the 54 make no difference.
    """
    moved = reach(figure) ** 2
    seen = mask([name for name in measured if name in BLENDSHAPES])
    skin = ~mask(EYE_LOOK)  # who sees gaze alone does not see the lids that follow it
    shown, hidden = moved[seen & skin].sum(axis=0), moved[~seen & skin].sum(axis=0)
    share = hidden / np.maximum(shown + hidden, np.float32(1e-20))
    felt = np.sqrt(shown + hidden) / np.float32(_FELT_M)
    tint = _smooth((share - 0.3) / 0.4) * _smooth(felt - 0.5)
    return Recoloured(figure, greyed(figure.colours, tint))


def seen_weights(weights: NDArray[np.float32], source: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Weights without those that no sensor stands behind: these are NaN.

    Args:
        weights: [..., shapes].
        source: [..., shapes] `Source` of each.
    """
    sensed = np.isin(source, (Source.MEASURED, Source.COPIED))
    return np.where(sensed, weights, np.float32(np.nan))


def _smooth(at: NDArray[np.float32]) -> NDArray[np.float32]:
    """From 0 to 1 without a corner."""
    t = at.clip(0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)
