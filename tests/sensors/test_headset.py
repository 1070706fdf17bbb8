import tomllib
from importlib import resources

import pytest

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK
from vrface.face.schemes import scheme
from vrface.sensors.channels import channels_of, stream_names
from vrface.sensors.headset import SHIPPED, headset, measured_by_channel, parse

PROFILE = """
name = "mine"
version = "1"
summary = "a test"
source = "assumed"
{top}
[[streams]]
name = "{stream}"
channels = {channels}
rate_hz = {rate}
latency_us = 1000
noise = 0.01
source = "assumed"
"""


def profile(stream="lids", channels='["openness_left"]', rate="60", top=""):
    return PROFILE.format(stream=stream, channels=channels, rate=rate, top=top)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_profiles_split_the_54(name):
    shipped = headset(name)
    assert shipped.name == name
    assert set(shipped.measures) | set(shipped.occludes) == set(BLENDSHAPES)
    assert not set(shipped.measures) & set(shipped.occludes)
    assert list(shipped.measures) == sorted(shipped.measures, key=BLENDSHAPES.index)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_names_its_source(name):
    text = resources.files("vrface.sensors").joinpath("headsets", f"{name}.toml").read_text("utf-8")
    table = tomllib.loads(text)
    assert table["source"]
    assert all(stream["source"] for stream in table["streams"])


@pytest.mark.parametrize("name", SHIPPED)
def test_a_headset_measures_only_what_its_scheme_holds(name):
    shipped = headset(name)
    if shipped.scheme:
        assert set(shipped.measures) <= set(scheme(shipped.scheme).measured)


def test_vive_hides_the_upper_face_that_its_scheme_lacks():
    hidden = set(headset("vive_pro_eye_lip").occludes)
    assert {"browDownLeft", "browInnerUpRight", "cheekSquintLeft", "noseSneerRight"} <= hidden
    assert not hidden & {"eyeBlinkLeft", "eyeWideRight", "eyeSquintLeft", "jawOpen", *EYE_LOOK}


def test_tiers_grow():
    tiers = [set(headset(n).measures) for n in SHIPPED[1:]]
    assert tiers[0] < tiers[1] < tiers[2]


def test_every_face_channel_measures_a_blendshape():
    for stream in stream_names():
        for entry in channels_of(stream):
            shape = measured_by_channel(stream, entry.name)
            assert (shape in BLENDSHAPES) == (stream in ("mouth_tracker", "upper_face", "lids"))


def test_a_stream_taken_away_hides_what_only_it_measured():
    whole = headset("eyes_and_mouth")
    less = whole.without("lids", "gaze")
    assert less.measures == headset("mouth_only").measures
    assert [stream.name for stream in less.streams] == ["mouth_tracker"]
    with pytest.raises(UnknownName, match="'lids'"):
        whole.without("lid")


def test_stream_index_is_what_samples_carry():
    vive = headset("vive_pro_eye_lip")
    assert [vive.stream_index(s.name) for s in vive.streams] == list(range(len(vive.streams)))
    with pytest.raises(UnknownName):
        vive.stream_index("emg")


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(profile(), encoding="utf-8")
    assert headset(path).measures == ("eyeBlinkLeft",)
    with pytest.raises(BadUse, match="no headset profile"):
        headset(tmp_path / "yours.toml")


def test_an_unknown_headset_comes_with_the_nearest():
    with pytest.raises(UnknownName, match="'mouth_only'"):
        headset("mouthonly")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "not TOML"),
        ("name = 'x'", "lacks the entry"),
        (profile(rate="'fast'"), "not a profile"),
        ("streams = 3", "not a profile"),
        (profile(rate="0"), "out of range"),
        (profile(rate="nan"), "out of range"),
        (profile(channels="[]"), "each once"),
        (profile(channels='["openness_left", "openness_left"]'), "each once"),
        (profile(channels='["opennes_left"]'), "openness_left"),
        (profile(stream="lid"), "'lids'"),
        (profile(top='measures = ["jawOpen"]'), "jawOpen"),
        (profile(top='measures = ["eyeBlinkLef"]'), "eyeBlinkLeft"),
        (PROFILE.split("[[")[0].format(top=""), "needs streams"),
        (profile() + profile().split("assumed", 1)[1][1:], "each once"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(text, says):
    with pytest.raises(BadUse, match=says):
        parse(text, "mine.toml")
