"""A choice is each shape's own, and the one that its rows bear out."""

import numpy as np

from tests.training.rivals.small_cases import drawn
from vrface.face.blendshapes import COUNT
from vrface.training.rivals.choice import least_of
from vrface.training.rivals.law import Law


def test_each_shape_gets_the_law_that_is_right_and_an_unknown_one_the_usual():
    levels, rows = (0.1, 0.4, 0.7), 50
    tried = [Law(*(np.full((rows, COUNT), v, np.float32) for v in (at, 0.02))) for at in levels]
    right = np.arange(COUNT) % 3
    truth = drawn(np.tile(np.array(levels)[right], (rows, 1)), 0.02)
    truth[:10], truth[:, 4] = np.nan, np.nan
    best, law = least_of(tried, truth, usual=2)
    right[4] = 2
    np.testing.assert_array_equal(best, right)
    np.testing.assert_array_equal(law.loc, np.tile(np.array(levels, np.float32)[right], (rows, 1)))
    assert law.scale.shape == (rows, COUNT)
