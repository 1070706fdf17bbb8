"""Where the skin of the average head lies: a loft of contours, with the features of a face on it.

Millimetres; right, up and ahead in the formulas, head space (ahead = -z) in what is returned.
Distances follow Farkas 1994 (Anthropometry of the Head and Face, adults, women and men averaged):
height of the face 185 (trichion to gnathion), breadth of the face 135, head length 192, mouth 51,
nose 50 high and 33 wide, ears' length 61; the eyes are 63 apart (Dodgson 2004). Heights of features
between these are assumed: drawn, looked at, and drawn again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.rig.curves import Array, bell, curve, dome, joined, ramp
from vrface.rig.grid import (
    ANGLES,
    COLUMNS,
    CORNER,
    EYE_ROWS,
    FRONT,
    HALF_MOUTH,
    HEIGHTS,
    INNER,
    MOUTH_ROWS,
    OUTER,
    PLACES,
    REFERENCE,
    skin_grid,
)
from vrface.rig.piece import painted

EYE = np.array([31.5, 0.0, 0.0])
"""Centre of the right eyeball; eyes 63 mm apart (Dodgson 2004)."""

EYEBALL = 14.0
"""Its radius; a human's is 12, a friendly figure's a little more."""

LID = EYEBALL + 1.2
"""Radius of the outside of the lids."""

# Height of the front; ahead of it, half width, height and depth of the side, height and depth of
# the back, roundness (2 = ellipse).
CONTOURS = np.array(
    [
        (117.5, -56, 14, 117.5, 72, 117.5, 88, 2.0),
        (115, -41, 26, 115, 72, 115, 104, 2.0),
        (108, -19, 42, 108, 72, 108, 125, 2.0),
        (97, -1, 55, 97, 72, 97, 145, 2.0),
        (80, 12, 66.5, 80, 74, 80, 160, 2.05),
        (60, 20, 73, 60, 76, 60, 168, 2.15),
        (40, 23.5, 75, 40, 78, 40, 171, 2.2),
        (20, 23, 74, 20, 78, 20, 169, 2.25),
        (0, 20, 72, 1, 76, 0, 163, 2.3),
        (-20, 20, 70, -17, 74, -18, 152, 2.25),
        (-43, 23, 67.5, -34, 72, -34, 136, 2.2),
        (-65, 24.5, 63.5, -50, 70, -46, 124, 2.15),
        (-85, 22, 58.5, -63, 68, -57, 115, 2.1),
        (-100, 21.5, 53.5, -72, 66, -66, 110, 2.0),
        (-108, 18.5, 50.5, -78, 65, -71, 108, 1.95),
        (-113, 11.5, 47.5, -82, 65, -75, 106, 1.95),
        (-115.5, 1, 45.5, -87, 66, -83, 105, 2.0),
        (-117.5, -14, 44, -93, 68, -89, 104, 2.0),
        (-120.5, -26, 43.5, -100, 70, -96, 103, 2.0),
        (-128, -34, 43.5, -112, 72, -104, 103, 2.0),
        (-144, -37, 44.5, -132, 74, -124, 105, 2.0),
        (-170, -34, 52, -165, 78, -160, 115, 2.0),
    ]
)[::-1]

CROWN = (0.0, 119.0, 72.0)

# Bumps and hollows: right, up, spread sideways and upwards, how far ahead.
BUMPS: tuple[tuple[float, float, float, float, float], ...] = (
    (15, 17, 15, 7, 0.8),  # brow ridge
    (23, -2, 11, 8.5, -9),  # eye socket
    (39, -2, 8, 8, -1.5),
    (47, -21, 13, 11, 4.0),  # cheekbone
    (34, -42, 15, 15, 3.4),  # cheek
    (30, -13.5, 12, 4.5, 1.5),  # below the lower lid
    (0, -81.5, 17, 5, -2.6),  # below the lower lip
    (0, -100, 11, 8.5, 5.0),  # chin
    (62, 24, 9, 16, -1.5),  # temple
    (0, -51, 2.6, 6, -1.2),  # philtrum
    (24, -50, 5, 10, -0.8),  # beside the upper lip
)

# Of the nose's ridge, by height: how far ahead, half width.
RIDGE = np.array(
    [
        (-48, 0, 9),
        (-44, 1.5, 9.5),
        (-40, 7, 10),
        (-36, 13, 9.5),
        (-31, 16.5, 9),
        (-24, 13.5, 9.6),
        (-16, 9.6, 9.6),
        (-8, 5.8, 9.4),
        (0, 2.6, 9),
        (10, 0, 10),
    ]
)
# Centre and radii (right, up, ahead) of rounded parts, and how softly they join the face.
DOMES: tuple[tuple[tuple[float, float, float], tuple[float, float, float], float], ...] = (
    ((0, -32.0, 28.5), (9.2, 7.8, 10.3), 1.7),  # tip of the nose
    ((9.8, -36.4, 21.5), (7.4, 6.3, 8.4), 2.4),  # its wing
)

# Of the lips, by row: how far ahead in the middle.
LIPS = np.array(
    [
        (-80, 0),
        (-77, 1.0),
        (-74, 4.4),
        (-70.5, 6.9),
        (-67.5, 6.2),
        (-65, 3.4),
        (-62.5, 6.4),
        (-60, 7.6),
        (-58, 6.6),
        (-55, 4.0),
        (-51, 2.0),
        (-46, 0.0),
    ]
)


def lid_lines(x: Array) -> tuple[Array, Array]:
    """Heights of the margins of the upper and the lower lid above places `x` to the right."""
    share = np.clip((x - INNER) / (OUTER - INNER), 0.0, 1.0)
    tilt = (-1.2 + 2.4 * share) * bell(
        np.clip((INNER - x) / 6, 0, None) + np.clip((x - OUTER) / 6, 0, None)
    )
    upper = 5.9 * np.sin(np.pi * share**0.92) ** 0.8
    lower = 4.9 * np.sin(np.pi * share**1.08) ** 0.85
    return tilt + upper, tilt - lower


def _guides(x: Array) -> Array:
    """[rows, columns] heights of rows, bent around eyes and mouth, of columns at `x` >= 0."""
    upper, lower = lid_lines(x)
    shut = 0.5 * (upper + lower)
    crease = 7.0 + 0.8 * (upper - shut) + shut - 0.8 * ramp(8, 0, np.abs(x - INNER))
    eye = curve(
        [0, 6.2, 24, 130], np.stack([upper, crease, np.full_like(x, 24), np.full_like(x, 130)]), _U
    )
    mouth = x * HALF_MOUTH / CORNER  # where the columns are at the height of the mouth
    share = np.clip(mouth / HALF_MOUTH, 0, 1)
    slit = -65.6 + 0.8 * share**2 + 0.7 * bell(mouth / 4.5)
    slit = np.where(mouth > HALF_MOUTH, -65 + (slit + 65) * bell((mouth - HALF_MOUTH) / 8), slit)
    thin = np.sqrt(np.clip(1 - share**2, 0.02, 1)) + ramp(HALF_MOUTH, HALF_MOUTH + 18, mouth) * 0.86
    bow = 7.0 * np.minimum(thin, 1) + (0.9 * bell((mouth - 6.5) / 3.2) - 0.9 * bell(mouth / 3)) * (
        share < 1
    )
    full = 9.0 * np.minimum(thin, 1)
    flat = np.ones_like(x)
    middle = curve(
        [-65, -58, -48, -26, -7.6, 0],
        np.stack([slit, slit + bow, -48 * flat, -26 * flat, np.minimum(lower - 3, -7.6), lower]),
        _M,
    )
    below = curve(
        [-170, -86, -74, -65],
        np.stack([-170 * flat, -86 * flat, slit - full, slit]),
        _L,
    )
    return np.concatenate([eye, middle, below])


_U = HEIGHTS[: EYE_ROWS[1]]
_M = HEIGHTS[EYE_ROWS[1] : MOUTH_ROWS[1]]
_L = HEIGHTS[MOUTH_ROWS[1] :]


def _features(x: Array, y: Array, row: Array, base: Array) -> Array:
    """How far ahead the face lies at places right (>= 0) and up, given the loft's `base`."""
    ahead = base.copy()
    for right, up, wide, high, far in BUMPS:
        ahead += far * bell((x - right) / wide, (y - up) / high)
    depth, width = curve(RIDGE[:, 0], RIDGE[:, 1:], y.ravel()).T.reshape(2, *y.shape)
    ahead += depth * np.exp(-((x / width) ** 2.0))
    lips = curve(LIPS[:, 0], LIPS[:, 1], row.ravel()).reshape(row.shape)
    ahead += lips * np.clip(1 - (x / 27.5) ** 2, 0, 1) ** 0.9
    for centre, radii, soft in DOMES:
        ahead = joined(ahead, dome(x, y, centre, radii), soft)
    ahead -= 0.7 * bell((x - 31) / 9, (y - 10) / 1.2)  # the lid's crease
    ahead -= 3.0 * bell((x - 6.3) / 2.6, (y + 41.5) / 1.8)  # nostrils
    return joined(ahead, dome(x, y, EYE, [LID] * 3), 0.7)


