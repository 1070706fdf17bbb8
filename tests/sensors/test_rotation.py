"""Rotations, by hand and beside rotation matrices."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from vrface.sensors.rotation import inverse, product, small, turned, upright

LEFT = np.array([[0.0, np.sqrt(0.5), 0.0, np.sqrt(0.5)]])  # a quarter about +y
AHEAD, UP = np.array([[0.0, 0.0, -1.0]]), np.array([[0.0, 1.0, 0.0]])


@st.composite
def turns(draw):
    """A unit quaternion [1, 4]."""
    numbers = np.array([draw(st.lists(st.floats(-1, 1), min_size=4, max_size=4))])
    length = np.linalg.norm(numbers)
    assume(length > 0.1)
    return numbers / length


def matrix(turn):
    x, y, z, w = turn[0]
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_a_quarter_turn_to_the_left_as_openxr_says():
    np.testing.assert_allclose(turned(LEFT, AHEAD), [[-1.0, 0, 0]], atol=1e-9)
    np.testing.assert_allclose(product(LEFT, LEFT), [[0, 1, 0, 0]], atol=1e-9)


@given(turns())
def test_vectors_turn_as_by_the_matrix(turn):
    vectors = np.vstack([np.eye(3), AHEAD])
    np.testing.assert_allclose(turned(turn, vectors), vectors @ matrix(turn).T, atol=1e-9)


@given(turns(), turns())
def test_a_product_turns_by_the_second_and_then_by_the_first(first, second):
    both = product(first, second)
    np.testing.assert_allclose(matrix(both), matrix(first) @ matrix(second), atol=1e-9)


@given(turns())
def test_the_inverse_turns_back(turn):
    np.testing.assert_allclose(product(inverse(turn), turn), [[0, 0, 0, 1]], atol=1e-9)


@given(turns())
def test_upright_is_the_same_turn_with_w_not_below_0(turn):
    same = upright(turn)
    assert same[0, 3] >= 0
    np.testing.assert_allclose(matrix(same), matrix(turn), atol=1e-9)
    assert np.isnan(upright(np.full((1, 4), np.nan))).all()


def test_a_small_vector_is_an_angle_about_its_direction():
    nod = small(np.array([[0.01, 0.0, 0.0]]))
    np.testing.assert_allclose(turned(nod, UP), [[0, np.cos(0.01), np.sin(0.01)]], atol=1e-6)
