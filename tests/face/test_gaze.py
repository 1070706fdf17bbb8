"""Gaze angles and the eyeLook weights that derive from them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.blendshapes import EYE_LOOK
from vrface.face.gaze import (
    direction_in_head,
    eye_look_from_gaze,
    gaze_from_eye_look,
    gaze_of_direction,
    known_gaze,
)

angle = st.floats(-0.78125, 0.78125, width=32)


def looks(left_yaw: float, left_pitch: float, right_yaw: float, right_pitch: float) -> dict:
    weights = eye_look_from_gaze([left_yaw, left_pitch, right_yaw, right_pitch])
    return {name: w for name, w in zip(EYE_LOOK, weights.tolist(), strict=True) if w}


def test_both_eyes_to_the_wearers_right() -> None:
    seen = looks(0.2, 0.0, 0.2, 0.0)
    assert set(seen) == {"eyeLookInLeft", "eyeLookOutRight"}


def test_up_and_down() -> None:
    assert set(looks(0.0, 0.2, 0.0, 0.2)) == {"eyeLookUpLeft", "eyeLookUpRight"}
    assert set(looks(0.0, -0.2, 0.0, -0.2)) == {"eyeLookDownLeft", "eyeLookDownRight"}


def test_full_scale_is_45_degrees_and_beyond_is_cut() -> None:
    assert looks(np.pi / 4, 0.0, 0.0, 0.0) == {"eyeLookInLeft": 1.0}
    assert looks(1.5, 0.0, 0.0, 0.0) == {"eyeLookInLeft": 1.0}


@given(st.tuples(angle, angle, angle, angle))
def test_angles_survive_the_way_there_and_back(gaze: tuple[float, ...]) -> None:
    back = gaze_from_eye_look(eye_look_from_gaze(np.array(gaze)))
    np.testing.assert_allclose(back, gaze, atol=1e-6)


def test_no_value_stays_no_value() -> None:
    weights = eye_look_from_gaze([np.nan, 0.1, 0.2, np.nan])
    lost = [name for name, w in zip(EYE_LOOK, weights, strict=True) if np.isnan(w)]
    assert lost == ["eyeLookInLeft", "eyeLookOutLeft", "eyeLookDownRight", "eyeLookUpRight"]


def test_directions_are_unit_vectors_in_openxr_axes() -> None:
    np.testing.assert_allclose(direction_in_head(0.0, 0.0), [0, 0, -1])
    right_up = direction_in_head(0.3, 0.2)
    assert right_up[0] > 0
    assert right_up[1] > 0
    np.testing.assert_allclose(np.linalg.norm(right_up), 1.0)


@given(st.floats(-3.0, 3.0), st.floats(-1.5, 1.5), st.floats(1e-6, 1e6))
def test_angles_come_back_from_their_direction(yaw: float, pitch: float, length: float) -> None:
    back = gaze_of_direction(length * direction_in_head(yaw, pitch))
    np.testing.assert_allclose(back, [yaw, pitch], atol=1e-9)


def test_straight_ahead_and_straight_up_have_no_yaw() -> None:
    np.testing.assert_array_equal(
        gaze_of_direction([[0, 0, -1], [0, 2, 0]]), [[0, 0], [0, np.pi / 2]]
    )


def test_what_has_no_direction_has_no_angles() -> None:
    lost = [[0.0, 0, 0], [np.nan, 0, -1], [np.inf, 0, -1], [0, 0, -np.inf]]
    assert np.isnan(gaze_of_direction(lost)).all()
    assert np.isfinite(gaze_of_direction([1e308, 1e308, -1e308])).all()


def test_a_gaze_beyond_a_quarter_turn_is_no_value() -> None:
    known = known_gaze([1.57, -1.57, 1.58, np.nan, -np.inf, 1e300])
    assert known.dtype == np.float32
    np.testing.assert_array_equal(known[:2], np.array([1.57, -1.57], np.float32))
    assert np.isnan(known[2:]).all()


def test_published_vrchat_vectors() -> None:
    # VRChat's OSC eye tracking page: degrees, its pitch is positive downwards, its z points
    # forward.
    for pitch_down, yaw_right, vector in (
        (-15.252, 20.128, (0.332, 0.263, 0.905)),
        (-14.903, 23.592, (0.387, 0.257, 0.886)),
        (-15.560, 16.503, (0.274, 0.268, 0.923)),
    ):
        got = direction_in_head(np.radians(yaw_right), np.radians(-pitch_down))
        np.testing.assert_allclose(got * [1, 1, -1], vector, atol=1e-3)
