"""How far each blendshape moves each part of a figure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.rig.figure import Figure

AHEAD = np.zeros(4, dtype=np.float32)
"""A gaze straight ahead."""


def reach(figure: Figure) -> NDArray[np.float32]:
    """[54, vertices] metres that each shape, alone and in full, moves each vertex."""
    rest = figure.posed(np.zeros(COUNT, dtype=np.float32), AHEAD)
    alone = np.eye(COUNT, dtype=np.float32)
    moved = [np.linalg.norm(figure.posed(weights, AHEAD) - rest, axis=1) for weights in alone]
    return np.asarray(moved, dtype=np.float32)
