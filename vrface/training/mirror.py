"""The mirror: a face and what is sensed of it with left and right exchanged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, MIRROR, mirrored
from vrface.model.features import PLANES, SLOTS


def _mirrored_channel(channel: str) -> str:
    if channel in BLENDSHAPES:
        return mirrored(channel)
    for side, other in (("left", "right"), ("right", "left")):
        if side in channel:
            return channel.replace(side, other)
    return channel


SLOT_MIRROR: NDArray[np.intp] = np.array(
    [SLOTS.index((stream, _mirrored_channel(channel))) for stream, channel in SLOTS]
)
"""`features[..., SLOT_MIRROR]` puts each slot in its mirror image's place."""

SLOT_SIGN: NDArray[np.float32] = np.array(
    [-1.0 if channel.endswith("yaw") else 1.0 for _, channel in SLOTS], dtype=np.float32
)
"""What mirroring multiplies a slot's value by: who looked left looks right."""

_SIGNED = [PLANES.index("value"), PLANES.index("difference")]


def mirrored_features(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features [..., 4, 68] of the mirrored wearer."""
    turned = features[..., SLOT_MIRROR]
    turned[..., _SIGNED, :] *= SLOT_SIGN
    return turned


def mirrored_weights(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights [..., 54] of the mirrored face."""
    return weights[..., MIRROR]
