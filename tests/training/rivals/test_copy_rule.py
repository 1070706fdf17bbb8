"""The copy rule: brows from lids, cheeks from the smile."""

import numpy as np

from tests.training.rivals.small_cases import arrays, case
from vrface.face.blendshapes import COUNT, index
from vrface.model.features import SLOTS, WIDTH
from vrface.training.rivals.copy_rule import copied, copy_rule

WIDE = SLOTS.index(("lids", "wide_left"))
SQUEEZE = SLOTS.index(("lids", "squeeze_right"))
SMILE = SLOTS.index(("mouth_tracker", "mouthSmileLeft"))


def test_each_side_is_copied_and_the_rest_stays_neutral():
    values = np.zeros((2, WIDTH), np.float32)
    values[0, [WIDE, SQUEEZE, SMILE]] = 0.6, 0.4, -0.1
    expected = np.zeros((2, COUNT), np.float32)
    expected[0, [index("browInnerUpLeft"), index("browOuterUpLeft")]] = 0.6
    expected[0, index("browDownRight")] = 0.4
    assert np.array_equal(copied(values), expected)


def test_it_follows_every_wearer_frame_by_frame():
    values = np.zeros((5, 2, WIDTH), np.float32)
    values[:, 1, SMILE] = np.linspace(0, 0.8, 5)
    law = copy_rule(arrays(), case(values=values))
    assert law.loc.shape == (2, 5, COUNT)
    assert not law.loc[0].any()
    assert np.allclose(law.loc[1, :, index("cheekSquintLeft")], np.linspace(0, 0.8, 5))
