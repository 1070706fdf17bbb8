import numpy as np
import pytest

from vrface.face.expression import Source
from vrface.face.mixture import Mixture

NAN = np.float32(np.nan)
# One output of two ways (a mean, else a copy), one that takes off, one that nothing makes.
MIXED = Mixture.of(
    [[[(0, 0.5), (1, 0.5)], [(2, 1.0)]], [[(0, 1.0), (2, -1.0)]], []],
    [[False, True], [False], []],
    inputs=3,
)


@pytest.mark.parametrize(
    ("values", "made"),
    [
        ([0.2, 0.6, 0.1], [0.4, 0.1, NAN]),
        ([0.2, NAN, 0.1], [0.1, 0.1, NAN]),
        ([NAN, NAN, 0.1], [0.1, NAN, NAN]),
        ([0.2, 0.6, NAN], [0.4, NAN, NAN]),
        ([0.2, 0.6, 0.9], [0.4, 0.0, NAN]),
        ([3.0, -1.0, np.inf], [0.5, NAN, NAN]),
    ],
)
def test_the_first_way_that_is_all_there_makes_a_value(values, made):
    found = MIXED.values(np.array(values, np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, made, atol=1e-7, equal_nan=True)


def kinds(*names):
    return np.array([Source[name] for name in names], np.uint8)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        (("MEASURED", "MEASURED", "MEASURED"), ("MEASURED", "MEASURED", "ABSENT")),
        (("MEASURED", "INFERRED", "MEASURED"), ("INFERRED", "MEASURED", "ABSENT")),
        (("MEASURED", "ABSENT", "MEASURED"), ("COPIED", "MEASURED", "ABSENT")),
        (("ABSENT", "MEASURED", "INFERRED"), ("INFERRED", "ABSENT", "ABSENT")),
        (("HELD", "COPIED", "NEUTRAL"), ("HELD", "NEUTRAL", "ABSENT")),
    ],
)
def test_what_is_made_is_worth_its_worst_input(source, made):
    found = MIXED.source(kinds(*source))
    assert found.dtype == np.uint8
    assert found.tolist() == kinds(*made).tolist()


def test_columns_pass_through_together():
    rows = np.random.default_rng(0).uniform(size=(4, 5, 3)).astype(np.float32)
    np.testing.assert_array_equal(MIXED.values(rows)[3, 2], MIXED.values(rows[3, 2]))
    assert MIXED.values(np.zeros((0, 3), np.float32)).shape == (0, 3)
