"""`Piece`: a part of a head, what it is painted with and what carries it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.rig.curves import Array

PARTS: tuple[str, ...] = (
    "skin",
    "lips",
    "brows",
    "lashes",
    "eye_left",
    "eye_right",
    "mouth",
    "teeth",
    "tongue",
    "hair",
)
"""What a vertex belongs to; ``mouth`` is the inside of it."""

PAINTS: tuple[str, ...] = (
    *("skin", "blush", "shade", "lips", "hair", "white", "iris", "rim", "pupil", "glint"),
    *("teeth", "gum", "dark", "tongue"),
)
"""What a vertex can be painted with; a person has a colour for each."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Vertices of one part; millimetres, head space.

    Attributes:
        points: [vertices, 3].
        triangles: [triangles, 3] counterclockwise from outside.
        part: One of `PARTS`.
        paint: [vertices, paints] shares that add up to 1.
        mirror: [vertices] the vertex on the other side; None for a piece of one side, whose twin
            is the next piece.
        anchors: [vertices, 3] vertices of the skin that carry each vertex, and
        holds: [vertices, 3] how much each of them does.
        jaw: [vertices] how much the jaw carries it beside that.
    """

    points: Array
    triangles: NDArray[np.int32]
    part: str
    paint: Array
    mirror: NDArray[np.intp] | None
    anchors: NDArray[np.intp]
    holds: Array
    jaw: Array

    @classmethod
    def free(
        cls,
        points: Array,
        triangles: NDArray[np.int32],
        part: str,
        paint: Array,
        mirror: NDArray[np.intp] | None,
        jaw: Array | float = 0.0,
    ) -> Piece:
        """A piece that no skin carries."""
        count = len(points)
        anchors, holds = np.zeros((count, 3), np.intp), np.zeros((count, 3))
        share = np.broadcast_to(np.asarray(jaw, np.float64), count)
        return cls(points, triangles, part, paint, mirror, anchors, holds, share)

    def twin(self, mirror: NDArray[np.intp]) -> Piece:
        """The same piece on the other side; `mirror` is that of the skin."""
        return Piece(
            self.points * (-1, 1, 1),
            self.triangles[:, ::-1].copy(),
            self.part.replace("right", "left"),
            self.paint,
            None,
            mirror[self.anchors],
            self.holds,
            self.jaw,
        )


def painted(count: int, **shares: Array | float) -> Array:
    """[count, paints] of shares by name; what they leave is the first name's."""
    paint = np.zeros((count, len(PAINTS)))
    names = list(shares)
    for name in names:
        paint[:, PAINTS.index(name)] = shares[name]
    paint[:, PAINTS.index(names[0])] += 1 - paint.sum(axis=1)
    return paint


def sheet(rows: int, columns: int, *, closed: bool = False) -> NDArray[np.int32]:
    """Triangles of a grid of vertices, row by row; `closed` joins the last column to the first.

    They are counterclockwise where rows go down and columns to the right of who looks at it.
    """
    vertex = np.arange(rows * columns).reshape(rows, columns)
    right = np.roll(vertex, -1, axis=1)
    if not closed:
        vertex, right = vertex[:, :-1], right[:, :-1]
    a, b, c, d = (part.ravel() for part in (vertex[:-1], vertex[1:], right[1:], right[:-1]))
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)


class Surface:
    """The skin seen from ahead: what lies at a place right and up."""

    def __init__(self, points: Array, triangles: NDArray[np.int32]) -> None:
        corner = points[triangles]
        seen = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])[:, 2] < -1e-6
        self._triangles, self._corner = triangles[seen], corner[seen]
        self._points = points

    def at(self, places: Array) -> tuple[NDArray[np.intp], Array]:
        """Of places [places, 2], right and up: three vertices each, and their shares."""
        a, b, c = (self._corner[:, k, :2] for k in range(3))
        ab, ac = b - a, c - a
        area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
        to = places[:, None] - a
        second = (to[..., 0] * ac[:, 1] - to[..., 1] * ac[:, 0]) / area
        third = (ab[:, 0] * to[..., 1] - ab[:, 1] * to[..., 0]) / area
        share = np.stack([1 - second - third, second, third], -1)
        outside = np.clip(-share.min(-1), 1e-9, None)
        # Of those hit, the one farthest ahead.
        score = np.where(outside < 1e-6, self._corner[:, 0, 2] * 1e-3, 1e3 + outside)
        best = score.argmin(axis=1)
        return self._triangles[best].astype(np.intp), share[np.arange(len(places)), best]

    def points_at(self, places: Array) -> Array:
        """[places, 3] of the skin at places right and up."""
        vertices, share = self.at(places)
        return np.asarray((self._points[vertices] * share[..., None]).sum(axis=1))
