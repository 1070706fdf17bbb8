"""Head motion: what rotation matrices say of the same head, wherever in the room it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vrface.model import head_motion
from vrface.sensors.align import Aligned
from vrface.sensors.channels import channels_of
from vrface.sensors.headset import headset

STEP_S = 0.01
POSE = np.arange(7)
Floats = NDArray[np.float64]


def matrix(rotation: Floats) -> Floats:
    """By Rodrigues' formula, of a rotation vector, radians."""
    angle = float(np.linalg.norm(rotation))
    x, y, z = rotation / max(angle, 1e-12)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return np.asarray(turned)


def quaternion(rotation: Floats) -> Floats:
    """x, y, z, w of a rotation vector."""
    angle = float(np.linalg.norm(rotation))
    axis = rotation / max(angle, 1e-12)
    return np.append(np.sin(angle / 2) * axis, np.cos(angle / 2))


def told(before: Floats, now: Floats, present: bool = True) -> NDArray[np.float32]:
    """Values of `NAMES` from poses [7] a step apart, as `Align` hands them over."""
    shape = (1, 7)
    aligned = Aligned(
        now[None].astype(np.float32),
        ((now - before) / STEP_S)[None].astype(np.float32),
        np.full(shape, present),
        np.full(shape, 0.01, np.float32),
        np.zeros(1, np.int64),
    )
    return np.asarray(head_motion.planes(aligned, POSE)[0])


vectors = st.tuples(*[st.floats(-1.5, 1.5)] * 3).map(np.array)


def poses(at: Floats, moving: Floats, facing: Floats, turning: Floats) -> tuple[Floats, Floats]:
    """Two poses a step apart of a head that moves, metres a second, and turns by a spin in the
    room, radians a second.
    """
    # What is told of now looks back.
    spin = quaternion(-turning * STEP_S)
    q = quaternion(facing)
    x, y, z, w = spin
    left = np.array([[w, -z, y, x], [z, w, -x, y], [-y, x, w, z], [-x, -y, -z, w]])
    return np.append(at - moving * STEP_S, left @ q), np.append(at, q)


@given(vectors, vectors, vectors, vectors)
def test_it_says_what_rotation_matrices_say(
    at: Floats, moving: Floats, facing: Floats, turning: Floats
) -> None:
    found = told(*poses(at, moving, facing, turning))
    now, before = matrix(facing), matrix(-turning * STEP_S) @ matrix(facing)
    spin = now.T @ (now - before) / STEP_S
    spin = (spin - spin.T) / 2
    expected = [
        -now[1, 2],  # how high the head's back axis points, turned round: the sine of looking up
        -now[1, 0],  # the same of its right axis: the sine of leaning right
        *(0.5 * np.array([spin[2, 1], spin[0, 2], spin[1, 0]])),
        *(3.0 * now.T @ moving),
    ]
    np.testing.assert_allclose(found[0], expected, atol=2e-3)
    assert (found[1] == 0).all()
    assert (found[2] == 1).all()
    np.testing.assert_allclose(found[3], 0.01)


def test_looking_up_and_leaning_right_are_positive() -> None:
    assert head_motion.NAMES[:2] == ("pitch", "roll")
    still = np.zeros(3)
    up = told(*poses(still, still, np.array([0.3, 0.0, 0.0]), still))[0]
    right = told(*poses(still, still, np.array([0.0, 0.0, -0.3]), still))[0]
    np.testing.assert_allclose(up[:2], [np.sin(0.3), 0.0], atol=1e-6)
    np.testing.assert_allclose(right[:2], [0.0, np.sin(0.3)], atol=1e-6)


@given(vectors, vectors, vectors, vectors, st.floats(-3.0, 3.0), vectors)
def test_where_one_stands_and_which_way_one_faces_do_not_matter(
    at: Floats, moving: Floats, facing: Floats, turning: Floats, yaw: float, elsewhere: Floats
) -> None:
    before, now = poses(at, moving, facing, turning)
    room = matrix(np.array([0.0, yaw, 0.0]))
    s, c = np.sin(yaw / 2), np.cos(yaw / 2)
    turn = np.array([[c, 0, s, 0], [0, c, 0, s], [-s, 0, c, 0], [0, -s, 0, c]])

    def moved(pose: Floats) -> Floats:
        return np.append(room @ pose[:3] + elsewhere, turn @ pose[3:])

    np.testing.assert_allclose(told(moved(before), moved(now)), told(before, now), atol=2e-3)


@given(vectors, vectors, st.floats(0.6, 1.9))
def test_either_quaternion_of_a_turn_says_the_same_and_so_does_one_that_is_not_of_length_1(
    facing: Floats, turning: Floats, length: float
) -> None:
    still = np.zeros(3)
    before, now = poses(still, still, facing, turning)
    expected = told(before, now)
    other = np.append(np.ones(3), -np.ones(4))
    np.testing.assert_allclose(told(before * other, now * other), expected, atol=1e-4)
    crossing = told(before * other, now)
    np.testing.assert_allclose(crossing, expected, atol=1e-4)
    longer = np.append(np.ones(3), np.full(4, length))
    np.testing.assert_allclose(told(before * longer, now * longer), expected, atol=1e-3)


@pytest.mark.parametrize("lost", range(7))
def test_without_the_whole_pose_nothing_is_there(lost: int) -> None:
    present = np.ones((1, 7), np.bool_)
    present[0, lost] = False
    value = np.append(np.zeros(3), quaternion(np.array([0.1, 0.2, 0.3])))[None].astype(np.float32)
    ages = np.linspace(0.01, 0.07, 7, dtype=np.float32)[None]
    made = head_motion.planes(Aligned(value, value, present, ages, np.zeros(1, np.int64)), POSE)
    assert (made[0, 2] == 0).all()
    np.testing.assert_allclose(made[0, 3], 0.07)


def test_a_quaternion_of_no_length_is_no_pose() -> None:
    found = told(np.zeros(7), np.zeros(7))
    assert (found[2] == 0).all()
    assert np.isfinite(found).all()


def test_a_headset_tells_the_whole_pose_or_none() -> None:
    assert head_motion.whole(headset("everything"))
    assert not head_motion.whole(headset("vive_pro_eye_lip"))
    assert len(channels_of("head_pose")) == 7
