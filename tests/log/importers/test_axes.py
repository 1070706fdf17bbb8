"""Axes of other programs: hand-computed cases, and rotation matrices as the second opinion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.log.importers.axes import about_x, unit, unity_pose, unity_quaternion

MIRROR = np.diag([1.0, 1.0, -1.0])  # between Unity's axes and ours
RIGHT, UP, FORWARD = np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0, 0, -1.0])

degrees = st.floats(-360, 360)


def rotated(quaternion, vector):
    """A vector turned by a quaternion x y z w, in whatever right-handed axes."""
    x, y, z, w = quaternion
    matrix = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    return matrix @ vector


def head(x, y, z):
    """The head's orientation in our axes, of Unity's Euler angles."""
    return unity_pose([[0, 0, 0]], unity_quaternion([[x, y, z]]))[0, 3:]


def test_a_head_turned_right_in_unity_faces_right():
    np.testing.assert_allclose(rotated(head(0, 90, 0), FORWARD), RIGHT, atol=1e-12)
    assert rotated(head(0, 20, 0), FORWARD)[0] > 0.3


def test_a_head_turned_up_in_unity_faces_up():
    np.testing.assert_allclose(rotated(head(-90, 0, 0), FORWARD), UP, atol=1e-12)
    assert rotated(head(340, 0, 0), FORWARD)[1] > 0.3


def test_a_head_tilted_to_the_left_in_unity_lifts_its_right_ear():
    assert rotated(head(0, 0, 30), RIGHT)[1] == pytest.approx(0.5)


def test_a_step_forward_in_unity_is_a_step_forward():
    pose = unity_pose([[0.1, 1.6, 2.0]], [[0, 0, 0, 1]])[0]
    np.testing.assert_allclose(pose, [0.1, 1.6, -2.0, 0, 0, 0, 1])


@given(degrees, degrees, degrees)
def test_euler_angles_turn_as_unitys_matrices_do(x, y, z):
    a, b, c = np.radians([x, y, z])
    about_x_ = [[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]]
    about_y_ = [[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]]
    about_z_ = [[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]]
    unity = np.array(about_y_) @ np.array(about_x_) @ np.array(about_z_)
    ours = MIRROR @ unity @ MIRROR
    quaternion = head(x, y, z)
    assert quaternion[3] >= 0
    for axis in np.eye(3):
        np.testing.assert_allclose(rotated(quaternion, axis), ours @ axis, atol=1e-9)


def test_what_is_no_unit_vector_is_no_value():
    lost = [[0, 0, 0], [0, 0, 7], [np.nan, 0, -1], [np.inf, 0, 0], [1e300, 1e300, 0]]
    assert np.isnan(unit(np.array(lost, dtype=np.float64))).all()


def test_what_is_no_rotation_is_no_pose():
    assert np.isnan(unity_pose([[1, 2, 3]], [[0, 0, 0, 0]])).all()
    assert np.isnan(unity_quaternion([[np.nan, 0, 0], [1e9, 0, 0], [np.inf, 0, 0]])).all()


def test_a_quarter_turn_about_x_takes_up_to_back():
    np.testing.assert_allclose(about_x(UP[None], 90.0)[0], -FORWARD, atol=1e-12)


def test_vectors_of_four_decimals_come_to_length_1():
    np.testing.assert_allclose(np.linalg.norm(unit(np.array([[0.6001, 0, 0.8]])), axis=1), 1.0)
