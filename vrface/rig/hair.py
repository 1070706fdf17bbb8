"""Short hair and ears. Millimetres, head space."""

from __future__ import annotations

import numpy as np

from vrface.rig.curves import Array, bell, curve, ramp
from vrface.rig.grid import skin_grid
from vrface.rig.piece import Piece, painted, sheet

# The hairline: angle around the head from ahead in degrees, height.
_LINE = np.array(
    [
        *((0, 66), (15, 67), (27, 66), (38, 60), (46, 50), (53, 36), (59, 20), (65, 5), (70, -3)),
        *((75, -4), (80, 8), (85, 22), (91, 27), (103, 25), (110, 6), (117, -25), (130, -50)),
        *((180, -60),),
    ]
)


def above_hairline(points: Array) -> Array:
    """[points] how far above the hairline skin lies."""
    angle = np.rad2deg(np.arctan2(np.abs(points[:, 0]), 70 - points[:, 2]))
    return np.asarray(points[:, 1] - curve(_LINE[:, 0], _LINE[:, 1], angle))


def hair(skin: Array, normals: Array) -> Piece:
    """A cap of short hair, combed back from a side parting's height, that grows out of the skin."""
    grid = skin_grid()
    above = above_hairline(skin)
    chosen = (above > -1)[grid.triangles].any(axis=1)
    used = np.unique(grid.triangles[chosen])
    place = np.full(len(skin), -1)
    place[used] = np.arange(len(used))
    points, way, over = skin[used], normals[used], above[used]
    angle = np.arctan2(points[:, 0], 75 - points[:, 2])
    lift = 1.8 * ramp(-1.5, 4, over) + 3.2 * ramp(2, 30, over)
    lift += 8.0 * ramp(45, 105, points[:, 1]) * ramp(3, 25, over)
    lift += 6.5 * bell((points[:, 1] - 84) / 13, angle / 0.8) * ramp(2, 16, over)
    strands = np.sin(np.abs(angle) * 23 + np.sin(points[:, 1] / 17) * 1.3)
    lift += 0.5 * strands * ramp(4, 15, over) - 2.5 * ramp(-0.5, -8, over)
    mirror = place[grid.mirror[used]]
    light = 0.12 * (0.5 + 0.5 * np.abs(strands))
    return Piece.free(
        points + way * lift[:, None],
        place[grid.triangles[chosen]].astype(np.int32),
        "hair",
        painted(len(used), hair=1.0, skin=light * 0.6),
        mirror,
    )


# Rings of an ear from its root over the rim to the hollow: size, how far out, ahead of the middle.
_EAR = np.array(
    [
        (0.62, -9.0, 2.0),
        (0.95, 1.0, 0.0),
        (1.0, 3.2, 0.0),
        (0.93, 4.2, 0.0),
        (0.84, 3.0, 0.5),
        (0.74, 0.6, 0.8),
        (0.60, 1.6, 1.5),
        (0.46, 0.8, 2.6),
        (0.34, -3.5, 3.8),
    ]
)


def ear() -> Piece:
    """The right ear: 61 mm long (Farkas 1994), leaning back, its hind edge away from the head."""
    turn = np.linspace(0, 2 * np.pi, 26, endpoint=False)
    up = np.where(np.sin(turn) > 0, 28.0, 31.0) * np.sin(turn)
    ahead = 16.5 * np.cos(turn) * (1 - 0.2 * ramp(0.1, -1.0, np.sin(turn)))
    size, out, fore = _EAR.T[:, :, None]
    up, ahead = size * up, size * ahead + fore
    out = (
        out
        + 0.26 * np.clip(10 - ahead, 0, None) * ramp(0.5, 1.0, size) * ramp(-30, 4, up)
        - 2.5 * ramp(0, 14, ahead)
    )
    lean = np.deg2rad(14)
    ahead, up = ahead * np.cos(lean) - up * np.sin(lean), up * np.cos(lean) + ahead * np.sin(lean)
    points = np.stack([72.0 + out, -9.0 + up, 80.0 - ahead], -1).reshape(-1, 3)
    deepest = points[-26:].mean(axis=0) - np.array([1.0, 0, 0])
    points = np.concatenate([points, [deepest]])
    around = np.arange(26)
    last = (len(_EAR) - 1) * 26
    fan = np.stack([np.full(26, len(points) - 1), last + around, last + (around + 1) % 26], 1)
    triangles = np.concatenate([sheet(len(_EAR), 26, closed=True)[:, ::-1], fan])
    shade = np.append(np.repeat([0.1, 0.05, 0, 0, 0.1, 0.3, 0.12, 0.2, 0.5], 26), 0.6)
    paint = painted(len(points), skin=0.7 - shade * 0.7, blush=0.3 - shade * 0.3, shade=shade)
    return Piece.free(points, triangles.astype(np.int32), "skin", paint, None)
