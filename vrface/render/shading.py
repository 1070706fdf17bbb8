"""Light on a figure: smooth normals, and the colours its vertices have under soft lamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SAME_M = 1e-5
"""Vertices that stay this close in every pose are one point of the skin, split for a texture."""


class Normals:
    """Smooth normals of a figure, anew for every pose.

    Args:
        triangles: [triangles, 3] counterclockwise seen from outside.
        poses: Some [vertices, 3] of the same figure: vertices that lie together in all of them
            share a normal, so that no seam shows.
    """

    def __init__(self, triangles: NDArray[np.int32], poses: Sequence[NDArray[np.float32]]) -> None:
        places = np.rint(np.concatenate(poses, axis=1) / _SAME_M).astype(np.int64)
        _, point = np.unique(places, axis=0, return_inverse=True)
        self._point = point.reshape(-1)
        self._corners = np.ascontiguousarray(triangles.T)
        corner_point = self._point[triangles].reshape(-1)
        order = np.argsort(corner_point, kind="stable")
        self._used, self._starts = np.unique(corner_point[order], return_index=True)
        self._triangle = order // 3

    def __call__(self, positions: NDArray[np.float32]) -> NDArray[np.float32]:
        """[3, vertices] unit vectors that point outwards, at positions [vertices, 3].

        Triangles count by their area; a vertex of no triangle, or of flat ones alone, gets zeros.
        """
        x, y, z = np.ascontiguousarray(positions.T)
        a, b, c = self._corners
        ux, uy, uz = x[b] - x[a], y[b] - y[a], z[b] - z[a]
        vx, vy, vz = x[c] - x[a], y[c] - y[a], z[c] - z[a]
        crossed = (uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx)
        summed = np.zeros((3, len(self._point)), dtype=np.float32)
        for axis, across in enumerate(crossed):
            summed[axis, self._used] = np.add.reduceat(across[self._triangle], self._starts)
        length = np.sqrt((summed * summed).sum(axis=0))
        summed /= np.maximum(length, np.float32(1e-20))
        return np.take(summed, self._point, axis=1)


def _unit(x: float, y: float, z: float) -> NDArray[np.float32]:
    """[3] the way to a lamp, 1 long."""
    vector = np.array([x, y, z], dtype=np.float32)
    return np.asarray(vector / np.sqrt((vector * vector).sum()))


# The viewer stands at -z. The lamps are a portrait's: a key from the viewer's upper left, a weak
# fill from the right, a rim from behind; the rest comes from a bright ceiling and a dim floor.
_KEY, _FILL, _RIM = _unit(0.55, 0.60, -0.75), _unit(-0.80, 0.05, -0.60), _unit(-0.55, 0.45, 0.70)
_SHINE = _unit(*(_KEY + np.array([0.0, 0.0, -1.0], dtype=np.float32)).tolist())
_SKY, _FLOOR = (0.30, 0.31, 0.33), (0.15, 0.135, 0.125)
_KEY_LIGHT, _FILL_LIGHT, _RIM_LIGHT = (0.80, 0.77, 0.73), (0.20, 0.21, 0.23), (0.16, 0.16, 0.17)
_WRAP = (0.42, 0.30, 0.26)
"""How far past its edge the key reaches, by colour: skin lets red light through most."""

_LEVELS = 4096
_LINEAR = np.arange(_LEVELS) / (_LEVELS - 1)
# IEC 61966-2-1: the curve of sRGB.
_SRGB = np.rint(
    255.0 * np.where(_LINEAR <= 0.0031308, 12.92 * _LINEAR, 1.055 * _LINEAR ** (1 / 2.4) - 0.055)
).astype(np.uint8)


def linear(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light that sRGB colours in [0, 1] stand for (IEC 61966-2-1)."""
    given = np.asarray(colours, dtype=np.float32).clip(0.0, 1.0)
    curved = ((given + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.where(given <= 0.04045, given / np.float32(12.92), curved).astype(np.float32)


def lit(normals: NDArray[np.float32], albedo: NDArray[np.float32]) -> NDArray[np.uint8]:
    """How vertices look under the lamps.

    Args:
        normals: [3, vertices] as `Normals` gives them.
        albedo: [3, vertices] red, green and blue, as `linear` gives them.

    Returns:
        [vertices, 4] sRGB and a full alpha.
    """
    key, fill, rim, shine = np.stack([_KEY, _FILL, _RIM, _SHINE]) @ normals
    fill, rim = fill.clip(0.0, 1.0), rim.clip(0.0, 1.0)
    up = 0.5 + 0.5 * normals[1]
    gloss = np.float32(0.05) * shine.clip(0.0, 1.0) ** 24
    shown = np.empty((normals.shape[1], 4), dtype=np.uint8)
    for c in range(3):
        wrapped = ((key + _WRAP[c]) / (1.0 + _WRAP[c])).clip(0.0, 1.0)
        light = _FLOOR[c] + (_SKY[c] - _FLOOR[c]) * up + _KEY_LIGHT[c] * wrapped
        light += _FILL_LIGHT[c] * fill + _RIM_LIGHT[c] * rim
        level = (albedo[c] * light + gloss).clip(0.0, 1.0) * (_LEVELS - 1)
        shown[:, c] = _SRGB[level.astype(np.int32)]
    shown[:, 3] = 255
    return shown
