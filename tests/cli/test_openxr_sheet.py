"""`vrface info openxr`: what a runtime offers, and what that means for the face."""

import json

import pytest

from tests.openxr.stub import EXTENSIONS
from vrface.sensors import headset


@pytest.fixture
def told(runtime, vrface, monkeypatch, tmp_path):
    """The sheet, all of it with single spaces, and what is told to programs."""
    monkeypatch.setenv("COLUMNS", "120")

    def tell():
        path = tmp_path / "openxr.json"
        code, out, err = vrface("info", "openxr", "--json", path)
        assert (code, err) == (0, "")
        assert max(map(len, out.splitlines())) <= 120
        return " ".join(out.split()), json.loads(path.read_text())

    return tell


def test_a_whole_face_is_a_headset_that_ships(told):
    text, summary = told()
    assert text.startswith("stub 1.0.0 headset: stub headset")
    assert "the face XR_FB_face_tracking2 has it senses it" in text
    assert "reads it as headset quest_pro: 54 measured, nothing is inferred." in text
    assert summary["headset"] == "quest_pro"
    assert summary["headless"]
    assert set(summary["extensions"]) == set(EXTENSIONS[2:])
    assert summary["measures"] == list(headset("quest_pro").measures)
    assert summary["occludes"] == []


def test_half_a_face_leaves_the_rest_to_infer(runtime, told):
    runtime.offer(*EXTENSIONS[:3], "XR_HTC_facial_tracking")
    runtime.support("eye_facial", "gaze")
    text, summary = told()
    assert "lids and gaze XR_HTC_facial_tracking has it senses it" in text
    assert "the mouth XR_HTC_facial_tracking has it does not" in text
    assert "the face XR_FB_face_tracking2 lacks it" in text
    assert "reads it as headset openxr: 14 measured, 40 of 54 shapes are inferred." in text
    assert summary["senses"] == ["htc_eyes", "eye_gaze", "head"]
    assert set(summary["streams"]) == {"lids", "gaze", "head_pose"}
    assert len(summary["measures"]) == 14
    assert len(summary["occludes"]) == 40


def test_a_face_that_is_guessed_from_sound_is_told_of(runtime, told):
    runtime.support("audio")
    text, summary = told()
    assert "from sound alone" in text
    assert summary["audio_only"]
    assert summary["senses"] == ["head"]


def test_a_runtime_that_cannot_be_read_beside_a_game_says_so(runtime, told):
    runtime.offer(*EXTENSIONS[1:])
    text, summary = told()
    assert "It cannot be read beside a game: it lacks XR_MND_headless." in text
    assert not summary["headless"]


def test_without_a_headset_nobody_can_say(runtime, told):
    runtime.answer("xrGetSystem", -35)
    text, summary = told()
    assert "headset: none now" in text
    assert "senses it" not in text
    assert summary["system"] is summary["headset"] is summary["streams"] is None
    assert summary["senses"] == ["head"]


def test_without_a_runtime_it_is_one_line(runtime, fails, tmp_path):
    runtime.answer("xrCreateInstance", -51)
    line = fails(1, "info", "openxr", "--json", tmp_path / "a.json")
    assert "no OpenXR runtime answers" in line
    assert not (tmp_path / "a.json").exists()


def test_without_pyopenxr_it_is_one_line(fails, monkeypatch):
    monkeypatch.setattr("vrface.trackers.openxr.binding.find_spec", lambda name: None)
    assert "pip install 'vrface[openxr]'" in fails(1, "info", "openxr")


def test_json_is_of_openxr_alone(fails, tmp_path):
    line = fails(2, "info", "quest_pro", "--json", tmp_path / "a.json")
    assert "--json goes with" in line
