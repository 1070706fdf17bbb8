"""`turned`: what an eye that looks somewhere does to its vertices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def turned(
    points: NDArray[np.float32], centre: NDArray[np.float32], gaze: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Points turned about an eye's centre.

    Args:
        points: [points, 3] head space (-z ahead, +x the wearer's right, +y up).
        centre: [3] of the eye.
        gaze: [2] yaw (> 0 to the wearer's right) and pitch (> 0 up), radians; NaN = ahead.

    Returns:
        [points, 3] of an eye that looked ahead before.
    """
    yaw, pitch = np.nan_to_num(np.asarray(gaze, np.float64))
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    moved = (points - centre) @ (about_y @ about_x).T + centre
    return np.asarray(moved, np.float32)