def _flat(share: Array, n: Array) -> Array:
    """`share` to the power `n` within [0, 1], round where it is 0."""
    soft = 0.02 ** (n / 2)
    return np.asarray(((np.square(share) + 0.02) ** (n / 2) - soft) / (1.02 ** (n / 2) - soft))


def skin() -> NDArray[np.float64]:
    """[vertices, 3] the average head's skin, on `skin_grid`."""
    grid = skin_grid()
    row = np.broadcast_to(HEIGHTS[:, None], (len(HEIGHTS), COLUMNS))
    near = ramp(0.97, 0.75, np.abs(PLACES) / REFERENCE)
    height = row + near * (_guides(np.abs(PLACES)) - row)
    contour = curve(CONTOURS[:, 0], CONTOURS, height.ravel()).T
    _, far, wide, side, deep, back, behind, n = contour.reshape(-1, *row.shape)
    angle = np.arcsin((np.abs(PLACES) / REFERENCE) ** (n / 2))
    angle[:, FRONT : FRONT + len(ANGLES)] = ANGLES
    cos, share = np.cos(angle), np.sin(angle) ** (2 / n)
    x = wide * share
    loft = np.where(
        cos > 0,
        deep - (deep + far) * np.clip(1 - _flat(share, n), 0, 1) ** (1 / n),
        deep + (behind - deep) * np.abs(cos) ** (2 / 2.15),
    )
    before, after = np.clip(cos, 0, 1) ** 2, np.clip(-cos, 0, 1) ** 2
    y = height + (back - height) * after + (side - height) * (1 - before - after)
    face = ramp(0.15, 0.45, cos)
    z = (1 - face) * loft - face * _features(x, y, row, -loft)
    sign = np.sign(PLACES)
    sign[FRONT + len(ANGLES) // 2 + 1 :] = -1.0
    sign[FRONT + len(ANGLES) // 2] = 0.0
    points = np.stack([x * sign, y, z], -1)[grid.row, grid.column]
    points[-1] = CROWN
    return np.asarray(points)


def skin_paint(points: Array) -> Array:
    """[vertices, paints] of the skin: lips, and where blood or shadow shows."""
    grid = skin_grid()
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    row = HEIGHTS[grid.row]
    front = ramp(30, 0, z)
    lips = ramp(-57.2, -58.3, row) * ramp(-74.6, -73.4, row) * (x < HALF_MOUTH - 0.2) * front
    blush = 0.5 * bell((x - 41) / 14, (y + 28) / 12) + 0.45 * bell(x / 9, (y + 32) / 7)
    blush += 0.25 * bell(x / 12, (y + 100) / 9) + 0.3 * bell((x - 31) / 14, (y + 7) / 4)
    blush = np.clip(blush * front, 0, 0.8) * (1 - lips)
    shade = 0.30 * bell((x - 31) / 11, (y - 10) / 1.8) + 0.65 * bell(
        (x - 6.3) / 1.9, (y + 42.3) / 1.3
    )
    shade += 0.5 * bell((np.clip(x - 23, 0, None)) / 2, (row + 65) / 0.8) * (x < 27)
    line = (grid.row == EYE_ROWS[0]) & (x > INNER - 0.1) & (x < OUTER + 0.1) & front.astype(bool)
    shade = np.clip(shade * front + 0.55 * line, 0, 0.9) * (1 - lips) * (1 - blush)
    return painted(len(points), skin=0.0, lips=0.9 * lips, blush=blush, shade=shade)
