"""The inside of the mouth: the lips' inner sides, a dark hollow, teeth and tongue. Millimetres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.rig.curves import Array, ramp
from vrface.rig.grid import COLUMNS, CORNER, MOUTH_ROWS, column, skin_grid
from vrface.rig.piece import Piece, painted, sheet

# Rings of the hollow: how far in, how far up or down from the slit, how much the lips carry it,
# and how dark it is.
_RINGS = np.array(
    [
        (0.0, 0.0, 1.0, 0.0),
        (2.5, 0.4, 1.0, 0.35),
        (6.0, 5.0, 0.7, 0.9),
        (16, 13, 0.1, 1),
        (36, 15, 0, 1),
    ]
)

_TEETH = 57


def slit_loop(*, upper: bool) -> NDArray[np.intp]:
    """Vertices of the skin along a lip's inner edge, from the left corner to the right."""
    reach = column(CORNER)
    row = skin_grid().vertex[MOUTH_ROWS[0 if upper else 1]]
    return np.asarray(row[np.arange(-reach, reach + 1) % COLUMNS])


def hollow(skin: Array) -> Piece:
    """A bag behind the lips, seen from within."""
    upper, lower = slit_loop(upper=True), slit_loop(upper=False)
    loop = np.concatenate([upper, lower[-2:0:-1]])
    side = np.concatenate([np.ones(len(upper)), -np.ones(len(lower) - 2)])
    side[[0, len(upper) - 1]] = 0.0
    edge = skin[loop]
    bulge = np.sqrt(np.clip(1 - (edge[:, 0] / 27) ** 2, 0, 1))
    rings = []
    for deep, off, _, _ in _RINGS:
        ring = edge + np.stack([-edge[:, 0] * deep / 90, side * off * bulge, bulge * 0 + deep], 1)
        rings.append(ring)
    points = np.concatenate([*rings, [np.add(rings[-1].mean(axis=0), (0, 0, 6))]])
    count, around = len(points), len(loop)
    last = (len(_RINGS) - 1) * around
    fan = np.stack(
        [
            np.full(around, count - 1),
            last + np.arange(around),
            last + (np.arange(around) + 1) % around,
        ],
        1,
    )
    triangles = np.concatenate([sheet(len(_RINGS), around, closed=True)[:, ::-1], fan])
    carried = np.append(np.repeat(_RINGS[:, 2], around), 0.0)
    dark = np.append(np.repeat(_RINGS[:, 3], around), 1.0)
    lower_side = np.append(np.tile((1 - side) / 2, len(_RINGS)), 0.5)
    flip = np.concatenate([np.arange(len(upper))[::-1], np.arange(len(upper), around)[::-1]])
    mirror = np.append((np.arange(len(_RINGS))[:, None] * around + flip).ravel(), count - 1)
    anchors = np.append(np.tile(loop, len(_RINGS)), 0)
    return Piece(
        points,
        triangles.astype(np.int32),
        "mouth",
        painted(count, lips=1 - dark, dark=dark),
        mirror,
        np.repeat(anchors[:, None], 3, axis=1),
        np.stack([carried, carried * 0, carried * 0], 1),
        (1 - carried) * lower_side,
    )


def teeth(*, upper: bool) -> Piece:
    """One row of teeth with its gum; the lower one moves with the jaw."""
    x = np.linspace(-1, 1, _TEETH)
    tooth = (np.arange(_TEETH) - _TEETH // 2) / 4.0 + 0.5
    gap = np.abs(tooth - np.round(tooth)) < 0.05
    arch = (22.5, 20.5) if upper else (20.5, 18.0)
    wide, ahead = arch
    right = wide * np.sin(x * 1.35)
    depth = ahead - 22 * (1 - np.cos(x * 1.35)) - gap * 0.5
    edge, neck, top = (-66.3, -57.3, -52.0) if upper else (-66.9, -75.5, -81.0)
    uneven = (0.5 * gap + 0.8 * ramp(0.35, 0.6, np.abs(x))) * (1 if upper else -1)
    rows = [
        np.stack([right, np.full_like(x, top), -(depth - 1.5)], 1),
        np.stack([right, np.full_like(x, neck), -depth], 1),
        np.stack([right, np.full_like(x, neck * 0.4 + edge * 0.6), -(depth + 0.6)], 1),
        np.stack([right, edge + uneven, -(depth + 0.2)], 1),
        np.stack([right * 0.94, edge + uneven, -(depth - 2.5)], 1),
        np.stack([right * 0.88, np.full_like(x, neck), -(depth - 6)], 1),
    ]
    points = np.concatenate(rows)
    gum = np.repeat([1.0, 0.6, 0.0, 0.0, 0.0, 0.5], _TEETH)
    dark = np.tile(gap * 0.22 + 0.25 * np.abs(x) ** 2, 6)
    triangles = sheet(6, _TEETH)
    mirror = (np.arange(6)[:, None] * _TEETH + np.arange(_TEETH)[::-1]).ravel()
    return Piece.free(
        points,
        triangles if not upper else triangles[:, ::-1].copy(),
        "teeth",
        painted(len(points), teeth=(1 - gum) * (1 - dark), gum=gum * (1 - dark), dark=dark),
        mirror,
        0.0 if upper else 1.0,
    )


def tongue() -> Piece:
    """A flat ellipsoid on the floor of the mouth."""
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    along = np.linspace(0.03, 0.97, 9)[:, None] * np.pi
    right = 15.0 * np.sin(along) ** 0.6 * np.cos(turn)
    up = 5.5 * np.sin(along) ** 0.6 * np.sin(turn)
    up -= np.where(np.sin(turn) > 1e-9, 1.4 * np.exp(-((right / 3.5) ** 2)), 0)
    ahead = -4 + 21 * np.cos(along) + 0 * turn
    points = np.stack([right, -73.5 + up, -ahead], -1).reshape(-1, 3)
    points = np.concatenate([points, [[0, -73.5, -17.5], [0, -73.5, 25.5]]])
    around = np.arange(20)
    after = (around + 1) % 20
    front = np.stack([np.full(20, 180), after, around], 1)
    back = np.stack([np.full(20, 181), 160 + around, 160 + after], 1)
    triangles = np.concatenate([sheet(9, 20, closed=True)[:, ::-1], front[:, ::-1], back[:, ::-1]])
    mirror = np.concatenate([(np.arange(9)[:, None] * 20 + (10 - around) % 20).ravel(), [180, 181]])
    return Piece.free(
        points, triangles.astype(np.int32), "tongue", painted(182, tongue=1.0), mirror, 1.0
    )
