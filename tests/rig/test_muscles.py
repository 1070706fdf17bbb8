from __future__ import annotations

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, index
from vrface.rig.grid import skin_grid
from vrface.rig.head import skin
from vrface.rig.muscles import ACTIONS, MUSCLES, pull, skin_fields
from vrface.rig.piece import Surface

SKIN = skin()
SURFACE = Surface(SKIN, skin_grid().triangles)


def test_every_muscle_is_used_and_every_shape_is_known():
    assert {name for pulls in ACTIONS.values() for name in pulls} == set(MUSCLES)
    assert set(ACTIONS) <= set(BLENDSHAPES)


@pytest.mark.parametrize("name", sorted(MUSCLES))
def test_a_muscle_pulls_skin_towards_its_origin_and_most_where_it_inserts(name):
    muscle = MUSCLES[name]
    field = pull(muscle, SKIN, SURFACE, both=False)
    far = np.linalg.norm(field, axis=1)
    peak = far.argmax()
    assert 0.4 < far[peak] <= 1.0
    assert np.linalg.norm(SKIN[peak, :2] - muscle.insertion) < 7
    right, up, ahead = muscle.origin
    way = np.array([right, up, -ahead]) - SKIN[peak]
    assert field[peak] @ way > 0.99 * far[peak] * np.linalg.norm(way)


def test_a_lips_muscle_leaves_the_other_lip():
    field = np.linalg.norm(pull(MUSCLES["roll_lower"], SKIN, SURFACE, both=False), axis=1)
    upper = (np.abs(SKIN[:, 0]) < 10) & (SKIN[:, 1] > -62) & (SKIN[:, 1] < -58) & (SKIN[:, 2] < 0)
    assert field[upper].max() < 0.05 * field.max()


def test_forehead_and_neck_stay_when_the_jaw_opens():
    field = np.linalg.norm(skin_fields(SKIN)[index("jawOpen")], axis=1)
    assert field[SKIN[:, 1] > -25].max() < 0.01
    assert field[SKIN[:, 1] < -140].max() < 0.5
    chin = field.max()
    assert 34 < chin < 44
