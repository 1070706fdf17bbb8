from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.rig.curves import bell, curve, dome, joined, ramp


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=8))
def test_a_curve_goes_through_its_points_and_never_beyond_its_neighbours(values):
    knots = np.arange(len(values), dtype=float)
    np.testing.assert_allclose(curve(knots, values, knots), values, atol=1e-12)
    at = np.linspace(0, len(values) - 1, 200)
    left = np.clip(at.astype(int), 0, len(values) - 2)
    ends = np.stack([np.take(values, left), np.take(values, left + 1)])
    between = curve(knots, values, at)
    assert (between >= ends.min(axis=0) - 1e-9).all()
    assert (between <= ends.max(axis=0) + 1e-9).all()


def test_a_curve_of_columns_is_each_columns_curve():
    values = np.array([[0.0, 3.0], [1.0, -1.0], [4.0, 2.0]])
    at = np.array([0.2, 1.7])
    for column in range(2):
        np.testing.assert_allclose(
            curve([0, 1, 2], values, at)[:, column], curve([0, 1, 2], values[:, column], at)
        )


def test_a_ramp_runs_either_way():
    np.testing.assert_allclose(ramp(0, 2, [-1, 0, 1, 2, 3]), [0, 0, 0.5, 1, 1])
    np.testing.assert_allclose(ramp(2, 0, [-1, 0, 1, 2, 3]), [1, 1, 0.5, 0, 0])


def test_a_join_lies_above_both_and_near_the_greater():
    first, second = np.array([0.0, 5.0, 1.0]), np.array([0.0, 0.0, 20.0])
    top = joined(first, second, 0.5)
    assert (top >= np.maximum(first, second)).all()
    assert (top <= np.maximum(first, second) + 0.5).all()


def test_a_dome_is_a_ball_from_ahead_and_falls_off_beside_it():
    x, y = np.array([0.0, 3.0, 6.0]), np.zeros(3)
    ahead = dome(x, y, (0, 0, 10), (5, 5, 5))
    np.testing.assert_allclose(ahead[:2], [15, 14])
    assert ahead[2] < 10


def test_a_bell_is_one_in_its_middle():
    np.testing.assert_allclose(bell([0.0, 1.0], [0.0, 0.0]), [1, np.exp(-0.5)])
