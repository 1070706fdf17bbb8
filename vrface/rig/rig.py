"""`Rig`: a head of vertices and what each blendshape does to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.face.gaze import EYE_LOOK_INDICES
from vrface.rig.average import average, normals
from vrface.rig.grid import skin_grid
from vrface.rig.head import EYE
from vrface.rig.identity import Identity
from vrface.rig.piece import PARTS
from vrface.rig.turn import turned

SIDES = ("left", "right")

MIDDLE_M = 0.07
"""How far behind the eyes the middle of the head lies."""

NEAREST = 10
"""Vertices that make up the skin under a point."""

WIDTH_RAD = 0.025
"""Spread of the patch of skin under a point, seen from the middle of the head: some 2 mm."""

CLEAR = 1.05
"""How near lids come to an eyeball's centre, by its radius."""

PRESSED = 0.15
"""How much mouthClose may exceed jawOpen."""

_OPEN, _CLOSE = indices(["jawOpen", "mouthClose"])
_BLINKS = indices(["eyeBlinkLeft", "eyeBlinkRight"])


@dataclass(frozen=True, eq=False)
class Skin:
    """Points of the skin: what lies under sensors.

    Attributes:
        rest: [points, 3] metres, of the resting face.
        normals: [points, 3] unit vectors that point out of the head.
        fields: [54, points, 3] metres that each blendshape, in full, moves each point.
    """

    rest: NDArray[np.float32]
    normals: NDArray[np.float32]
    fields: NDArray[np.float32]

    def moved(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """[instants, points, 3] how far weights [instants, 54] move them, metres."""
        flat = self.fields.reshape(len(self.fields), -1)
        return np.asarray((weights @ flat).reshape(len(weights), -1, 3))


@dataclass(frozen=True, eq=False)
class Rig:
    """One person's head; metres, axes and origin as of `vrface.rig.figure.Figure`.

    Attributes:
        neutral: [vertices, 3] the face at rest.
        fields: [54, vertices, 3] displacement by each blendshape in full; eyeLook shapes move lids,
            the eyes themselves turn with gaze.
        triangles: [triangles, 3].
        colours: [vertices, 3] sRGB.
        part: [vertices] numbers of `PARTS`.
        eyes: [2, 3] centres of the left and the right eyeball.
        contour: [points, 3] closed loop on the resting skin where a headset's foam lies.
    """

    neutral: NDArray[np.float32]
    fields: NDArray[np.float32]
    triangles: NDArray[np.int32]
    colours: NDArray[np.float32]
    part: NDArray[np.uint8]
    eyes: NDArray[np.float32]
    contour: NDArray[np.float32]

    @classmethod
    def drawn(cls, seed: int | None = None) -> Rig:
        """The head of the simulated person number `seed`; None = the average one."""
        person, mean = Identity.drawn(seed), average()
        apart = np.tensordot(person.shape.astype(np.float32), mean.differences, 1)
        apart += np.float32(person.spacing) * mean.spacing
        size, count = np.float32(person.size), len(mean.points)
        out = person.spacing * 1e-3
        eyes = np.array([(-EYE[0] * 1e-3 - out, 0, 0), (EYE[0] * 1e-3 + out, 0, 0)], np.float32)
        return cls(
            neutral=size * (mean.points + apart[:count]),
            fields=size * mean.fields,
            triangles=mean.triangles,
            colours=mean.paint @ person.palette,
            part=mean.part,
            eyes=size * eyes,
            contour=size * (mean.contour + apart[count:]),
        )

    def posed(self, weights: NDArray[np.float32], gaze: NDArray[np.float32]) -> NDArray[np.float32]:
        """As of `vrface.rig.figure.Figure`.

        Three things are not linear: a closed lid does not also follow the eye; lids slide over the
        eyeball instead of cutting into it; and mouthClose, which takes back what jawOpen did to the
        lips, takes back no more than that, and `PRESSED`.
        """
        face = np.nan_to_num(np.asarray(weights, np.float32), nan=0.0)
        face[_CLOSE] = min(face[_CLOSE], face[_OPEN] + PRESSED)
        face[EYE_LOOK_INDICES] *= 1 - np.repeat(face[_BLINKS], 4)
        points = self.neutral + (face @ self.fields.reshape(len(face), -1)).reshape(-1, 3)
        angles = np.nan_to_num(np.asarray(gaze, np.float32), nan=0.0).reshape(2, 2)
        for centre, angle, ball, lid in zip(
            self.eyes, angles, self._balls, self._lids, strict=True
        ):
            points[ball] = turned(self.neutral[ball], centre, angle)
            way = points[lid] - centre
            far = np.linalg.norm(way, axis=1, keepdims=True)
            points[lid] = centre + way * np.maximum(1.0, self._clear / np.maximum(far, 1e-6))
        return points

    def under(self, points: NDArray[np.float32]) -> Skin:
        """The skin nearest to points [points, 3] along the head's surface: where sensors look.

        Seen from the middle of the head, a point looks at the skin around its own direction, a
        few millimetres wide.
        """
        count = len(skin_grid().row)
        skin, middle = self.neutral[:count], np.array([0, 0, MIDDLE_M], np.float32)
        seen, sought = (_unit(place - middle) for place in (skin, np.asarray(points)))
        apart = 2 - 2 * sought @ seen.T
        near = np.argpartition(apart, NEAREST, axis=1)[:, :NEAREST]
        square = np.take_along_axis(apart, near, axis=1)
        share = np.exp((square.min(axis=1, keepdims=True) - square) / (2 * WIDTH_RAD**2))
        share = (share / share.sum(axis=1, keepdims=True)).astype(np.float32)
        way = normals(skin, skin_grid().triangles).astype(np.float32)
        return Skin(
            rest=np.einsum("pk,pkx->px", share, skin[near]),
            normals=_unit(np.einsum("pk,pkx->px", share, way[near])),
            fields=np.einsum("pk,spkx->spx", share, self.fields[:, near]),
        )

    @cached_property
    def _balls(self) -> list[NDArray[np.intp]]:
        """Vertices of the left and the right eyeball."""
        return [np.flatnonzero(self.part == PARTS.index(f"eye_{side}")) for side in SIDES]

    @cached_property
    def _clear(self) -> np.float32:
        """How near lids come to an eyeball's centre."""
        way = self.neutral[self._balls[0]] - self.eyes[0]
        return np.float32(np.linalg.norm(way, axis=1).max() * CLEAR)

    @cached_property
    def _lids(self) -> list[NDArray[np.intp]]:
        """Vertices of skin and lashes around the left and the right eye, not the lids' insides."""
        kinds = np.isin(self.part, [PARTS.index("skin"), PARTS.index("lashes")])
        chosen = []
        for centre in self.eyes:
            way = self.neutral - centre
            far = np.linalg.norm(way, axis=1)
            chosen.append(
                np.flatnonzero(
                    kinds & (far > self._clear) & (far < 1.8 * self._clear) & (way[:, 2] < 0)
                )
            )
        return chosen


def _unit(way: NDArray[np.float32]) -> NDArray[np.float32]:
    """[..., 3] the same ways, 1 long; those of no length stay so."""
    return np.asarray(way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9))
