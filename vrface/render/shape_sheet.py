"""`shape_sheet`: every blendshape in full on one figure, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.gaze import EYE_LOOK_INDICES, gaze_from_eye_look
from vrface.render.labels import label_strip
from vrface.render.stage import Stage
from vrface.render.whole import whole
from vrface.rig.figure import Figure

COLUMNS = 9
TILE = (200, 232)
"""Width and height in pixels of one face, without its name."""

WITH = {"mouthClose": "jawOpen"}
"""Shapes that mean something only beside another: lips close over an open jaw (ARKit)."""

_ZOOM = 1.22

NAME_HEIGHT = 36
"""Pixels of the name under each face."""


def shape_sheet(
    path: Path,
    figure: Figure,
    progress: Callable[[int], object] = lambda shapes: None,
) -> None:
    """Write all 54 shapes, each in full with its name, as PNG: 1800 x 1608 pixels.

    A shape of the eyes has its gaze with it.

    Args:
        path: Where to (.png); a file that is there is replaced at the end.
        figure: Whose face.
        progress: Told how many shapes are drawn; what it raises ends the picture.

    Raises:
        BadUse: if the path is no ``.png``.
        DependencyError: if Panda3D is not installed.
        VrfaceError: if it cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise BadUse(f"{path} is no name of a picture.", "Give one that ends in .png.")
    shapes = np.eye(COUNT, dtype=np.float32)
    for shape, other in WITH.items():
        shapes[index(shape), index(other)] = 1.0
    tiles = []
    with Stage([figure], *TILE, zoom=_ZOOM) as stage:
        for weights in shapes:
            tiles.append(stage.draw([(weights, gaze_from_eye_look(weights[EYE_LOOK_INDICES]))]))
            progress(len(tiles))
    rows = [_row(tiles, first) for first in range(0, COUNT, COLUMNS)]
    _, png = cv2.imencode(".png", np.concatenate(rows))
    with whole(path) as part:
        part.write_bytes(png.tobytes())


def _row(tiles: list[NDArray[np.uint8]], first: int) -> NDArray[np.uint8]:
    """Some shapes side by side, above their names."""
    shown = BLENDSHAPES[first : first + COLUMNS]
    names = [f"{name} + {WITH[name]}" if name in WITH else name for name in shown]
    faces = np.concatenate(tiles[first : first + COLUMNS], axis=1)
    return np.concatenate([faces, label_strip(names, COLUMNS * TILE[0], NAME_HEIGHT)])
