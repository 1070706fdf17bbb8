"""The copy rule: what avatars show where a headset has no brow or cheek sensor.

Brows up follow the wide eye, brows down the squeezed one, cheeks the smile
(korejan/VRCFT-ALXR-Modules); the rest stays neutral.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT, index
from vrface.model.calibration import Arrays
from vrface.model.features import PLANES, SLOTS
from vrface.training.case import Sensed
from vrface.training.rivals.constants import unsized
from vrface.training.rivals.law import Law

_FOLLOWS = {
    "browInnerUp": ("lids", "wide"),
    "browOuterUp": ("lids", "wide"),
    "browDown": ("lids", "squeeze"),
    "cheekSquint": ("mouth_tracker", "mouthSmile"),
}

_VALUE = PLANES.index("value")


def _driver(stream: str, kind: str, side: str) -> int:
    channel = f"{kind}_{side.lower()}" if stream == "lids" else f"{kind}{side}"
    return SLOTS.index((stream, channel))


_COPIES = np.array(
    [
        (index(f"{shape}{side}"), _driver(stream, kind, side))
        for shape, (stream, kind) in _FOLLOWS.items()
        for side in ("Left", "Right")
    ]
)
"""(blendshape, slot) of each copy."""


def copied(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights by the copy rule.

    Args:
        values: [..., 68] sensor values minus the wearer's rest, 0 where absent.

    Returns:
        [..., 54] in [0, 1].
    """
    loc = np.zeros((*values.shape[:-1], COUNT), np.float32)
    loc[..., _COPIES[:, 0]] = np.clip(values[..., _COPIES[:, 1]], 0.0, 1.0)
    return loc


def copy_rule(arrays: Arrays, sensed: Sensed) -> Law:
    """The law of what was sensed of each wearer."""
    return unsized(copied(sensed.features[:, :, _VALUE].swapaxes(0, 1)))
