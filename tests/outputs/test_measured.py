"""What aligned channels say of a face directly."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, index
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, FULL_SCALE_RAD, eye_look_from_gaze
from vrface.outputs.measured import Measured, MeasuredFace, measured
from vrface.sensors.align import Align
from vrface.sensors.frame import SampleColumns
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset, parse

NOW = np.array([20_000_000])


def aligned_face(profile: HeadsetProfile, align: Align) -> MeasuredFace:
    reading = Measured(profile)
    return measured(reading.read(align.at(NOW)), reading.failover)


def read(name: str, **streams: list[float]) -> MeasuredFace:
    profile = headset(name)
    align = Align(profile, 1)
    for stream, values in streams.items():
        row = np.array([values], np.float32)
        number = profile.stream_index(stream)
        align.push([SampleColumns(number, np.zeros(1, int), NOW - 1_000_000, row)])
    return aligned_face(profile, align)


@pytest.mark.parametrize("name", SHIPPED)
def test_with_every_sensor_well_it_measures_what_the_profile_says(name: str) -> None:
    profile = headset(name)
    values = {stream.name: [0.4] * len(stream.channels) for stream in profile.streams}
    face = read(name, **values)
    names = (*BLENDSHAPES, *profile.extras)
    seen = [n for n, there in zip(names, face.present[0], strict=True) if there]
    assert seen == [*profile.measures, *profile.extras]
    assert (Measured(profile).noise > 0).sum() == len(seen)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_says_of_each_value_whether_it_is_its_own(name: str) -> None:
    profile = headset(name)
    named = dict(zip((*BLENDSHAPES, *profile.extras), Measured(profile).source, strict=True))
    for shape, source in named.items():
        if shape in profile.copies:
            assert source == Source.COPIED
        elif shape in profile.occludes:
            assert source == Source.ABSENT
        else:
            assert source == Source.MEASURED


def test_an_open_lid_is_an_unblinking_eye() -> None:
    face = read("openness_gaze_mouth", lids=[1.0, 0.25])
    assert face.weights[0, index("eyeBlinkLeft")] == 0.0
    assert face.weights[0, index("eyeBlinkRight")] == 0.75


def test_gaze_gives_angles_and_the_shapes_that_derive_from_them() -> None:
    angles = [0.2, 0.1, 0.2, 0.1]
    face = read("openness_gaze_mouth", gaze=angles)
    np.testing.assert_allclose(face.gaze[0], angles)
    np.testing.assert_allclose(face.weights[0, EYE_LOOK_INDICES], eye_look_from_gaze(angles))


def test_each_eye_looks_by_its_own_angles() -> None:
    """Both eyes' shapes from the left eye's angles is a fault that others have had."""
    left, right = [0.2, 0.1], [-0.3, -0.2]
    face = read("openness_gaze_mouth", gaze=[*left, *right])
    np.testing.assert_allclose(face.gaze[0], [*left, *right])
    looks = {name: float(face.weights[0, index(name)]) for name in EYE_LOOK}
    moved = {name: weight * FULL_SCALE_RAD for name, weight in looks.items() if weight}
    assert moved == {
        "eyeLookInLeft": pytest.approx(0.2),
        "eyeLookUpLeft": pytest.approx(0.1),
        "eyeLookInRight": pytest.approx(0.3),
        "eyeLookDownRight": pytest.approx(0.2),
    }


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_an_eye_that_is_not_seen_looks_where_the_other_does(side: str) -> None:
    seen, unseen = [0.2, -0.1], [np.nan, np.nan]
    angles = [*seen, *unseen] if side == "Left" else [*unseen, *seen]
    face = read("openness_gaze_mouth", gaze=angles)
    np.testing.assert_allclose(face.gaze[0], [*seen, *seen])
    assert face.present[0, EYE_LOOK_INDICES].all()
    for name in EYE_LOOK:
        assert face.copied[0, index(name)] != name.endswith(side)


def test_what_is_silent_is_not_measured() -> None:
    face = read("openness_gaze_mouth", gaze=[0.0] * 4)
    assert np.isnan(read("mouth_only").gaze).all()
    assert not face.present[0, index("jawOpen")]
    assert face.weights[0, index("jawOpen")] == 0.0


def test_a_combined_gaze_stands_for_both_eyes() -> None:
    profile = parse(
        """
        name = "eyes"
        version = "1"
        summary = "one gaze for both eyes"
        source = "assumed"
        [[streams]]
        name = "gaze_combined"
        channels = ["yaw", "pitch"]
        rate_hz = 72
        latency_us = 20000
        noise = 0.01
        source = "assumed"
        """,
        "test",
    )
    align = Align(profile, 1)
    values = np.array([[0.3, -0.1]], np.float32)
    align.push([SampleColumns(0, np.zeros(1, int), NOW, values)])
    face = aligned_face(profile, align)
    np.testing.assert_allclose(face.gaze[0], [0.3, -0.1, 0.3, -0.1], atol=1e-6)
    assert face.present[0, EYE_LOOK_INDICES].all()


def profile_of(measures: str, *streams: tuple[str, str]) -> HeadsetProfile:
    entries = "".join(
        f"""
        [[streams]]
        name = "{name}"
        channels = {channels}
        rate_hz = 60
        latency_us = 0
        noise = 0.01
        source = "assumed"
        """
        for name, channels in streams
    )
    head = f"""
        name = "p"
        version = "1"
        summary = "p"
        source = "assumed"
        measures = {measures}
    """
    return parse(head + entries, "test")


def face_of(profile: HeadsetProfile, values: float) -> MeasuredFace:
    align = Align(profile, 1)
    for number, stream in enumerate(profile.streams):
        row = np.full((1, len(stream.channels)), values, np.float32)
        align.push([SampleColumns(number, np.zeros(1, int), NOW, row)])
    return aligned_face(profile, align)


def test_gaze_measures_eye_look_only_where_the_profile_says_so() -> None:
    angles = '["left_yaw", "left_pitch", "right_yaw", "right_pitch"]'
    face = face_of(profile_of("[]", ("gaze", angles)), 0.2)
    assert not face.present.any()
    np.testing.assert_allclose(face.gaze, 0.2)


def test_one_eyes_gaze_measures_that_eyes_shapes() -> None:
    one_eye = profile_of('["eyeLookInLeft"]', ("gaze", '["left_yaw", "left_pitch"]'))
    face = face_of(one_eye, 0.2)
    assert np.flatnonzero(face.present[0]).tolist() == [index("eyeLookInLeft")]
    with pytest.raises(BadUse, match="no stream that can measure eyeLookOutRight"):
        profile_of('["eyeLookOutRight"]', ("gaze", '["left_yaw", "left_pitch"]'))


def test_an_eye_look_weight_of_the_headsets_own_is_kept() -> None:
    face = face_of(profile_of('["eyeLookInLeft"]', ("upper_face", '["eyeLookInLeft"]')), 0.5)
    assert face.present[0, index("eyeLookInLeft")]
    assert face.weights[0, index("eyeLookInLeft")] == 0.5


def test_extras_are_read_in_the_order_of_their_registry_and_not_of_the_channels() -> None:
    mouth = ("mouth_tracker", '["tongueUp", "jawOpen", "cheekSuck"]')
    brows = ("upper_face", '["browPinchLeft"]')
    profile = profile_of('["jawOpen"]', mouth, brows)
    assert profile.extras == ("browPinchLeft", "cheekSuck", "tongueUp")
    align = Align(profile, 1)
    for number, row in enumerate(([0.1, 0.2, 0.3], [0.4])):
        values = np.array([row], np.float32)
        align.push([SampleColumns(number, np.zeros(1, int), NOW, values)])
    face = aligned_face(profile, align)
    assert face.weights.shape == face.present.shape == (1, 57)
    np.testing.assert_allclose(face.weights[0, 54:], [0.4, 0.3, 0.1])
    assert face.weights[0, index("jawOpen")] == np.float32(0.2)
    assert face.present[0].sum() == 4


def test_an_extra_that_only_repeats_another_is_copied() -> None:
    suck = '["jawOpen", "cheekSuckLeft", "cheekSuckRight"]'
    profile = replace(
        profile_of('["jawOpen"]', ("mouth_tracker", suck)), copies=("cheekSuckRight",)
    )
    kinds = Measured(profile).source[[index("jawOpen"), 54, 55]]
    assert kinds.tolist() == [Source.MEASURED, Source.MEASURED, Source.COPIED]


def test_two_channels_for_one_shape_are_refused() -> None:
    with pytest.raises(BadUse, match="two channels for eyeWideLeft"):
        profile_of('["eyeWideLeft"]', ("lids", '["wide_left"]'), ("upper_face", '["eyeWideLeft"]'))


def both_eyes(**lost: float) -> MeasuredFace:
    """Two eyes that look alike but for the lids; what is named is that number instead."""
    profile = headset("eyes_and_mouth")
    given = {"openness_left": 0.7, "openness_right": 0.2, "wide_left": 0.3, "wide_right": 0.1}
    angles = {"left_yaw": 0.1, "left_pitch": -0.2, "right_yaw": 0.12, "right_pitch": -0.2}
    named = given | angles | lost
    streams = {
        name: [named.get(channel, 0.4) for channel in profile.streams[number].channels]
        for number, name in ((profile.stream_index(name), name) for name in ("lids", "gaze"))
    }
    return read("eyes_and_mouth", **streams)


def test_one_eye_stands_in_for_the_other() -> None:
    whole, lost = both_eyes(), both_eyes(openness_left=np.nan, left_yaw=np.nan, left_pitch=np.nan)
    assert not whole.copied.any()
    mine, twin = index("eyeBlinkLeft"), index("eyeBlinkRight")
    assert lost.weights[0, mine] == lost.weights[0, twin] == pytest.approx(0.8)
    assert lost.copied[0, mine]
    assert not lost.copied[0, twin]
    assert lost.present[0, [mine, twin]].all()
    np.testing.assert_allclose(lost.gaze[0, :2], whole.gaze[0, 2:])
    look = index("eyeLookDownLeft")
    assert lost.copied[0, look]
    assert lost.weights[0, look] == pytest.approx(whole.weights[0, index("eyeLookDownRight")])
    others = np.setdiff1d(np.arange(54), [mine, *EYE_LOOK_INDICES])
    assert lost.weights[0, index("eyeWideLeft")] == pytest.approx(0.3)
    np.testing.assert_array_equal(lost.weights[0, others], whole.weights[0, others])


def test_where_neither_eye_is_seen_nothing_stands_in() -> None:
    face = both_eyes(openness_left=np.nan, openness_right=np.nan)
    both = [index("eyeBlinkLeft"), index("eyeBlinkRight")]
    assert not face.present[0, both].any()
    assert not face.copied.any()
