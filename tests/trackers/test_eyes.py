"""VRChat's eye inputs, by the published example: a gaze up, to the right, half a metre off."""

from math import degrees, isnan

import numpy as np
import pytest

from vrface.face.gaze import direction_in_head
from vrface.trackers import eyes

# docs.vrchat.com, "OSC Eye Tracking".
PUBLISHED = {
    "/tracking/eye/CenterPitchYaw": (-15.252, 20.128),
    "/tracking/eye/CenterPitchYawDist": (-15.252, 20.128, 0.503),
    "/tracking/eye/CenterVec": (0.332, 0.263, 0.905),
    "/tracking/eye/CenterVecFull": (0.167, 0.132, 0.456),
    "/tracking/eye/LeftRightPitchYaw": (-14.903, 23.592, -15.560, 16.503),
    "/tracking/eye/LeftRightVec": (0.387, 0.257, 0.886, 0.274, 0.268, 0.923),
}


@pytest.mark.parametrize("address", PUBLISHED)
def test_the_published_example_looks_up_and_to_the_right(address):
    said = dict(eyes.read(address, PUBLISHED[address]))
    if address.startswith("/tracking/eye/LeftRight"):
        found = [said["left_yaw"], said["left_pitch"], said["right_yaw"], said["right_pitch"]]
        expected = [23.592, 14.903, 16.503, 15.560]
    else:
        found, expected = [said["yaw"], said["pitch"]], [20.128, 15.252]
    np.testing.assert_allclose([degrees(angle) for angle in found], expected, atol=0.15)
    if "vergence_m" in said:
        assert said["vergence_m"] == pytest.approx(0.503, abs=0.001)


def test_angles_are_those_of_our_direction_with_z_turned_round():
    x, y, z = direction_in_head(0.3, -0.2)
    said = dict(eyes.read("/tracking/eye/CenterVec", (x, y, -z)))
    assert (said["yaw"], said["pitch"]) == pytest.approx((0.3, -0.2))


def test_no_eye_is_made_of_the_other_one():
    """Virtual Desktop's module turned the right eye by the left one's orientation."""
    base = [1.0, 2.0, 3.0, 4.0]
    vectors = [0.1, 0.2, 0.9, -0.1, 0.3, 0.8]
    for address, numbers in (
        ("/tracking/eye/LeftRightPitchYaw", base),
        ("/tracking/eye/LeftRightVec", vectors),
    ):
        before = dict(eyes.read(address, tuple(numbers)))
        for place in range(len(numbers)):
            moved = list(numbers)
            moved[place] += 0.5
            after = dict(eyes.read(address, tuple(moved)))
            side = "left" if place < len(numbers) / 2 else "right"
            changed = {name.split("_")[0] for name in before if before[name] != after[name]}
            assert changed == {side}


def test_yaw_and_pitch_are_not_swapped():
    """Baballonia exchanged the arguments of LeftRightPitchYaw: left pitch comes first."""
    said = dict(eyes.read("/tracking/eye/LeftRightPitchYaw", (-10.0, 20.0, -30.0, 40.0)))
    assert {name: round(degrees(angle)) for name, angle in said.items()} == {
        "left_pitch": 10,
        "left_yaw": 20,
        "right_pitch": 30,
        "right_yaw": 40,
    }


def test_closed_eyes_are_not_open():
    assert eyes.read("/tracking/eye/EyesClosedAmount", (0.25,)) == (("open", 0.75),)


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        ("/tracking/eye/CenterVec", (0.0, 0.0)),
        ("/tracking/eye/CenterVec", ()),
        ("/tracking/eye/Nothing", (0.0, 0.0)),
        ("/avatar/parameters/LeftEyeX", (0.5,)),
    ],
)
def test_what_is_misshapen_or_of_no_eye_says_nothing(address, numbers):
    assert eyes.read(address, numbers) == ()


@pytest.mark.parametrize(
    "vector", [(0.0, 0.0, 0.0), (float("nan"), 0.0, 1.0), (0.0, float("inf"), 1.0)]
)
def test_a_vector_without_direction_has_no_angles(vector):
    assert all(isnan(angle) for _, angle in eyes.read("/tracking/eye/CenterVec", vector))
    both = dict(eyes.read("/tracking/eye/LeftRightVec", (*vector, 0.0, 0.0, 1.0)))
    assert isnan(both["left_yaw"])
    assert (both["right_yaw"], both["right_pitch"]) == (0.0, 0.0)
