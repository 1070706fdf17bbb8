import contextlib
import copy
import hashlib
import json
import re
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK
from vrface.face.extras import EXTRAS, in_order
from vrface.face.schemes import scheme
from vrface.sensors.channels import channels_of, stream_names
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset, measured_by_channel, parse

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


PRODUCTS = ("quest_pro", "vive_pro_eye_lip", "vive_focus_3", "pico_4_pro")
TIERS = ("audio_only", "mouth_only", "openness_gaze_mouth", "eyes_and_mouth", "everything")
PLANNED = {
    *PRODUCTS,
    *TIERS,
    *("quest_3", "steam_frame", "babble_eyetrackvr", "varjo_aero", "foam_16", "emg_8"),
}

CHECKABLE = re.compile(
    r"XR_\w+|xr[A-Z]\w+|varjo_\w+|doi:|arXiv:|\w\.(com|org|diy|dev)\b|/\w+\.csv"
    r"|specification|HTC's announcement|ARFaceAnchor|Live Link Face packets"
)


def test_every_file_of_the_folder_ships():
    folder = resources.files("vrface.sensors").joinpath("headsets")
    files = {file.name for file in folder.iterdir()}
    assert {f"{name}.toml" for name in SHIPPED} == files
    assert set(SHIPPED) >= PLANNED
    assert list(SHIPPED) == sorted(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_says_where_it_comes_from(name):
    """In its own words in the file, and in words that one can look up unless it is assumed."""
    text = resources.files("vrface.sensors").joinpath("headsets", f"{name}.toml").read_text("utf-8")
    table = tomllib.loads(text)
    assert table["source"]
    for stream, entries in zip(headset(name).streams, table["streams"], strict=True):
        figures = {"channels", "rate_hz", "latency_us", "noise"}
        if stream.positions:
            figures.add("positions")
        assert entries["sources"].keys() == figures
        for figure, source in entries["sources"].items():
            assumed = figure in stream.sources.assumed()
            assert assumed == source.startswith("assumed"), (stream.name, figure)
            assert assumed or CHECKABLE.search(source), (stream.name, figure, source)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_headset_measures_only_what_its_scheme_holds(name):
    shipped = headset(name)
    if shipped.scheme:
        own = scheme(shipped.scheme)
        assert set(shipped.measures) <= {*own.measured, *own.copied}
        assert set(shipped.copies) == {*own.copied} & {*shipped.measures}
        assert set(own.extras) <= set(shipped.extras)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_whole_face_tracker_loses_nothing_of_its_scheme(name):
    """Else a face that passes through vrface would come out poorer than it went in."""
    shipped = headset(name)
    own = scheme(shipped.scheme)
    assert set(shipped.measures) == {*own.measured, *own.copied}
    lips = scheme("bd_lips").extras if shipped.scheme == "bd" else ()
    assert shipped.extras == in_order((*own.extras, *lips))


def test_what_two_sides_share_is_measured_on_the_left_and_copied_on_the_right():
    assert headset("pico_4_pro").copies == ("browInnerUpRight", "cheekPuffRight")
    assert headset("quest_pro").copies == ()
    looks = headset("steam_frame").copies
    assert set(looks) == {name for name in EYE_LOOK if name.endswith("Right")}


def test_a_headset_without_a_sensor_for_the_face_hides_all_of_it():
    for name in ("quest_3", "audio_only", "foam_16", "emg_8"):
        assert headset(name).measures == ()
        assert headset(name).occludes == BLENDSHAPES
    assert headset("quest_pro").occludes == ()


def test_sensors_in_the_foam_say_where_they_sit():
    for name, stream, count in (("foam_16", "foam", 16), ("emg_8", "emg", 8)):
        (only,) = headset(name).streams
        assert (only.name, len(only.positions)) == (stream, count)
        sides = [(round(-p.x, 6), p.y, p.z) for p in only.positions]
        assert sorted(sides) == sorted((round(p.x, 6), p.y, p.z) for p in only.positions)


def test_the_figures_of_the_headsets_that_models_learned_from_stay():
    """Rate, latency, noise and canonical channels; extras may only stand behind these."""
    for name, digest in FIGURES.items():
        streams = [
            (s.name, *(c for c in s.channels if c not in EXTRAS), s.rate_hz, s.latency_us, s.noise)
            for s in headset(name).streams
        ]
        assert hashlib.sha256(repr(streams).encode()).hexdigest()[:16] == digest, name
        for s in headset(name).streams:
            beyond = [c in EXTRAS for c in s.channels]
            assert beyond == sorted(beyond)


FIGURES = {
    "eyes_and_mouth": "ff05a0b86c3fce5a",
    "mouth_only": "e4794f058637464a",
    "openness_gaze_mouth": "73e65619a38317dd",
    "vive_pro_eye_lip": "bb40771de0d50de4",
}


def test_vive_hides_the_upper_face_that_its_scheme_lacks():
    hidden = set(headset("vive_pro_eye_lip").occludes)
    assert {"browDownLeft", "browInnerUpRight", "cheekSquintLeft", "noseSneerRight"} <= hidden
    assert not hidden & {"eyeBlinkLeft", "eyeWideRight", "eyeSquintLeft", "jawOpen", *EYE_LOOK}


def test_tiers_grow():
    tiers = [set(headset(n).measures) for n in TIERS]
    assert tiers[0] < tiers[1] < tiers[2] < tiers[3] == tiers[4]
    streams = [{s.name for s in headset(n).streams} for n in TIERS]
    assert set().union(*streams[:4]) < streams[4] == set(stream_names()) - UNUSED


UNUSED = {"upper_face", "gaze_combined"}
"""Streams that would leave the richest tier nothing to infer, or repeat another of its streams."""


def test_every_face_channel_measures_a_shape():
    for stream in stream_names():
        for entry in channels_of(stream):
            shape = measured_by_channel(stream, entry.name)
            known = shape in (*BLENDSHAPES, *EXTRAS)
            assert known == (stream in ("mouth_tracker", "upper_face", "lids"))


def test_a_stream_taken_away_hides_what_only_it_measured():
    whole = headset("eyes_and_mouth")
    less = whole.without("lids", "gaze")
    assert less.measures == headset("mouth_only").measures
    assert [stream.name for stream in less.streams] == ["mouth_tracker"]
    pico = headset("pico_4_pro")
    assert pico.without("upper_face").copies == ("cheekPuffRight",)
    assert pico.without("mouth_tracker").extras == ()
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


SCHEME = """# A tracker of my own
shape,into,from,fate,note
JAW,jawOpen,jawOpen,measured,
CHEEKS,cheekPuffLeft + copy cheekPuffRight,0.5 cheekPuffLeft + 0.5 cheekPuffRight,copied,
CLENCH,jawClench,jawClench,extra,
"""


def test_a_scheme_of_ones_own_lies_beside_the_profile(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "own.csv").write_text(SCHEME, encoding="utf-8")
    channels = '["jawOpen", "cheekPuffLeft", "cheekPuffRight", "jawClench"]'
    path = folder / "mine.toml"
    path.write_text(profile("mouth_tracker", channels, top='scheme = "own.csv"'), encoding="utf-8")
    mine = headset(path)
    assert mine.copies == ("cheekPuffRight",)
    assert mine.extras == ("jawClench",)
    assert scheme(mine.scheme).shapes == ("JAW", "CHEEKS", "CLENCH")
    # What a log keeps of it names no folder, and needs no table to be read again.
    kept = json.loads(json.dumps(mine.entries()))
    assert kept["scheme"] == "own.csv"
    (folder / "own.csv").unlink()
    assert HeadsetProfile.from_entries(kept, "kept", mine.scheme) == mine


@pytest.mark.parametrize("name", SHIPPED)
def test_the_entries_of_a_profile_make_it_again(name):
    shipped = headset(name)
    entries = json.loads(json.dumps(shipped.entries()))
    assert HeadsetProfile.from_entries(entries, name, entries["scheme"]) == shipped


def test_copies_in_the_file_win_over_those_of_the_scheme():
    sides = '["browInnerUpLeft", "browInnerUpRight"]'
    text = profile("upper_face", sides, top='scheme = "arkit"')
    assert parse(text, "mine").copies == ("browInnerUpRight",)
    text = profile("upper_face", sides, top='scheme = "arkit"\ncopies = []')
    assert parse(text, "mine").copies == ()


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
        (profile(top='scheme = "nobodys"'), "unknown scheme"),
        (profile(top='scheme = "nowhere.csv"'), "cannot be read"),
        (profile(top='copies = ["jawOpen"]'), "copies jawOpen without measuring"),
        (profile("mouth_tracker", json.dumps(EXTRAS[4:47])), "43 extras"),
        (profile(top='measures = ["jawOpen"]'), "jawOpen"),
        (profile(top='measures = ["eyeBlinkLef"]'), "eyeBlinkLeft"),
        (PROFILE.split("[[")[0].format(top=""), "needs streams"),
        (profile() + profile().split("assumed", 1)[1][1:], "each once"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(text, says):
    with pytest.raises(BadUse, match=says):
        parse(text, "mine.toml")


ENTRIES = json.loads(json.dumps(headset("foam_16").entries() | {"scheme": "arkit"}))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
def test_whatever_stands_in_a_profile_is_a_profile_or_a_typed_error(data):
    entries = copy.deepcopy(ENTRIES)
    place = data.draw(st.sampled_from([entries, entries["streams"][0]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(anything)
    with contextlib.suppress(BadUse):
        read = HeadsetProfile.from_entries(entries, "here", str(entries["scheme"]))
        assert set(read.measures) | set(read.occludes) == set(BLENDSHAPES)
        json.dumps(read.entries())


@given(st.text())
def test_whatever_stands_in_a_file_is_a_profile_or_a_typed_error(text):
    with contextlib.suppress(BadUse):
        parse(text, "here")
