"""The profiles that ship: what they measure and hide, and whose figures these are."""

import hashlib
import re
import tomllib
from importlib import resources
from itertools import compress

import pytest

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.face.schemes import scheme
from vrface.sensors.channels import stream_names
from vrface.sensors.headset import SHIPPED, headset


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
            assert assumed == source.startswith("assumed: "), (stream.name, figure)
            assert assumed or CHECKABLE.search(source), (stream.name, figure, source)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_headset_measures_only_what_its_scheme_holds(name):
    shipped = headset(name)
    if shipped.scheme:
        own = scheme(shipped.scheme)
        assert set(shipped.measures) <= {*own.measured, *own.copied}
        beyond = own.source[len(BLENDSHAPES) :] == Source.COPIED
        copied = {*own.copied, *compress(own.extras, beyond)}
        assert set(shipped.copies) == copied & {*shipped.measures, *shipped.extras}
        assert set(own.extras) <= set(shipped.extras)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_whole_face_tracker_loses_nothing_of_its_scheme(name):
    """Else a face that passes through vrface would come out poorer than it went in."""
    shipped = headset(name)
    own = scheme(shipped.scheme)
    assert set(shipped.measures) == {*own.measured, *own.copied}
    assert shipped.extras == own.extras


def test_what_two_sides_share_is_measured_on_the_left_and_copied_on_the_right():
    assert headset("pico_4_pro").copies == ("browInnerUpRight", "cheekPuffRight")
    assert headset("quest_pro").copies == ()
    looks = headset("steam_frame_steamlink").copies
    assert set(looks) == {name for name in EYE_LOOK if name.endswith("Right")}


def test_the_same_eyes_read_on_the_headset_or_through_steam_link_are_two_profiles():
    own, linked = headset("steam_frame"), headset("steam_frame_steamlink")
    assert set(own.measures) == {*EYE_LOOK, "eyeBlinkLeft", "eyeBlinkRight"}
    assert own.copies == ()
    assert set(linked.measures) == set(EYE_LOOK)


def test_a_guess_from_sound_is_no_measurement():
    sounds = {*scheme("bd_lips").extras, *scheme("meta_visemes").extras}
    assert sounds
    for name in SHIPPED:
        assert not sounds & {*headset(name).extras}


def test_a_figure_that_is_a_multiple_of_another_is_that_multiple():
    """Of evaluation sensors version 1, as the tier of the same streams has them."""
    tier = {stream.name: stream.noise for stream in headset("eyes_and_mouth").streams}
    said = 0
    for name in SHIPPED:
        for stream in headset(name).streams:
            words = re.match(r"assumed: ([\d.]+) times evaluation sensors", stream.sources.noise)
            if words:
                said += 1
                assert stream.noise == pytest.approx(float(words[1]) * tier[stream.name]), name
    assert said >= 3


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
