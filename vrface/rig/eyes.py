"""Eyeballs, the edges of the lids, lashes and brows.

Millimetres; the right side, twins are left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.rig.curves import Array, curve
from vrface.rig.grid import EYE_ROWS, INNER, OUTER, column, skin_grid
from vrface.rig.head import EYE, EYEBALL
from vrface.rig.piece import Piece, Surface, painted, sheet

_AROUND = 28

# Rings of an eyeball: angle from its front in degrees, and what it is painted with there.
_RINGS: tuple[tuple[float, str], ...] = (
    *((3.0, "pupil"), (8.2, "pupil"), (8.8, "iris"), (12, "iris"), (18, "iris"), (23.6, "iris")),
    *((24.4, "rim"), (26.0, "rim"), (27.0, "white"), (32, "white"), (42, "white"), (54, "white")),
    *((68, "white"), (84, "white"), (105, "white")),
)

BROW = np.array(
    [
        (9.5, 19.6, 2.2),
        (12, 20.3, 2.9),
        (18, 21.9, 3.4),
        (25, 23.4, 3.2),
        (33, 24.2, 2.6),
        (41, 22.9, 1.8),
        (49, 18.8, 0.4),
    ]
)
"""The brow's middle line, right and up, and half its width."""


def eyeball() -> Piece:
    """A ball with iris and pupil that looks ahead."""
    angle = np.deg2rad([ring for ring, _ in _RINGS])[:, None]
    turn = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)[None]
    flat = np.ones_like(turn)
    ball = np.stack(
        [np.sin(angle) * np.cos(turn), np.sin(angle) * np.sin(turn), -np.cos(angle) * flat], -1
    ).reshape(-1, 3)
    points = EYE + EYEBALL * np.concatenate([ball, [[0, 0, -1]]])
    names = [*(name for _, name in _RINGS for _ in range(_AROUND)), "pupil"]
    paint = np.concatenate([painted(1, **{name: 1.0}) for name in names])
    around = np.tile(np.arange(_AROUND), len(_RINGS))
    ring = np.repeat(np.arange(len(_RINGS)), _AROUND)
    place = np.isin(around, (6, 7, 8)) & (ring == 3)
    paint[: len(ring)][place] = painted(1, glint=1.0)
    centre = len(ball)
    fan = np.stack(
        [np.full(_AROUND, centre), (np.arange(_AROUND) + 1) % _AROUND, np.arange(_AROUND)], 1
    )
    triangles = np.concatenate([sheet(len(_RINGS), _AROUND, closed=True)[:, ::-1], fan])
    return Piece.free(points, triangles.astype(np.int32), "eye_right", paint, None)


def lid_loop(*, upper: bool) -> NDArray[np.intp]:
    """Vertices of the skin along a lid's margin, from the inner to the outer corner."""
    row = skin_grid().vertex[EYE_ROWS[0 if upper else 1]]
    return np.asarray(row[column(INNER) : column(OUTER) + 1])


def rim(skin: Array) -> Piece:
    """The thickness of the lids: from their margins in to the eyeball."""
    loop = np.concatenate([lid_loop(upper=True), lid_loop(upper=False)[-2:0:-1]])
    edge = skin[loop]
    way = edge - EYE
    inside = EYE + way * (EYEBALL - 0.4) / np.linalg.norm(way, axis=1, keepdims=True)
    points = np.concatenate([edge, inside])
    count = len(points)
    return Piece(
        points,
        sheet(2, len(loop), closed=True)[:, ::-1].copy(),
        "skin",
        painted(count, skin=0.45, blush=0.45, shade=0.1),
        None,
        np.tile(loop[:, None], (2, 3)),
        np.tile([1.0, 0, 0], (count, 1)),
        np.zeros(count),
    )


def lashes(skin: Array) -> Piece:
    """A dark strip along the upper lid; the last row holds the tips."""
    loop = lid_loop(upper=True)
    edge = skin[loop]
    share = np.linspace(0, 1, len(loop))
    way = (edge - EYE) / np.linalg.norm(edge - EYE, axis=1, keepdims=True)
    out = way * (0.3 + 1.1 * np.sin(np.pi * share**1.3) ** 0.7)[:, None]
    out[:, 1] += 0.9 * np.sin(np.pi * share**1.3)
    out[:, 0] += 1.1 * share**3
    root = edge + way * 0.1 + np.array([0, 0.75, 0]) * np.sin(np.pi * share)[:, None] ** 0.5
    points = np.concatenate([root, edge + out, edge - way * 0.3])
    count = len(points)
    return Piece(
        points,
        sheet(3, len(loop)),
        "lashes",
        painted(count, pupil=0.8, hair=0.2),
        None,
        np.tile(loop[:, None], (3, 3)),
        np.tile([1.0, 0, 0], (count, 1)),
        np.zeros(count),
    )


def brow(surface: Surface) -> Piece:
    """Tufts of hair side by side, over a strip that follows the skin."""
    along = np.linspace(0, 1, 25)
    middle = curve(np.linspace(0, 1, len(BROW)), BROW, along)
    slope = np.gradient(middle[:, :2], axis=0)
    across = np.stack([-slope[:, 1], slope[:, 0]], 1)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    rows = np.array([1.0, 0.45, -0.45, -1.0])
    jag = 1 + 0.05 * np.cos(np.arange(len(along)) * np.pi)
    offset = (rows[:, None] * middle[:, 2] * jag)[..., None] * across
    lean = np.clip(rows, 0, 1)[:, None, None] * slope * 0.35
    places = (middle[:, :2] + offset + lean).reshape(-1, 2)
    anchors, holds = surface.at(places)
    raised = np.repeat([0.15, 1.3, 1.3, 0.15], len(along))
    points = surface.points_at(places) - raised[:, None] * (0, 0, 1)
    edge = np.repeat([0.5, 0.14, 0.1, 0.45], len(along))
    return Piece(
        points,
        sheet(4, len(along))[:, ::-1].copy(),
        "brows",
        painted(len(points), hair=1.0 - edge, skin=edge),
        None,
        anchors,
        holds,
        np.zeros(len(points)),
    )
