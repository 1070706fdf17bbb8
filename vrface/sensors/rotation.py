"""Rotations as unit quaternions x, y, z, w: the order of ``head_pose`` channels.

Formulas: Hamilton's product, and ``v + 2 w (u x v) + 2 u x (u x v)`` for a vector v turned by
(u, w).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def product(first: Floats, second: Floats) -> Floats:
    """[n, 4] the quaternions [n or 1, 4] that turn by the second, then by the first."""
    u, v, a, b = first[:, :3], second[:, :3], first[:, 3:], second[:, 3:]
    scalar = a * b - (u * v).sum(axis=1, keepdims=True)
    return np.concatenate([a * v + b * u + np.cross(u, v), scalar], axis=1)


def turned(by: Floats, vectors: Floats) -> Floats:
    """[n, 3] vectors [n or 1, 3] turned by unit quaternions [n, 4]."""
    u, w = by[:, :3], by[:, 3:]
    twice = 2.0 * np.cross(u, vectors)
    return np.asarray(vectors + w * twice + np.cross(u, twice))


def inverse(turn: Floats) -> Floats:
    """[n, 4] the turns back."""
    return turn * [-1.0, -1.0, -1.0, 1.0]


def small(vector: Floats) -> Floats:
    """[n, 4] turns by small rotation vectors [n, 3], radians; right to their third power."""
    turn = np.concatenate([vector / 2, np.ones((len(vector), 1))], axis=1)
    return np.asarray(turn / np.linalg.norm(turn, axis=1, keepdims=True))


def upright(turn: Floats) -> Floats:
    """[n, 4] the same turns with w >= 0: of the two quaternions of each, the one near no turn."""
    return turn * np.where(turn[:, 3:] < 0, -1.0, 1.0)
