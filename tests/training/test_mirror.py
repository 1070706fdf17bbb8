from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.face.blendshapes import COUNT, MIRROR
from vrface.face.gaze import EYE_LOOK_INDICES, GAZE_CHANNELS, eye_look_from_gaze
from vrface.model import head_motion
from vrface.model.calibration import Calibration
from vrface.model.calibration.summary import FACE_FIGURES, SENSOR_FIGURES
from vrface.model.features import NAMED, SLOTS, WIDTH
from vrface.sensors.align import Aligned
from vrface.training.mirror import (
    SLOT_MIRROR,
    SLOT_SIGN,
    mirrored_calibration,
    mirrored_features,
    mirrored_positions,
    mirrored_weights,
)


def test_mirroring_twice_changes_nothing():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3, 4, WIDTH)).astype(np.float32)
    weights = rng.random((3, 54)).astype(np.float32)
    np.testing.assert_array_equal(mirrored_features(mirrored_features(features)), features)
    np.testing.assert_array_equal(mirrored_weights(mirrored_weights(weights)), weights)


def test_every_sided_slot_changes_sides():
    sided = [n for n, (_, name) in enumerate(SLOTS) if "eft" in name or "ight" in name]
    assert (SLOT_MIRROR[sided] != sided).all()
    others = [n for n in range(WIDTH) if n not in sided]
    assert (SLOT_MIRROR[others] == others).all()
    assert all(SLOTS[a][0] == SLOTS[b][0] for a, b in enumerate(SLOT_MIRROR))


def test_presence_and_age_keep_their_sign():
    features = np.ones((4, WIDTH), np.float32)
    mirrored = mirrored_features(features)
    assert (mirrored[2:] == 1).all()
    assert (mirrored[0] == SLOT_SIGN).all()
    turned = {name for (_, name), sign in zip(SLOTS, SLOT_SIGN, strict=True) if sign < 0}
    assert {name for name in turned if "yaw" in name} == {"left_yaw", "right_yaw", "yaw"}
    assert {name for name in turned if "yaw" not in name} == {
        "roll", "turn_y", "turn_z", "move_x",
        "angular_velocity_y", "angular_velocity_z", "acceleration_x",
    }  # fmt: skip


def test_a_mirrored_gaze_gives_the_mirrored_eye_look():
    gaze = np.array([0.2, 0.1, -0.15, 0.05], np.float32)
    slots = [SLOTS.index(("gaze", channel)) for channel in GAZE_CHANNELS]
    features = np.zeros((4, WIDTH), np.float32)
    features[0, slots] = gaze
    turned = mirrored_features(features)[0, slots]
    assert not np.array_equal(turned, gaze)
    weights, other = np.zeros((2, 1, 54), np.float32)
    weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(gaze[None])
    other[:, EYE_LOOK_INDICES] = eye_look_from_gaze(turned[None])
    np.testing.assert_allclose(mirrored_weights(weights), other, atol=1e-7)


@st.composite
def calibrations(draw: Callable) -> Calibration:
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    sensors = np.sort(rng.normal(size=(SENSOR_FIGURES, WIDTH)), axis=0).astype(np.float32)
    sensors[:, rng.random(WIDTH) < 0.3] = np.nan
    return Calibration("paired", sensors, rng.random((FACE_FIGURES, COUNT), np.float32))


@settings(max_examples=10)
@given(calibrations())
def test_mirroring_what_is_known_twice_changes_nothing(known):
    twice = mirrored_calibration(mirrored_calibration(known))
    np.testing.assert_array_equal(twice.sensors, known.sensors)
    np.testing.assert_array_equal(twice.face, known.face)
    assert twice.mode == known.mode
    places = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_array_equal(mirrored_positions(mirrored_positions(places)), places)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_what_is_known_of_the_mirrored_wearer_is_what_their_sensors_would_say(seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(30, 4, WIDTH)).astype(np.float32)
    features[:, 2] = rng.random((30, WIDTH)) < 0.7
    weights, seconds = rng.random((30, COUNT), np.float32), np.arange(30) / 30
    found = mirrored_calibration(Calibration.paired(features, weights, seconds))
    turned = mirrored_features(features)
    expected = Calibration.paired(turned, mirrored_weights(weights), seconds)
    np.testing.assert_allclose(found.sensors, expected.sensors, atol=1e-5)
    np.testing.assert_allclose(found.face, expected.face, atol=1e-6)


def test_skin_sensors_keep_their_slots_and_change_their_places():
    skin = np.arange(len(NAMED), WIDTH)
    np.testing.assert_array_equal(SLOT_MIRROR[skin], skin)
    assert (SLOT_SIGN[skin] == 1.0).all()
    np.testing.assert_array_equal(
        mirrored_positions(np.array([[0.03, 0.02, 0.1]])), [[-0.03, 0.02, 0.1]]
    )


def test_a_mirrored_head_moves_as_the_mirrored_slots_say():
    """A pose seen in a mirror: x turned round, and with it turns about y and z."""
    rng = np.random.default_rng(0)
    pose, change = rng.normal(size=(2, 6, 7))
    pose[:, 3:] /= np.linalg.norm(pose[:, 3:], axis=1, keepdims=True)
    change[:, 3:] -= (change[:, 3:] * pose[:, 3:]).sum(axis=1, keepdims=True) * pose[:, 3:]
    sides = np.array([-1, 1, 1, 1, -1, -1, 1])

    def features(of, ofs):
        there, ages = np.ones(of.shape, np.bool_), np.zeros(of.shape, np.float32)
        given = Aligned(of, ofs, there, ages, np.zeros(len(of), np.int64))
        made = np.zeros((len(of), 4, WIDTH), np.float32)
        made[..., [SLOTS.index(("head_pose", name)) for name in head_motion.NAMES]] = (
            head_motion.planes(given, np.arange(7))
        )
        return made

    found = mirrored_features(features(pose, change))
    np.testing.assert_allclose(found, features(pose * sides, change * sides), atol=1e-5)
    assert (MIRROR[MIRROR] == np.arange(COUNT)).all()
