"""The grid of the head's skin: columns around it, rows down it, slits for eyes and mouth.

Millimetres. A row is named by the height of its front, `HEIGHTS`; a column by its share of half the
head's width, `SHARES`, ahead, and by its angle behind. The two rows at a slit are one row but for
the vertices between the slit's corners.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

REFERENCE = 72.0
"""Half the head's width at the height of the eyes (head breadth 150, Farkas 1994)."""

INNER, OUTER = 17.5, 45.0
"""The eyes' corners: 35 and 90 mm apart (en-en and ex-ex, Farkas 1994: 32 to 35, 86 to 92)."""

CORNER = 31.0
"""The column of the mouth's corners."""

HALF_MOUTH = 27.3
"""From the middle to a corner: the mouth is some 54 mm wide (ch-ch, Farkas 1994: 50 to 54)."""

EYE_ROW, MOUTH_ROW = 0.0, -65.0

_X = (
    *(0.0, 1.9, 3.8, 5.8, 7.9, 10.1, 12.4, 14.9, INNER, 19.0, 21.0, 23.3, 25.8, 28.4, CORNER),
    *(33.4, 35.8, 38.2, 40.6, 43.0, OUTER, 47.2, 49.8, 52.8, 56.2, 60.0, 63.5),
)
_BEHIND = np.deg2rad([70, 77, 84, 91, 98, 106, 115, 125, 136, 148, 160, 170, 180])

_UPPER = (
    *(117.5, 115, 110.5, 104, 97, 90, 84, 79, 75, 71.5, 68.5, 65.5, 62.5, 59, 55, 50.5, 46, 41.5),
    *(37.5, 33.5, 30, 26.5, 23.5, 20.5),
    *(18, 15.5, 13.3, 11.2, 9.2, 7.4, 6.2, 5.0, 3.8, 2.6, 1.6, 0.7, EYE_ROW),
)
_MIDDLE = (
    *(EYE_ROW, -0.7, -1.6, -2.8, -4.2, -5.8, -7.6, -9.6, -12, -14.5, -17, -19.5, -22, -24.5),
    *(-27, -29.3, -31.5, -33.5, -35.3, -37, -38.5, -40, -41.3, -42.6, -44, -45.6, -47.4, -49.4),
    *(-51.6, -53.8, -55.6, -57, -58, -59.2, -60.6, -62, -63.3, -64.3, MOUTH_ROW),
)
_LOWER = (
    *(MOUTH_ROW, -65.7, -66.8, -68.2, -69.8, -71.4, -73, -74, -75.2, -77, -79.2, -81.6, -84.2),
    *(-87, -90, -93, -96, -99, -102, -105, -107.8, -110.2, -112.2, -113.8, -115, -116, -117),
    *(-118.2, -120, -123, -128, -135, -144, -155, -170),
)
HEIGHTS: NDArray[np.float64] = np.array([*_UPPER, *_MIDDLE, *_LOWER], np.float64)
EYE_ROWS = (len(_UPPER) - 1, len(_UPPER))
MOUTH_ROWS = (len(_UPPER) + len(_MIDDLE) - 1, len(_UPPER) + len(_MIDDLE))

# One side, from the middle of the face to the middle of the back.
_SIDE_X = np.array([*_X, *[REFERENCE] * len(_BEHIND)])
FRONT = len(_X)
"""Columns of one side that lie ahead."""

COLUMNS = 2 * (len(_SIDE_X) - 1)
PLACES: NDArray[np.float64] = np.concatenate([_SIDE_X, -_SIDE_X[-2:0:-1]])
"""[columns] where each stands to the right at the height of the eyes; around the head."""

ANGLES: NDArray[np.float64] = np.concatenate([_BEHIND, _BEHIND[-2::-1]])
"""Of the columns behind, from the right over the back to the left: absolute angles from ahead."""


def column(place: float) -> int:
    """The column that stands at `place` on the right."""
    return _X.index(place)


def slit(rows: tuple[int, int]) -> tuple[NDArray[np.intp], ...]:
    """Columns strictly between a slit's corners: of the right and the left eye, or of the mouth."""
    if rows == MOUTH_ROWS:
        corner = column(CORNER)
        return (np.arange(-corner + 1, corner) % COLUMNS,)
    right = np.arange(column(INNER) + 1, column(OUTER))
    return right, (-right) % COLUMNS


@dataclass(frozen=True, eq=False)
class Grid:
    """Which vertices there are.

    Attributes:
        vertex: [rows, columns] numbers; the same in both rows of a slit outside of it.
        row: [vertices] and
        column: [vertices] the place of each.
        triangles: [triangles, 3] counterclockwise from outside.
        mirror: [vertices] the vertex on the other side.
    """

    vertex: NDArray[np.intp]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    triangles: NDArray[np.int32]
    mirror: NDArray[np.intp]


@cache
def skin_grid() -> Grid:
    """The grid, once for all heads; its crown is closed by a fan around its last vertex."""
    rows = len(HEIGHTS)
    own = np.ones((rows, COLUMNS), bool)
    for pair in (EYE_ROWS, MOUTH_ROWS):
        own[pair[1]] = False
        for columns in slit(pair):
            own[pair[1], columns] = True
    vertex = np.full((rows, COLUMNS), -1)
    vertex[own] = np.arange(own.sum())
    for above, below in (EYE_ROWS, MOUTH_ROWS):
        vertex[below] = np.where(own[below], vertex[below], vertex[above])
    row, column_ = np.nonzero(own)
    pairs = [i for i in range(rows - 1) if (i, i + 1) not in (EYE_ROWS, MOUTH_ROWS)]
    a, b = vertex[pairs], vertex[np.add(pairs, 1)]
    quads = np.stack([a, b, np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)], -1)
    right, left = quads[:, : COLUMNS // 2].reshape(-1, 4), quads[:, COLUMNS // 2 :].reshape(-1, 4)
    fan = np.stack([np.full(COLUMNS, len(row)), vertex[0], np.roll(vertex[0], -1)], 1)
    halves = (right[:, [0, 1, 2]], right[:, [0, 2, 3]], left[:, [0, 1, 3]], left[:, [1, 2, 3]])
    triangles = np.concatenate([*halves, fan])
    mirror = np.append(vertex[row, -column_ % COLUMNS], len(row))
    return Grid(
        vertex,
        np.append(row, 0),
        np.append(column_, 0),
        triangles[:, [0, 2, 1]].astype(np.int32),
        mirror,
    )
