"""What `vrface info` tells of a headset is what its profile and the default model say."""

import numpy as np
import pytest

from vrface.cli import headset_sheet
from vrface.cli.headset_sheet import default_inputs, in_short
from vrface.model import pretrained
from vrface.model.features import SLOTS, Features
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import SHIPPED, headset

ODD = """
name = "odd"
version = "1"
summary = "One channel and nothing else"
source = "assumed: nobody makes it"

[[streams]]
name = "{stream}"
channels = ["{channel}"]
rate_hz = 60
latency_us = 10000
noise = 0.02
source = "assumed: nobody makes it"
"""


@pytest.fixture
def told(vrface, monkeypatch):
    """The sheet of a headset, at 100 columns: its lines, and all of it with single spaces."""
    monkeypatch.setenv("COLUMNS", "100")

    def tell(name):
        code, out, err = vrface("info", name)
        assert (code, err) == (0, "")
        return out.splitlines(), " ".join(out.split())

    return tell


@pytest.mark.parametrize("name", SHIPPED)
def test_every_headset_has_a_sheet_that_fits(told, name):
    lines, text = told(name)
    assert max(map(len, lines)) <= 100
    profile = headset(name)
    assert f"{name}, version {profile.version}" in text
    for label, names in (
        ("measures", profile.measures),
        ("extras", profile.extras),
        ("occludes", profile.occludes),
    ):
        shown = "all" if len(names) == 54 else in_short(names) or "none"
        assert f"{label} {len(names)} {shown}" in text
    assert (f"of these copied {len(profile.copies)}" in text) == bool(profile.copies)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_is_there_and_marked_if_assumed(told, name):
    _, text = told(name)
    for stream in headset(name).streams:
        assumed = stream.sources.assumed()
        rate = f"{stream.rate_hz:g} Hz{'*' * ('rate_hz' in assumed)}"
        latency = f"{stream.latency_us / 1000:g} ms{'*' * ('latency_us' in assumed)}"
        many = f"{len(stream.channels)}{'*' * ('channels' in assumed)}"
        assert f"{stream.name} {many} {rate} {latency} {stream.noise:g}" in text
        for source in vars(stream.sources).values():
            assert source in text


@pytest.mark.parametrize("name", SHIPPED)
def test_the_models_inputs_are_accounted_for(told, name):
    lines, _ = told(name)
    heard, profile = set(default_inputs()), headset(name)
    has = {SLOTS[slot] for slot in np.flatnonzero(Features(profile).measured)}
    assert any(line.startswith(f" hears {len(heard & has)} of {len(heard)} ") for line in lines)
    assert any(line.startswith(f" missing {len(heard - has)} ") for line in lines)


def test_a_pose_and_one_gaze_for_both_eyes_are_heard_as_what_they_tell(told):
    lines, text = told("quest_3")
    assert "head_pose (pitch, roll," in text.split("hears")[1].split("missing")[0]
    assert any(line.startswith(" not used yet 0 ") for line in lines)
    _, text = told("steam_frame_steamlink")
    assert "gaze (left_yaw, left_pitch, right_yaw," in text.split("hears")[1].split("missing")[0]


def test_the_inputs_are_those_of_the_model_that_is_served():
    architecture = pretrained.load().architecture
    assert isinstance(architecture, NetworkArchitecture)
    assert default_inputs() == [SLOTS[slot] for slot in architecture.config.slots]


@pytest.mark.parametrize(
    ("stream", "channel", "says"),
    [
        ("mouth_tracker", "tongueUp", "it makes no face of this headset"),
        ("upper_face", "browInnerUpLeft", "what it infers for this headset is the same"),
    ],
)
def test_a_headset_of_which_the_model_hears_nothing_says_so(
    told, tmp_path, monkeypatch, stream, channel, says
):
    monkeypatch.setattr(headset_sheet, "default_inputs", lambda: [("mouth_tracker", "jawOpen")])
    path = tmp_path / "odd.toml"
    path.write_text(ODD.format(stream=stream, channel=channel))
    assert f"hears 0 of 1 nothing: {says}" in told(path)[1]


def test_what_steam_link_never_sends_is_told(told):
    assert "through Steam Link it is always 0, which is no value" in told("steam_frame")[1]


def test_the_overview_lists_every_headset(vrface, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    _, out, _ = vrface("info")
    text = " ".join(out.split())
    for name in SHIPPED:
        profile = headset(name)
        assert f"{name} {len(profile.occludes)} of 54 {profile.summary}" in text


def test_names_are_shortened_by_side_and_by_number():
    assert in_short(["browDownLeft", "browDownRight", "jawOpen"]) == "browDownLeft/Right, jawOpen"
    assert in_short(["tongueLeft"]) == "tongueLeft"
    assert in_short([str(n) for n in range(16)]) == "0 to 15"
    assert in_short(["log_mel_00", "log_mel_01", "log_mel_02", "flux"]) == "log_mel_00 to 02, flux"
    assert in_short(["tongueStep1", "tongueStep2"]) == "tongueStep1, tongueStep2"
    assert in_short([]) == ""
