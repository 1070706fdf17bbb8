"""Gaze angles and the eyeLook weights that derive from them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.blendshapes import EYE_LOOK
from vrface.face.gaze import direction_in_head, eye_look_from_gaze, gaze_from_eye_look

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
