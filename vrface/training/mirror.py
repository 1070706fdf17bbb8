"""The mirror: a face and what is sensed of it with left and right exchanged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, MIRROR, mirrored
from vrface.model.calibration import Calibration
from vrface.model.calibration.summary import QUANTILES
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
"""`features[..., SLOT_MIRROR]` puts each slot in its mirror image's place; skin sensors keep
theirs, since where they sit says what they are."""

_TURNED = (
    "roll", "turn_y", "turn_z", "move_x",
    "angular_velocity_y", "angular_velocity_z", "acceleration_x",
)  # fmt: skip

SLOT_SIGN: NDArray[np.float32] = np.array(
    [-1.0 if name.endswith("yaw") or name in _TURNED else 1.0 for _, name in SLOTS],
    dtype=np.float32,
)
"""What mirroring multiplies a slot's value by: who looked left looks right. Of turns those about
the axis across the face stay, of movements those along the others."""

_SIGNED = [PLANES.index("value"), PLANES.index("difference")]
_ACROSS = np.array([-1.0, 1.0, 1.0], np.float32)


def mirrored_features(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features [..., 4, 256] of the mirrored wearer; of features made with `Levels.none`."""
    turned = features[..., SLOT_MIRROR]
    turned[..., _SIGNED, :] *= SLOT_SIGN
    return turned


def mirrored_calibration(calibration: Calibration) -> Calibration:
    """What is known of the mirrored wearer; what one model learned of them does not carry over."""
    sensors = calibration.sensors[:, SLOT_MIRROR]
    quantiles = len(QUANTILES)
    # The lowest of what was turned round is the highest with its sign turned.
    turned = np.concatenate([-sensors[:quantiles][::-1], sensors[quantiles:]])
    sensors = np.where(SLOT_SIGN < 0.0, turned, sensors)
    return Calibration(calibration.mode, sensors, calibration.face[:, MIRROR])


def mirrored_positions(positions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Positions [..., 3] of sensors on the mirrored wearer."""
    return positions * _ACROSS


def mirrored_weights(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights [..., 54] of the mirrored face."""
    return weights[..., MIRROR]
