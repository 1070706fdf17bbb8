import numpy as np

from vrface.face.gaze import EYE_LOOK_INDICES, GAZE_CHANNELS, eye_look_from_gaze
from vrface.model.features import SLOTS, WIDTH
from vrface.training.mirror import SLOT_MIRROR, SLOT_SIGN, mirrored_features, mirrored_weights


def test_mirroring_twice_changes_nothing():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3, 4, WIDTH)).astype(np.float32)
    weights = rng.random((3, 54)).astype(np.float32)
    np.testing.assert_array_equal(mirrored_features(mirrored_features(features)), features)
    np.testing.assert_array_equal(mirrored_weights(mirrored_weights(weights)), weights)


def test_every_sided_slot_changes_sides():
    sided = [n for n, (_, channel) in enumerate(SLOTS) if "eft" in channel or "ight" in channel]
    assert (SLOT_MIRROR[sided] != sided).all()
    others = [n for n in range(WIDTH) if n not in sided]
    assert (SLOT_MIRROR[others] == others).all()
    assert all(SLOTS[a][0] == SLOTS[b][0] for a, b in enumerate(SLOT_MIRROR))


def test_presence_and_age_keep_their_sign():
    features = np.ones((4, WIDTH), np.float32)
    mirrored = mirrored_features(features)
    assert (mirrored[2:] == 1).all()
    assert (mirrored[0] == SLOT_SIGN).all()
    assert (SLOT_SIGN < 0).sum() == sum("yaw" in channel for _, channel in SLOTS)


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
