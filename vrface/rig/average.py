"""The average head, put together once: what all people's heads are made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import index
from vrface.rig.curves import Array, curve, ramp
from vrface.rig.eyes import brow, eyeball, lashes, rim
from vrface.rig.grid import skin_grid
from vrface.rig.hair import ear, hair
from vrface.rig.head import skin, skin_paint
from vrface.rig.identity import around_eyes, differences, spacing
from vrface.rig.jaw import carried
from vrface.rig.mouth import hollow, teeth, tongue
from vrface.rig.muscles import skin_fields
from vrface.rig.piece import PAINTS, PARTS, Piece, Surface

_MM = 1e-3

# Where a headset's foam lies: right, up; from the middle of the forehead down to the nose's bridge.
_FOAM = np.array(
    [
        *((0, 45), (15, 44.5), (30, 42.5), (44, 37), (55, 28.5), (62.5, 15), (65, 0), (62.5, -14)),
        *((54, -27), (42, -35), (29, -38), (19, -36), (12.5, -26), (8, -15), (0, -9)),
    ]
)


@dataclass(frozen=True, eq=False)
class Average:
    """The average head in metres, and how people's heads differ from it.

    Attributes:
        points: [vertices, 3]; the skin's own come first.
        fields: [54, vertices, 3].
        triangles: [triangles, 3].
        part: [vertices] numbers of `PARTS`.
        paint: [vertices, paints].
        mirror: [vertices] the vertex on the other side.
        contour: [points, 3] where foam lies.
        differences: [differences, vertices + points, 3] of one standard deviation; of the vertices,
            then of the contour.
        spacing: [vertices + points, 3] of the eyes 1 mm farther out each.
    """

    points: NDArray[np.float32]
    fields: NDArray[np.float32]
    triangles: NDArray[np.int32]
    part: NDArray[np.uint8]
    paint: NDArray[np.float32]
    mirror: NDArray[np.intp]
    contour: NDArray[np.float32]
    differences: NDArray[np.float32]
    spacing: NDArray[np.float32]


@cache
def average() -> Average:
    """The average head, always the same one."""
    own = skin()
    surface = Surface(own, skin_grid().triangles)
    pieces = _pieces(own, surface)
    starts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    points = np.concatenate([piece.points for piece in pieces])
    loop = _contour(surface)
    fitted = np.concatenate([points, loop])
    return Average(
        points=_metres(points),
        fields=_metres(_fields(pieces, own)),
        triangles=np.concatenate(
            [piece.triangles + start for piece, start in zip(pieces, starts, strict=False)]
        ).astype(np.int32),
        part=_parts(pieces),
        paint=np.concatenate([piece.paint for piece in pieces]).astype(np.float32),
        mirror=_mirror(pieces, starts),
        contour=_metres(loop),
        differences=_metres(differences(fitted, around_eyes(fitted))),
        spacing=_metres(spacing(fitted)),
    )


def _metres(array: Array) -> NDArray[np.float32]:
    return np.asarray(array * _MM, np.float32)


def _pieces(own: Array, surface: Surface) -> list[Piece]:
    grid = skin_grid()
    bare = np.arange(len(own))
    pieces = [
        Piece(
            own,
            grid.triangles,
            "skin",
            skin_paint(own),
            grid.mirror,
            np.repeat(bare[:, None], 3, axis=1),
            np.tile([1.0, 0, 0], (len(own), 1)),
            np.zeros(len(own)),
        )
    ]
    for piece in (eyeball(), rim(own), lashes(own), brow(surface), ear()):
        pieces += [piece, piece.twin(grid.mirror)]
    inside = [hollow(own), teeth(upper=True), teeth(upper=False), tongue()]
    return [*pieces, *inside, hair(own, normals(own, grid.triangles))]


def _parts(pieces: list[Piece]) -> NDArray[np.uint8]:
    """[vertices] numbers of `PARTS`; of the skin, what is painted as lips is lips."""
    parts = [np.full(len(piece.points), PARTS.index(piece.part), np.uint8) for piece in pieces]
    parts[0][pieces[0].paint[:, PAINTS.index("lips")] > 0.5] = PARTS.index("lips")
    return np.concatenate(parts)


def _mirror(pieces: list[Piece], starts: Array) -> NDArray[np.intp]:
    """[vertices] the vertex on the other side, of all pieces one after another."""
    mirrors = []
    for number, piece in enumerate(pieces):
        if piece.mirror is not None:
            mirrors.append(piece.mirror + starts[number])
        else:
            twin = number + 1 if piece.points[0, 0] > 0 else number - 1
            mirrors.append(np.arange(len(piece.points)) + starts[twin])
    return np.concatenate(mirrors).astype(np.intp)


def _fields(pieces: list[Piece], own: Array) -> Array:
    """[54, vertices, 3] of all pieces: what carries them moves them."""
    of_skin = skin_fields(own)
    fields = []
    for number, piece in enumerate(pieces):
        if number == 0:
            fields.append(of_skin)
            continue
        field = np.einsum("svkx,vk->svx", of_skin[:, piece.anchors], piece.holds, optimize=True)
        for shape, motion in carried(piece.points).items():
            field[index(shape)] += piece.jaw[:, None] * motion
        field[index("jawRight")] += (
            piece.jaw[:, None] * carried(piece.points)["jawLeft"] * (-1, 1, 1)
        )
        if piece.part == "tongue":
            field[index("tongueOut")] += _tongue_out(piece.points)
        if piece.part == "lashes":
            _lower_lashes(field, piece)
        fields.append(field)
    return np.concatenate(fields, axis=1)


def _tongue_out(points: Array) -> Array:
    """The tongue's front comes out over the lower lip and bends down."""
    share = ramp(14, -16, points[:, 2])
    far = np.array([0.0, 0.0, -34.0]) * share[:, None]
    lift = np.stack(
        [0 * share, 5.0 * ramp(0.2, 0.7, share) - 5.0 * ramp(0.7, 1, share), 0 * share], 1
    )
    return np.asarray(far + lift)


def _lower_lashes(field: Array, piece: Piece) -> None:
    """Lashes turn down with the lid that carries them."""
    third = len(piece.points) // 3
    tips = slice(third, 2 * third)
    side = "Right" if piece.points[0, 0] > 0 else "Left"
    for shape, share in (("eyeBlink", 1.0), ("eyeLookDown", 0.5)):
        down = np.linalg.norm(field[index(shape + side)][tips], axis=1) / 9.0
        field[index(shape + side)][tips, 1] -= share * 2.6 * np.clip(down, 0, 1)


def _contour(surface: Surface) -> Array:
    """[points, 3] the foam's loop on the skin, around the right side and back over the left."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(_FOAM, axis=0).T))])
    right = curve(along, _FOAM, np.linspace(0, along[-1], 33))
    loop = np.concatenate([right, right[-2:0:-1] * (-1, 1)])
    return surface.points_at(loop)


def normals(points: NDArray[np.floating], triangles: NDArray[np.int32]) -> Array:
    """[points, 3] unit normals of a surface, smoothed by the area of the triangles around."""
    corner = points[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    total = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(face[:, axis], 3), len(points))
            for axis in range(3)
        ],
        1,
    )
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))
