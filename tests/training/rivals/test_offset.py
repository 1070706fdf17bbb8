"""An offset removes what a rival usually misses, and nothing else."""

import numpy as np

from tests.training.rivals.small_cases import RNG, arrays, case, seen
from vrface.face.blendshapes import COUNT, index
from vrface.model.features import SLOTS, WIDTH
from vrface.training.rivals.copy_rule import copy_rule
from vrface.training.rivals.offset import offset, with_offset

SMILE = SLOTS.index(("mouth_tracker", "mouthSmileLeft"))
CHEEK = index("cheekSquintLeft")


def test_a_constant_offset_is_removed():
    values = np.zeros((200, 1, WIDTH), np.float32)
    values[:, 0, SMILE] = RNG.uniform(0, 0.6, 200)
    truth = np.full((200, COUNT), 0.2, np.float32)
    truth[:, CHEEK] += values[:, 0, SMILE]
    given = case("paired", seen(truth, values), values)
    before, after = copy_rule(arrays(), given), with_offset(copy_rule)(arrays(), given)
    assert np.allclose(before.loc[0, :, CHEEK], truth[:, CHEEK] - 0.2, atol=1e-6)
    assert np.allclose(after.loc[0], truth, atol=1e-6)
    assert np.array_equal(after.scale, before.scale)


def test_each_wearer_has_their_own_and_unknown_truth_none():
    loc = np.stack([np.full((6, COUNT), level, np.float32) for level in (0.1, 0.3)])
    truth = np.full((6, COUNT), 0.4, np.float32)
    truth[::3, 3] = np.nan
    truth[:, 4] = np.nan
    moved = offset(loc, truth)
    assert moved.shape == (2, 1, COUNT)
    assert np.allclose(moved[:, 0, [2, 3]], [[0.3, 0.3], [0.1, 0.1]], atol=1e-6)
    assert not moved[:, 0, 4].any()


def test_rare_movements_and_locations_beyond_the_scale_move_nothing():
    loc = np.full((1, 9, COUNT), -0.05, np.float32)
    truth = np.zeros((9, COUNT), np.float32)
    truth[:3] = 0.9
    assert not offset(loc, truth).any()
