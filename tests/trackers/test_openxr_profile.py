"""The headset profile of an offer: what ships where it fits, else just what is sensed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK
from vrface.face.schemes import scheme
from vrface.sensors import headset
from vrface.sensors.frame import MOST_SAMPLES
from vrface.trackers.assembly import Assembly
from vrface.trackers.openxr.faces import lower_shapes, shapes_of, vocabulary
from vrface.trackers.openxr.offer import EXTENSIONS, SENSES, Offer
from vrface.trackers.openxr.profile import NAME, headset_of


def offer(*senses):
    return Offer("a runtime", "1.0.0", "a headset", ("XR_MND_headless",), (*senses, "head"))


def channels(profile):
    return {stream.name: stream.channels for stream in profile.streams}


@pytest.mark.parametrize(
    ("senses", "name"),
    [
        (("fb2",), "quest_pro"),
        (("fb2", "fb_gazes"), "quest_pro"),
        (("fb2", "android", "bd", "htc_eyes", "htc_lips", "eye_gaze"), "quest_pro"),
        (("bd",), "pico_4_pro"),
        (("android",), NAME),
        (("htc_eyes", "htc_lips"), NAME),
        (("eye_gaze",), NAME),
        ((), NAME),
    ],
)
def test_a_profile_that_ships_is_taken_where_it_sees_the_whole_face(senses, name):
    profile = headset_of(offer(*senses))
    assert profile.name == name
    if name != NAME:
        assert profile == headset(name)


@pytest.mark.parametrize(("sense", "name"), [("fb2", "quest_pro"), ("bd", "pico_4_pro")])
def test_what_is_made_of_a_face_is_what_ships(sense, name, monkeypatch):
    monkeypatch.setattr("vrface.trackers.openxr.profile.SHIPPED", ())
    made, known = headset_of(offer(sense)), headset(name)
    assert made.name == NAME
    assert {k: set(v) for k, v in channels(made).items() if k != "head_pose"} == {
        k: set(v) for k, v in channels(known).items()
    }
    assert (made.measures, made.extras, made.copies) == (
        known.measures,
        known.extras,
        known.copies,
    )


def test_both_halves_of_htc_are_what_a_vive_measures_and_where_the_head_is():
    made, known = headset_of(offer("htc_eyes", "htc_lips")), headset("vive_focus_3")
    assert set(made.measures) == set(known.measures)
    assert set(channels(made)) == set(channels(known)) - {"pupils"} | {"head_pose"}


@pytest.mark.parametrize(
    ("senses", "streams"),
    [
        ((), {"head_pose"}),
        (("eye_gaze",), {"gaze_combined", "head_pose"}),
        (("fb_gazes",), {"gaze", "head_pose"}),
        (("fb_gazes", "eye_gaze"), {"gaze", "head_pose"}),
        (("htc_lips",), {"mouth_tracker", "head_pose"}),
        (("htc_lips", "eye_gaze"), {"mouth_tracker", "gaze_combined", "head_pose"}),
        (("htc_eyes",), {"lids", "gaze", "head_pose"}),
        (("android",), {"mouth_tracker", "upper_face", "lids", "gaze", "head_pose"}),
    ],
)
def test_it_has_the_streams_that_are_sensed_and_no_others(senses, streams):
    assert set(channels(headset_of(offer(*senses)))) == streams


@given(st.sets(st.sampled_from([name for name in SENSES if name != "head"])))
def test_whatever_is_offered_the_profile_is_whole_and_can_be_filled(chosen):
    senses = [name for name in SENSES if name in chosen]
    told = offer(*senses)
    profile = headset_of(told)
    assert set(profile.measures) | set(profile.occludes) == set(BLENDSHAPES)
    assembly = Assembly(profile, vocabulary(told.scheme))
    others = [*vocabulary(told.scheme).channels.values()]
    names = dict.fromkeys([name for group in others for name in group])
    if told.scheme:
        names.update(dict.fromkeys(scheme(told.scheme).shapes))
    assembly.put(assembly.places(names), np.full(len(names), 0.25, np.float32).tolist(), 10**9)
    samples = {sample.stream: sample for sample in assembly.take(10**9)}
    assert len(samples) == len(profile.streams) <= MOST_SAMPLES
    assert all(sample.sample_time_ns == 10**9 for sample in samples.values())
    for number, sample in samples.items():
        assert np.isfinite(sample.values).all(), profile.streams[number].name
    gazes = {"fb_gazes", "eye_gaze", "htc_eyes", "fb2", "android", "bd"}
    assert set(EYE_LOOK).issubset(profile.measures) == bool(gazes & set(senses))


def test_only_what_counts_names_the_scheme():
    assert offer("fb2", "htc_lips").scheme == "fb2"
    assert offer("bd", "htc_lips").scheme == "bd"
    assert offer("eye_gaze").scheme == ""
    assert set(EXTENSIONS) == {kind.extension for kind in SENSES.values()} - {""}


def test_shapes_are_split_as_the_extensions_split_them():
    assert (*shapes_of("htc_eyes"), *shapes_of("htc_lips")) == scheme("htc").shapes
    assert len(shapes_of("htc_eyes")) == 14
    assert shapes_of("head") == ()
    lower = dict(zip(scheme("fb2").shapes, lower_shapes(scheme("fb2")), strict=True))
    assert lower["JAW_DROP"]
    assert lower["CHEEK_PUFF_L"]
    assert lower["LIP_FUNNELER_LB"]
    assert not any(lower[name] for name in ("BROW_LOWERER_L", "EYES_CLOSED_R", "NOSE_WRINKLER_L"))
    assert not any(lower[name] for name in lower if name.startswith("EYES_LOOK"))


@pytest.mark.parametrize(
    ("enumeration", "name", "begin"),
    [
        ("FaceExpression2FB", "fb2", ""),
        ("FaceParameterIndicesANDROID", "android", ""),
        ("FaceExpressionBD", "bd", ""),
        ("EyeExpressionHTC", "htc", "EYE_"),
        ("LipExpressionHTC", "htc", "LIP_"),
    ],
)
def test_schemes_have_the_order_of_the_enumerations(pyopenxr, enumeration, name, begin):
    members = getattr(pyopenxr, enumeration).__members__
    shapes = [shape for shape in scheme(name).shapes if shape.startswith(begin)]
    for place, shape in enumerate(shapes):
        assert members[shape.removeprefix(begin)].value == place
    beyond = {known for known, member in members.items() if member.value >= len(shapes)}
    assert beyond <= {"COUNT", "MAX_ENUM"}
