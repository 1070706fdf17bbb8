"""Gaze and head of a stub runtime: where poses point, as far as that is known."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.openxr.stub import FOCUSED, READY
from tests.trackers.asked import FACES, GAZE, GAZES
from vrface.face.gaze import direction_in_head
from vrface.face.schemes import scheme
from vrface.trackers.assembly import STANDS_NS


def looking(yaw, pitch):
    """The orientation of a gaze, x y z w: a turn to the left is one about +y."""
    y, x = np.sin(-yaw / 2), np.sin(pitch / 2)
    a, b = np.cos(yaw / 2), np.cos(pitch / 2)
    return [a * x, y * b, -y * x, a * b]


angle = st.floats(-1.2, 1.2)


def test_the_gaze_of_each_eye_is_where_its_pose_points(runtime, ask):
    asked = ask(GAZES)

    @given(st.tuples(angle, angle, angle, angle))
    def check(angles):
        for eye, (yaw, pitch) in enumerate(((angles[0], angles[1]), (angles[2], angles[3]))):
            runtime.eyes.pose[eye].orientation[:] = looking(yaw, pitch)
        np.testing.assert_allclose(asked.samples()["gaze"].values, angles, atol=1e-5)

    check()


def test_one_gaze_of_both_is_where_its_action_points(runtime, ask):
    asked = ask(GAZE)

    @given(angle, angle)
    def check(yaw, pitch):
        runtime.gaze.pose.orientation[:] = looking(yaw, pitch)
        found = asked.samples()["gaze_combined"].values
        np.testing.assert_allclose(found, [yaw, pitch], atol=1e-5)
        np.testing.assert_allclose(
            direction_in_head(*found.tolist()), direction_in_head(yaw, pitch), atol=1e-5
        )

    check()


def test_to_the_right_and_up_is_to_the_right_and_up(runtime, ask):
    asked = ask(GAZE)
    runtime.gaze.pose.orientation[:] = [0.1, -0.2, 0.0, 0.97]  # up about +x, right about -y
    yaw, pitch = asked.samples()["gaze_combined"].values
    assert yaw > 0
    assert pitch > 0


def test_an_eye_is_valid_by_itself_and_as_sure_as_it_says(runtime, ask):
    asked = ask(GAZES)
    runtime.eyes.confidence[:] = [0.5, 0.75]
    assert asked.samples()["gaze"].confidence == 0.5
    runtime.eyes.valid[0] = 0
    sample = asked.samples()["gaze"]
    assert np.isnan(sample.values).tolist() == [True, True, False, False]
    assert sample.confidence == 0.75
    runtime.eyes.confidence[1] = 0.0
    assert "gaze" not in asked.samples()
    assert asked.perception.blind


def test_the_gaze_of_each_eye_goes_before_what_the_face_says_of_it(runtime, ask):
    asked = ask(GAZES, GAZE, FACES["fb2"][0])
    runtime.face2.weights[scheme("fb2").shapes.index("EYES_LOOK_LEFT_L")] = 0.5
    runtime.face2.weights[scheme("fb2").shapes.index("EYES_LOOK_LEFT_R")] = 0.5
    runtime.gaze.pose.orientation[:] = looking(0.3, 0.0)
    for eye in range(2):
        runtime.eyes.pose[eye].orientation[:] = looking(0.1, 0.2)
    np.testing.assert_allclose(asked.samples()["gaze"].values, [0.1, 0.2, 0.1, 0.2], atol=1e-5)
    runtime.eyes.valid[:] = [0, 0]
    time.sleep(2 * STANDS_NS / 1e9)
    left = asked.samples()["gaze"].values
    assert (left[[0, 2]] < -0.3).all()
    runtime.face2.eyes_valid = 0
    both = asked.samples()["gaze"].values
    np.testing.assert_allclose(both, [0.3, 0.0, 0.3, 0.0], atol=1e-5)


@pytest.mark.parametrize("loss", ["active", "flags"])
def test_a_gaze_that_is_not_tracked_is_none(runtime, ask, loss):
    asked = ask(GAZE)
    assert "gaze_combined" in asked.samples()
    setattr(runtime.gaze, loss, 0 if loss == "active" else 1)  # known, and not seen
    assert "gaze_combined" not in asked.samples()
    assert asked.perception.blind


def test_a_session_without_the_focus_has_no_gaze_and_has_a_head(runtime, ask):
    asked = ask(GAZE)
    runtime.lead(READY + 1)
    for _ in range(20):
        asked.connection.poll()
    assert asked.connection.running
    assert set(asked.samples()) == {"head_pose"}
    runtime.lead(FOCUSED)
    for _ in range(20):
        asked.connection.poll()
    assert set(asked.samples()) == {"head_pose", "gaze_combined"}


def test_the_head_is_where_it_is_as_far_as_that_is_known(runtime, ask):
    asked = ask(GAZE)
    runtime.head.pose.orientation[:] = [0.0, 0.6, 0.0, 0.8]
    runtime.head.pose.position[:] = [1.0, 1.5, -2.0]
    now_ns = asked.connection.now()
    sample = asked.samples()["head_pose"]
    np.testing.assert_allclose(sample.values, [1.0, 1.5, -2.0, 0.0, 0.6, 0.0, 0.8], atol=1e-6)
    assert sample.sample_time_ns >= now_ns
    runtime.head.flags = 0x1 | 0x4
    sample = asked.samples()["head_pose"]
    assert np.isnan(sample.values).tolist() == [True] * 3 + [False] * 4
    runtime.head.flags = 0x1 | 0x2 | 0x4
    assert np.isfinite(asked.samples()["head_pose"].values).all()
    runtime.head.flags = 0x1 | 0x2
    assert "head_pose" not in asked.samples()
