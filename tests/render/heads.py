"""A head that needs no data: a ball whose skin each shape moves in a place of its own."""

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, COUNT, group_of

WITHOUT = "panda3d is not installed: pip install 'vrface[render]'"


def need_panda3d():
    """For the head of a test file whose tests draw."""
    pytest.importorskip("panda3d.core", reason=WITHOUT)


HEIGHT_M = {"brow": 0.05, "lid": 0.0, "gaze": 0.0, "cheek": -0.03, "nose": -0.02, "mouth": -0.06}


class Head:
    """A `Figure`: an ellipsoid of about 1,500 vertices, 24 cm high, skin-coloured.

    A shape pushes the skin outwards by up to 1 cm, at a height by its group and on its side; gaze
    moves nothing.
    """

    def __init__(self):
        around, along = 48, 32
        azimuth, polar = np.meshgrid(
            np.arange(around) * 2 * np.pi / around, np.linspace(0.02, np.pi - 0.02, along)
        )
        unit = np.stack(
            [np.sin(polar) * np.sin(azimuth), np.cos(polar), -np.sin(polar) * np.cos(azimuth)], -1
        ).reshape(-1, 3)
        self.neutral = (unit * (0.08, 0.12, 0.09)).astype(np.float32)
        row, column = np.meshgrid(np.arange(along - 1), np.arange(around), indexing="ij")
        a, b = row * around + column, row * around + (column + 1) % around
        c, d = a + around, b + around
        faces = np.stack([np.stack([a, b, c], -1), np.stack([b, d, c], -1)])
        self.triangles = faces.reshape(-1, 3).astype(np.int32)
        self.colours = np.full((len(unit), 3), (0.85, 0.65, 0.55), np.float32)
        self.fields = np.zeros((COUNT, len(unit), 3), np.float32)
        for shape, name in enumerate(BLENDSHAPES):
            x = {"L": -0.04, "R": 0.04}.get(name.removesuffix("eft").removesuffix("ight")[-1], 0.0)
            at = np.array([x, HEIGHT_M[group_of(name)], -0.08])
            near = np.exp(-(((self.neutral - at) / 0.03) ** 2).sum(axis=1))
            self.fields[shape] = 0.01 * near[:, None] * unit

    def posed(self, weights, gaze):
        flat = self.fields.reshape(COUNT, -1)
        moved = np.nan_to_num(weights).astype(np.float32) @ flat
        return self.neutral + moved.reshape(self.neutral.shape)


REST = np.zeros(COUNT, np.float32)
AHEAD = np.zeros(4, np.float32)
