"""The rig beside that of ICT-FaceKit, which artists made from scans: where and how far skin moves.

After the landmarks of both (corners of eyes and mouth, tip and base of the nose, chin) are laid on
each other by a turn, a shift and one scale, and for every shape that both have: the skin moves most
within 12 mm of where theirs does, .5 to 2 times as far.

The pulls of `vrface.rig.muscles` were set with these peaks in view, so this is a guard, not an
independent proof.

Not compared: tongueOut, which theirs lacks, and the eyeLook shapes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, index, mirrored
from vrface.rig.eyes import lid_loop
from vrface.rig.grid import HEIGHTS, skin_grid
from vrface.rig.mouth import slit_loop
from vrface.rig.piece import PARTS
from vrface.rig.rig import Rig
from vrface.training.metrics.geometry import FILE, WITHOUT_MESH, ReferenceRig

FACE = slice(0, 11248)
"""Vertices of their face, head and neck; eyes, lashes and teeth come after."""

# Of the 68 landmarks: eyes' corners from the wearer's right to the left, mouth's corners, tip of
# the nose, chin, base of the nose.
LANDMARKS = [36, 39, 42, 45, 48, 54, 30, 8, 33]


def landmarks(skin: np.ndarray) -> np.ndarray:
    grid, lid, lip = skin_grid(), lid_loop(upper=True), slit_loop(upper=True)
    middle = grid.vertex[:, 0]
    chosen = [
        *(lid[-1], lid[0], grid.mirror[lid[0]], grid.mirror[lid[-1]], lip[-1], lip[0]),
        skin[:, 2].argmin(),
        middle[np.abs(HEIGHTS + 109).argmin()],
        middle[np.abs(HEIGHTS + 45.6).argmin()],
    ]
    return skin[chosen]


@pytest.fixture(scope="module")
def both(vrface_data: Path):
    """Our skin and theirs laid on it, millimetres, and both rigs' fields."""
    folder = vrface_data / "rig" / "ICT-FaceKit"
    with np.load(folder / FILE) as file:
        theirs = file["neutral"].astype(float) * (-1, 1, -1)  # theirs: x to the left, z ahead
    places = json.loads((folder / "vertex_indices.json").read_text())["idx_to_landmark_verts"]
    rig, count = Rig.drawn(), len(skin_grid().row)
    skin = rig.neutral[:count].astype(float) * 1e3
    ours, other = landmarks(skin), theirs[places][LANDMARKS]
    to, away = ours - ours.mean(axis=0), other - other.mean(axis=0)
    left, size, right = np.linalg.svd(away.T @ to)
    turn = left @ right
    assert np.linalg.det(turn) > 0
    turn *= size.sum() / np.square(away).sum()
    laid = (theirs - other.mean(axis=0)) @ turn + ours.mean(axis=0)
    assert np.linalg.norm(laid[places][LANDMARKS] - ours, axis=1).max() < 9
    fields = ReferenceRig.read(folder).fields[:, FACE] / 10 * (-1, 1, -1)
    return skin, laid[FACE], rig.fields[:, :count] * 1e3, fields @ turn, rig


@pytest.mark.parametrize("shape", [name for name in BLENDSHAPES if name not in WITHOUT_MESH])
def test_a_shape_moves_the_skin_where_and_as_far_as_another_rig_does(both, shape):
    skin, laid, ours, theirs, _ = both
    far = np.linalg.norm(ours[index(shape)], axis=1)
    other = np.linalg.norm(theirs[index(shape)], axis=1)
    peak, sought = skin[far.argmax()], laid[other.argmax()]
    apart = np.linalg.norm(peak - sought)
    if mirrored(shape) == shape:  # a shape of both sides has its peak on either
        apart = min(apart, np.linalg.norm(peak * (-1, 1, 1) - sought))
    assert apart <= 12
    assert 0.5 <= far.max() / other.max() <= 2
    way, along = ours[index(shape)][far.argmax()], theirs[index(shape)][other.argmax()]
    if peak[0] * sought[0] >= 0:
        assert way @ along > 0.6 * far.max() * other.max()


@pytest.mark.parametrize("shape", ["browInnerUp", "browOuterUp"])
def test_a_brow_rises_as_far_as_brows_do(shape):
    # The median of the skin under one brow, millimetres, the shape in full on its side. Theirs
    # rises by 4.0 and 6.4 there, both shapes together raise ours by 5.1.
    rig = Rig.drawn()
    brow = (rig.part == PARTS.index("brows")) & (rig.neutral[:, 0] > 0)
    field = rig.fields[index(f"{shape}Right")][brow] * 1e3
    assert 1.4 <= np.median(np.linalg.norm(field, axis=1)) <= 3.1
    assert (field[:, 1] > 0).all()
