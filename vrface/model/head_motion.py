"""Head motion: what of a head's pose can tell of a face, wherever in the room the wearer is.

Where somebody stands and looks says nothing of their brows; how the head is tilted against gravity
and how it turns and moves does. All of it is in the head's own axes: x right, y up, z back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.align import Aligned
from vrface.sensors.channels import channels_of
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.rotation import inverse, product, turned

NAMES: tuple[str, ...] = (
    "pitch", "roll", "turn_x", "turn_y", "turn_z", "move_x", "move_y", "move_z",
)  # fmt: skip
"""Sines of the tilt up and to the wearer's right, half radians a second, metres a third second."""

_CHANNELS = tuple(entry.name for entry in channels_of("head_pose"))
UNIT = np.array([1.0, 1.0, 0.5, 0.5, 0.5, 3.0, 3.0, 3.0])
"""What each of `NAMES` is multiplied by, from radians a second and metres a second."""

_UP = np.array([[0.0, 1.0, 0.0]])


def whole(headset: HeadsetProfile) -> bool:
    """Whether a headset tells the whole pose: of a part of one nothing follows."""
    return any(s.name == "head_pose" and s.channels == _CHANNELS for s in headset.streams)


def planes(aligned: Aligned, pose: NDArray[np.intp]) -> NDArray[np.float32]:
    """The feature planes of `NAMES` for W wearers at one instant.

    Args:
        aligned: Channels of the headset.
        pose: Places in it of the seven channels of a pose, in the registry's order.

    Returns:
        [W, 4, 8]: values; no differences, since what would be one is a value of its own; present
        while the whole pose is; age.
    """
    value = aligned.value[:, pose].astype(np.float64)
    change = aligned.difference[:, pose].astype(np.float64)
    length = np.linalg.norm(value[:, 3:], axis=1, keepdims=True)
    turn = value[:, 3:] / np.maximum(length, 1e-6)
    back = inverse(turn)
    up = turned(back, np.repeat(_UP, len(turn), axis=0))
    # q' = q w / 2, so w = 2 q^-1 q'; both quaternions of a turn give the same. Where a device went
    # over from one to the other between two samples, a part along q shows, which no turn has.
    moved = 2.0 * product(back, change[:, 3:] / np.maximum(length, 1e-6))
    crossed = moved[:, 3:] > np.maximum(np.linalg.norm(moved[:, :3], axis=1, keepdims=True), 1.0)
    rate = np.where(crossed, -moved[:, :3], moved[:, :3])
    found = np.concatenate([-up[:, 2:], -up[:, :1], rate, turned(back, change[:, :3])], axis=1)
    made = np.zeros((len(value), 4, len(NAMES)), np.float32)
    made[:, 0] = found * UNIT
    there = aligned.present[:, pose].all(axis=1) & (length[:, 0] > 0.5)
    made[:, 2] = there[:, None]
    made[:, 3] = aligned.age_s[:, pose].max(axis=1)[:, None]
    return made
