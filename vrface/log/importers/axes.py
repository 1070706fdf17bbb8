"""Other programs' axes and angles into ours.

Ours are OpenXR's: right-handed, +x the wearer's right, +y up, -z forward, quaternions x y z w.
Unity's are left-handed, with +z forward: a position changes the sign of z, a rotation those of qx
and qy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vrface.sensors.rotation import upright

_UNIT = (0.9, 1.1)
"""Between which lengths a vector counts as a unit vector: files round to four decimals."""

_TURNS = 720.0
"""A larger angle in degrees is no angle that anybody wrote on purpose."""

_POSITION = np.array([1.0, 1.0, -1.0])
_ROTATION = np.array([-1.0, -1.0, 1.0, 1.0])


def unity_pose(position: ArrayLike, rotation: ArrayLike) -> NDArray[np.float64]:
    """A pose of Unity's as ours.

    Args:
        position: [n, 3] metres.
        rotation: [n, 4] quaternion x y z w.

    Returns:
        [n, 7] in the order of the channels of ``head_pose``, with qw >= 0; NaN where the
        quaternion is none.
    """
    turned = unit(np.asarray(rotation, dtype=np.float64) * _ROTATION)
    turned = upright(turned)
    placed = np.where(np.isnan(turned[:, 3:]), np.nan, np.asarray(position) * _POSITION)
    return np.concatenate([placed, turned], axis=1)


def unity_quaternion(euler: ArrayLike) -> NDArray[np.float64]:
    """The quaternion of Unity's Euler angles: about z first, then x, then y, all of them fixed.

    Args:
        euler: [n, 3] degrees about x, y and z.

    Returns:
        [n, 4] x y z w, still in Unity's axes. (Unity manual, Quaternion.Euler.)
    """
    degrees = np.asarray(euler, dtype=np.float64)
    half = np.radians(np.where(np.abs(degrees) <= _TURNS, degrees, np.nan)) / 2
    (sx, sy, sz), (cx, cy, cz) = np.sin(half).T, np.cos(half).T
    return np.stack(
        [
            cy * sx * cz + sy * cx * sz,
            sy * cx * cz - cy * sx * sz,
            cy * cx * sz - sy * sx * cz,
            cy * cx * cz + sy * sx * sz,
        ],
        axis=-1,
    )


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """[n, k] at length 1; NaN where the length is far from that, as that of a lost gaze is."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        known = (length > _UNIT[0]) & (length < _UNIT[1])
        return np.where(known, vectors / length, np.nan)


def about_x(vectors: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """[n, 3] vectors turned about +x, from +y to +z."""
    x, y, z = vectors.T
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([x, y * cosine - z * sine, y * sine + z * cosine], axis=-1)
