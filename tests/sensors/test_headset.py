import contextlib
import copy
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.extras import EXTRAS
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
    assert headset("quest_pro").without("mouth_tracker").extras == ()
    cheeks = copying("cheekSuckRight")
    assert cheeks.without("lids") == replace(cheeks, streams=cheeks.streams[:1])
    assert cheeks.without("mouth_tracker").copies == ()
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


SUCK = """# One value for both cheeks
shape,into,from,fate,note
JAW,jawOpen,jawOpen,measured,
SUCK,cheekSuckLeft + copy cheekSuckRight,cheekSuckLeft | copy cheekSuckRight,copied,
"""


def copying(*names):
    """A profile with two extras, some of them copies, and lids that measure nothing."""
    suck = profile("mouth_tracker", '["cheekSuckLeft", "cheekSuckRight"]')
    text = suck.replace("[[", f"measures = []\ncopies = {list(names)}\n[[", 1)
    return parse(text + profile().split('source = "assumed"', 1)[1], "mine")


def test_an_extra_can_be_a_copy_too(tmp_path):
    assert copying("cheekSuckRight").copies == ("cheekSuckRight",)
    (tmp_path / "own.csv").write_text(SUCK, encoding="utf-8")
    channels = '["jawOpen", "cheekSuckLeft", "cheekSuckRight"]'
    path = tmp_path / "mine.toml"
    path.write_text(profile("mouth_tracker", channels, top='scheme = "own.csv"'), encoding="utf-8")
    mine = headset(path)
    assert mine.copies == ("cheekSuckRight",)
    kept = json.loads(json.dumps(mine.entries()))
    assert HeadsetProfile.from_entries(kept, "kept", mine.scheme) == mine
    # A headset without the copied channel copies nothing.
    path.write_text(
        profile("mouth_tracker", '["cheekSuckLeft"]', top='scheme = "own.csv"'), encoding="utf-8"
    )
    assert headset(path).copies == ()


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
        (f"name = 1{'0' * 5000}", "not TOML"),
        (profile(rate="'fast'"), "rate_hz of stream 'lids' is 'fast', no number"),
        ("streams = 3", r"streams is 3, no list. Write \[\[streams\]\] above each"),
        ("streams = [3]", "not a profile"),
        (profile().replace("[[streams]]", "[streams]"), r"no list. Write \[\[streams\]\]"),
        (profile(top='measures = "eyeBlinkLeft"'), "measures is 'eyeBlinkLeft', no list"),
        (profile(top='copies = "eyeBlinkLeft"'), "copies is 'eyeBlinkLeft', no list"),
        (profile(rate="0"), "out of range"),
        (profile(rate="nan"), "rate_hz of stream 'lids' is nan"),
        (
            profile().replace("latency_us = 1000", ""),
            "lacks the entry .latency_us of stream 'lids'",
        ),
        (profile(channels="[]"), "each once"),
        (profile(channels='["openness_left", "openness_left"]'), "each once"),
        (profile(channels='["opennes_left"]'), "openness_left"),
        (profile(stream="lid"), "'lids'"),
        (profile(top='scheme = "nobodys"'), "unknown scheme"),
        (profile(top='scheme = "nowhere.csv"'), "cannot be read"),
        (profile(top='copies = ["jawOpen"]'), "copies jawOpen without measuring"),
        (profile(top='copies = ["cheekSuck"]'), "copies cheekSuck without measuring"),
        (profile(top='copies = ["cheekSuk"]'), "unknown blendshape 'cheekSuk'"),
        (profile(top='measures = ["cheekSuck"]'), "unknown blendshape 'cheekSuck'"),
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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (profile(top='measure = ["eyeBlinkLeft"]'), "'measure'. Did you mean 'measures'?"),
        (profile(top='shceme = "htc"'), "'shceme'. Did you mean 'scheme'?"),
        (profile(top='colour = "grey"'), "mine.toml: 'colour'. Known: name, version,"),
        (profile().replace("[[streams]]", "[[stream]]"), "'stream'. Did you mean 'streams'?"),
        (profile() + "position = [[0, 0, 0]]", "'position'. Did you mean 'positions'?"),
        (
            profile() + 'colour = "grey"',
            "entry of stream 'lids' in mine.toml: 'colour'. Known: name,",
        ),
        (profile() + "measures = []", r"'measures'. It stands above the first \[\[streams\]\]."),
        (profile().replace("latency_us", "latency_ms"), "'latency_ms'. Did you mean 'latency_us'?"),
        (profile() + '[streams.sources]\nrate = "x"', "'rate'. Did you mean 'rate_hz'?"),
        (profile() + "[streams.sources]\nrate_hz = 60", "sources.rate_hz of stream 'lids' is 60"),
    ],
)
def test_an_entry_that_nobody_knows_is_refused_with_the_nearest(text, says):
    with pytest.raises(BadUse, match=says):
        parse(text, "mine.toml")


def test_entries_of_a_newer_log_are_let_be():
    shipped = headset("foam_16")
    entries = json.loads(json.dumps(shipped.entries()))
    entries["weight_g"] = 515
    entries["streams"][0]["colour"] = "grey"
    entries["streams"][0]["sources"]["colour"] = "a photograph"
    assert HeadsetProfile.from_entries(entries, "in its header", "") == shipped


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
