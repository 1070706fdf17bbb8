"""Mouths that standards cut in another way than we do: HTC's lowered jaws, VRM's vowels."""

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT, index
from vrface.face.schemes import scheme
from vrface.log.importers import read_take
from vrface.simulation.performance import synthetic_take


def htc(**values):
    """An HTC face of these values, the rest at 0."""
    shapes = scheme("htc").shapes
    face = np.zeros(len(shapes), np.float32)
    for shape, value in values.items():
        face[shapes.index(f"LIP_{shape}")] = value
    return face


def into(name, weights):
    """Weights as a scheme writes them, by shape."""
    entry = scheme(name)
    return dict(zip(entry.shapes, entry.write(weights).tolist(), strict=True))


def ours(**values):
    face = np.zeros(COUNT, np.float32)
    for shape, value in values.items():
        face[index(shape)] = value
    return face


def test_an_ape_of_htc_is_a_lowered_jaw_behind_closed_lips():
    face = into("arkit", scheme("htc").read(htc(MOUTH_APE_SHAPE=0.8))[:COUNT])
    assert (face["jawOpen"], face["mouthClose"]) == pytest.approx((0.8, 0.8))
    face = into("arkit", scheme("htc").read(htc(JAW_OPEN=0.5, MOUTH_APE_SHAPE=0.3))[:COUNT])
    assert (face["jawOpen"], face["mouthClose"]) == pytest.approx((0.8, 0.3))


def test_a_jaw_lowered_behind_closed_lips_is_an_ape_for_htc_and_no_open_jaw():
    arkit = np.zeros(52, np.float32)
    for shape in ("jawOpen", "mouthClose"):
        arkit[scheme("arkit").shapes.index(shape)] = 0.6
    face = into("htc", scheme("arkit").read(arkit))
    assert (face["LIP_JAW_OPEN"], face["LIP_MOUTH_APE_SHAPE"]) == pytest.approx((0.0, 0.6))
    face = into("htc", ours(jawOpen=0.6))
    assert (face["LIP_JAW_OPEN"], face["LIP_MOUTH_APE_SHAPE"]) == pytest.approx((0.6, 0.0))


def test_a_jaw_of_htc_comes_back_but_for_what_is_beyond_fully_open():
    entry = scheme("htc")
    face = entry.write(entry.read(htc(JAW_OPEN=0.7, MOUTH_APE_SHAPE=0.3)), entry.extras)
    np.testing.assert_allclose(face, htc(JAW_OPEN=0.7, MOUTH_APE_SHAPE=0.3), atol=1e-6)
    face = entry.write(entry.read(htc(JAW_OPEN=0.9, MOUTH_APE_SHAPE=0.3)), entry.extras)
    np.testing.assert_allclose(face, htc(JAW_OPEN=0.7, MOUTH_APE_SHAPE=0.3), atol=1e-6)


VOWELS = {"vrm0": ("A", "I", "U", "E", "O"), "vrm1": ("aa", "ih", "ou", "ee", "oh")}
EVERY_VRM = pytest.mark.parametrize("name", VOWELS)


def vowels(name, faces):
    """[..., 5] the vowels of faces, a, i, u, e and o."""
    entry = scheme(name)
    return entry.write(faces)[..., [entry.shapes.index(vowel) for vowel in VOWELS[name]]]


@EVERY_VRM
def test_a_lowered_jaw_behind_closed_lips_is_no_vowel(name):
    assert not vowels(name, ours(jawOpen=0.6, mouthClose=0.6)).any()
    assert vowels(name, ours(jawOpen=0.6)) == pytest.approx([0.6, 0, 0, 0, 0])


@EVERY_VRM
def test_a_smile_with_closed_lips_is_no_vowel(name):
    smile = ours(mouthSmileLeft=0.7, mouthSmileRight=0.7)
    assert not vowels(name, smile).any()
    entry = scheme("htc")
    seen = entry.read(entry.write(smile))[:COUNT]  # HTC has no mouthStretch: i is not known
    np.testing.assert_array_equal(np.isnan(vowels(name, seen)), [False, True, False, False, False])
    assert np.nanmax(vowels(name, seen)) == 0


@EVERY_VRM
def test_each_vowel_has_a_mouth_that_makes_it_and_hardly_another(name):
    wide = dict.fromkeys(("mouthStretchLeft", "mouthStretchRight"), 0.8)
    teeth = {
        f"mouth{lip}{side}": 0.8 for lip in ("UpperUp", "LowerDown") for side in ("Left", "Right")
    }
    mouths = ({"jawOpen": 0.8}, wide, {"mouthPucker": 0.8}, teeth, {"mouthFunnel": 0.8})
    found = np.array([vowels(name, ours(**mouth)) for mouth in mouths])
    np.testing.assert_allclose(found, 0.8 * np.eye(5), atol=1e-6)


@EVERY_VRM
def test_the_vowels_of_simulated_faces_do_not_add_up_beyond_a_mouth(name):
    faces = np.concatenate([synthetic_take(seed=s, seconds=30.0).weights for s in range(20, 28)])
    together = vowels(name, faces).sum(axis=-1)
    assert (together > 1).mean() < 0.002
    assert together.max() < 1.2


@EVERY_VRM
def test_the_vowels_of_real_faces_do_not_add_up_beyond_a_mouth(name, vrface_data):
    talk, motion = (
        [read_take(path) for path in sorted((vrface_data / "arkit" / person).glob("*.csv"))]
        for person in ("talk", "alex")
    )
    assert (len(talk), len(motion)) == (3, 2)
    for take in talk:
        assert vowels(name, take.weights[take.tracked]).sum(axis=-1).max() < 0.96
    for take in motion:
        together = vowels(name, take.weights[take.tracked]).sum(axis=-1)
        assert (together > 1).mean() < 0.012
        assert together.max() < 1.1
