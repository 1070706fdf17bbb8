"""The wearer's resting face: what every prediction and every truth is relative to.

People's recordings rest at different weights (a lid at .15, a brow at .05), and an offset that a
single look at the neutral face would remove must not be counted as skill. So truth is scored
relative to the wearer's rest, and a model predicts relative weights: 0 is this wearer at rest, 1
the shape in full.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, mask
from vrface.face.expression import Source
from vrface.face.resting import relative as relative
from vrface.face.take import Take

CALM_SHARE = 0.1
"""The calmest part of a person's frames, by movement, whose median is the rest."""

CALM_WINDOW_S = 0.5
"""Movement is averaged over this long around a frame."""

RESTLESS = mask([name for name in BLENDSHAPES if name.startswith("eyeBlink")] + list(EYE_LOOK))
"""[54] shapes that move on a still face too: a blink or a glance is not a movement here."""


def mean_speed(
    values: NDArray[np.floating], time_ns: NDArray[np.int64], window_s: float
) -> NDArray[np.float64]:
    """How much everything moves around each frame.

    Args:
        values: [frames, channels]; NaN = unknown.
        time_ns: [frames] increasing.
        window_s: Length of the window that is averaged over, centred on the frame.

    Returns:
        [frames] mean absolute velocity over the window and the known channels, a second; infinite
        where the window reaches beyond the record or holds a step in which nothing is known.
    """
    velocity = np.abs(np.diff(values, axis=0)) / (np.diff(time_ns)[:, None] / 1e9)
    known = np.isfinite(velocity)
    step = np.where(known, velocity, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    lost = ~known.any(axis=1)

    length = max(round(window_s * 1e9 / float(np.median(np.diff(time_ns)))), 1)
    speed = np.full(len(values), np.inf)
    if len(step) >= length:
        total = np.cumsum(np.concatenate([[0.0], step]))
        gaps = np.cumsum(np.concatenate([[0], lost]))
        whole = gaps[length:] == gaps[:-length]
        inside = np.where(whole, (total[length:] - total[:-length]) / length, np.inf)
        speed[length // 2 : length // 2 + len(inside)] = inside
    return speed


def face_rest(takes: Sequence[Take]) -> NDArray[np.float32]:
    """The resting face of one person: the median over the calmest tenth of their frames.

    Args:
        takes: Recordings of one person, at any rate.

    Returns:
        [54] weights in [0, 1]; NaN for shapes that none of the takes has.

    Raises:
        TakeError: if nowhere the face is known for `CALM_WINDOW_S` on end.
    """
    moving = [~RESTLESS & (take.source == Source.MEASURED) for take in takes]
    speed = np.concatenate(
        [
            mean_speed(take.weights[:, shapes], take.time_ns, CALM_WINDOW_S)
            for take, shapes in zip(takes, moving, strict=True)
        ]
    )
    weights = np.concatenate([take.weights for take in takes])
    if not np.isfinite(speed).any():
        names = ", ".join(take.name for take in takes)
        raise TakeError(f"no half second of {names} has the whole face.", "Record a longer take.")
    return usual(weights[calmest(speed)])


def usual(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median of each channel over the frames that know it, [channels]; NaN where none does.

    Args:
        values: [frames, channels]; NaN = unknown.
    """
    rest = np.full(values.shape[1], np.nan, np.float32)
    heard = np.isfinite(values).any(axis=0)
    rest[heard] = np.nanmedian(values[:, heard], axis=0)
    return rest


def calmest(speed: NDArray[np.float64]) -> NDArray[np.intp]:
    """The calmest `CALM_SHARE` of the frames whose speed is known; none where none is."""
    known = np.flatnonzero(np.isfinite(speed))
    in_order = known[np.argsort(speed[known], kind="stable")]
    return in_order[: max(round(CALM_SHARE * known.size), 1)]
