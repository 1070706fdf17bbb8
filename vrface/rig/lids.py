"""Lids that slide over the eyeball. Millimetres; the right eye, left shapes are its mirror image.

At eyeBlink 1 the upper lid has come down most of the way and the lower has met it (the upper lid
does most of a blink: Evinger et al. 1991); eyeWide bares the iris' upper edge; eyeSquint raises the
lower lid; eyeLook shapes are the lids that follow the eye (the upper lid does by
about the eye's own angle: Becker and Fuchs 1988).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.rig.curves import Array, bell, ramp
from vrface.rig.grid import EYE_ROWS, HEIGHTS, INNER, OUTER, column, skin_grid
from vrface.rig.head import EYE, LID

_MEET = 0.14
"""Where closed lids meet: share of the opening above the lower lid's margin."""

# By shape: mm that the middle of the upper and of the lower margin move up, share of full closure,
# mm that both move outwards.
_MOVES: dict[str, tuple[float, float, float, float]] = {
    "eyeBlinkRight": (0.0, 0.0, 1.0, 0.0),
    "eyeWideRight": (2.7, -0.5, 0.0, 0.0),
    "eyeSquintRight": (-1.0, 2.6, 0.0, 0.0),
    "eyeLookUpRight": (2.6, 0.8, 0.0, 0.0),
    "eyeLookDownRight": (-7.8, -3.6, 0.0, 0.0),
    "eyeLookInRight": (0.0, 0.0, 0.0, -1.2),
    "eyeLookOutRight": (0.0, 0.0, 0.0, 1.2),
}

_COLUMNS = slice(column(INNER), column(OUTER) + 1)


def _lids() -> tuple[NDArray[np.bool_], NDArray[np.bool_], Array, Array]:
    """Per vertex of the skin: whether upper and lower lid, how much it follows, place along it."""
    grid = skin_grid()
    along = (grid.column - _COLUMNS.start) / (_COLUMNS.stop - 1 - _COLUMNS.start)
    inside = (along >= 0) & (along <= 1)
    inside[-1] = False
    height = HEIGHTS[grid.row]
    upper = inside & (grid.row <= EYE_ROWS[0])
    lower = inside & (grid.row >= EYE_ROWS[1])
    follow = np.where(upper, ramp(17, -4, height) / ramp(17, -4, 0.0), ramp(-15, 0, height))
    return upper, lower, follow, along


def beside_margin(points: Array) -> Array:
    """[vertices] 0 on the lids, where they slide on the eyeballs, 1 away from the eyes."""
    apart = points - EYE * np.where(points[:, :1] < 0, (-1, 1, 1), 1)
    distance = np.hypot(apart[:, 0] * 0.82, apart[:, 1])
    return np.maximum(ramp(5.5, 13, distance), points[:, 2] > 30)


def _raised(points: Array, up: Array) -> Array:
    """Where points come to when they slide `up` mm around the eye's axis."""
    way = points - EYE
    radius = np.hypot(way[:, 1], way[:, 2])
    angle = np.arctan2(way[:, 1], -way[:, 2]) + up / np.maximum(radius, 1.0)
    return np.asarray(
        EYE + np.stack([way[:, 0], radius * np.sin(angle), -radius * np.cos(angle)], 1)
    )


def _closing(points: Array) -> Array:
    """[columns, 2] mm that the margins slide up to meet, upper and lower."""
    grid = skin_grid()
    angles = []
    for row in EYE_ROWS:
        way = points[grid.vertex[row]] - EYE
        angles.append(np.arctan2(way[:, 1], -way[:, 2]))
    upper, lower = angles
    meet = lower + _MEET * (upper - lower)
    return np.stack([meet - upper, meet - lower], 1)


def lid_fields(points: Array) -> dict[str, Array]:
    """By shape of the right eye, [vertices, 3] the motion of the lids."""
    grid = skin_grid()
    upper, lower, follow, along = _lids()
    angle = _closing(points)[grid.column]
    radius = np.hypot(*(points - EYE)[:, 1:].T)
    closing = np.where(upper, angle[:, 0], angle[:, 1]) * radius
    middle = np.sin(np.pi * np.clip(along, 0, 1)) ** 0.8
    fields = {}
    for shape, (top, bottom, share, out) in _MOVES.items():
        up = share * closing + np.where(upper, top, bottom) * middle
        moved = _raised(points, up * follow) - points
        moved[:, 0] += out * middle * follow
        fields[shape] = moved * (upper | lower)[:, None]
    fields["eyeBlinkRight"] += _met(points, fields["eyeBlinkRight"], upper | lower, follow)
    return fields


def _met(points: Array, field: Array, lids: NDArray[np.bool_], follow: Array) -> Array:
    """What is missing for the margins of closed lids to be one line, just off the eyeball."""
    grid = skin_grid()
    top, bottom = (
        (points + field)[grid.vertex[EYE_ROWS[0]]],
        (points + field)[grid.vertex[EYE_ROWS[1]]],
    )
    line = (top + bottom) / 2
    way = line - EYE
    line = EYE + way * np.maximum(LID / np.linalg.norm(way, axis=1, keepdims=True), 1)
    missing = np.where(
        (grid.row <= EYE_ROWS[0])[:, None], (line - top)[grid.column], (line - bottom)[grid.column]
    )
    near = follow * bell(HEIGHTS[grid.row] / 5)
    return np.asarray(missing * (near * lids)[:, None])
