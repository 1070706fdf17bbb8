"""Steam Link: every address it is known to send, and a face from end to end."""

import itertools

import numpy as np
import pytest

from tests.serving.harness import small_model
from tests.trackers.senders import (
    FB2,
    bundle,
    message,
    random_face,
    send,
    split,
    steamlink_address,
    steamlink_face,
)
from vrface import Session, Source
from vrface.face.gaze import gaze_of_direction
from vrface.face.schemes import scheme
from vrface.sensors import headset
from vrface.trackers.assembly import Assembly
from vrface.trackers.steamlink import DIALECT, read
from vrface.trackers.udp import UdpTracker

MOST_FRAMES = 2000


def said(*messages):
    return dict(read(bundle(messages)))


@pytest.mark.parametrize("shape", FB2)
def test_every_weight_is_read_by_its_name(shape):
    assert said(message(steamlink_address(shape), 0.25)) == {shape: 0.25}


@pytest.mark.parametrize(
    ("spelled", "shape"),
    [
        ("FrontDorsalPalate", "TONGUE_FRONT_DORSAL_PALATE"),
        ("MidDorsalPalate", "TONGUE_MID_DORSAL_PALATE"),
        ("BackDorsalVelar", "TONGUE_BACK_DORSAL_VELAR"),
        ("ToungeOut", "TONGUE_OUT"),
        ("LipSuckLb", "LIP_SUCK_LB"),
        ("LipFunnelerRt", "LIP_FUNNELER_RT"),
    ],
)
def test_what_steam_link_spells_its_own_way_is_understood(spelled, shape):
    assert said(message(f"/sl/xrfb/facew/{spelled}", 0.25)) == {shape: 0.25}


def test_a_weight_of_no_shape_or_of_two_numbers_says_nothing():
    assert said(message("/sl/xrfb/facew/Nose", 0.5)) == {}
    assert said(message("/sl/xrfb/facew/JawDrop", 0.5, 0.5)) == {}
    assert said(message("/sl/xrfb/facew/JawDrop")) == {}


def test_a_gaze_point_to_the_right_and_above_looks_right_and_up():
    found = said(message("/sl/eyeTrackedGazePoint", 0.5, 0.25, -1.0))
    assert found["point yaw"] == pytest.approx(np.arctan2(0.5, 1.0))
    assert found["point pitch"] == pytest.approx(np.arctan2(0.25, np.hypot(0.5, 1.0)))
    assert found["point yaw"] > 0 < found["point pitch"]
    none = said(message("/sl/eyeTrackedGazePoint", 0.0, 0.0, 0.0))
    assert np.isnan(none["point yaw"])


def heard(profile, *messages):
    """The channels of a headset that messages gave, by stream and name."""
    assembly = Assembly(profile, DIALECT)
    assembly.hear(read(bundle(messages)), 10**9)
    return {
        (profile.streams[sample.stream].name, name): value
        for sample in assembly.take(10**9)
        for name, value in zip(
            profile.streams[sample.stream].channels, sample.values.tolist(), strict=True
        )
        if not np.isnan(value)
    }


def test_a_steam_frame_has_a_gaze_and_no_lids():
    """Its lids are 0 for ever: neither open nor closed."""
    lids_too, frame = headset("steam_frame"), headset("steam_frame_steamlink")
    eyes_of_a_frame = (
        message("/sl/eyeTrackedGazePoint", 0.5, 0.0, -1.0),
        message("/tracking/eye/EyesClosedAmount", 0.0),
        message("/avatar/parameters/LeftEyeLid", 0.0),
        message("/avatar/parameters/RightEyeLid", 0.0),
        message("/avatar/parameters/LeftEyeX", 0.0),
    )
    assert set(heard(frame, *eyes_of_a_frame)) == {
        ("gaze_combined", "yaw"),
        ("gaze_combined", "pitch"),
    }
    assert not any(stream == "lids" for stream, _ in heard(lids_too, *eyes_of_a_frame))
    # A lid that is a weight of a face is one.
    newer = message("/sl/xrfb/facew/EyesClosedL", 0.25)
    assert heard(lids_too, newer) == {("lids", "openness_left"): 0.75}


def test_one_gaze_for_both_eyes_is_both_eyes_gaze():
    found = heard(headset("quest_pro"), message("/tracking/eye/CenterVecFull", 0.1, 0.2, 0.5))
    yaw, pitch = gaze_of_direction((0.1, 0.2, -0.5))
    assert found == {
        ("gaze", f"{side}_{axis}"): pytest.approx(angle, abs=1e-6)
        for side in ("left", "right")
        for axis, angle in (("yaw", yaw), ("pitch", pitch))
    }


def test_without_a_gaze_the_weights_say_where_each_eye_looks():
    found = heard(
        headset("quest_pro"),
        *(
            message(f"/sl/xrfb/facew/EyesLook{way}", weight)
            for way, weight in (("LeftL", 0.5), ("RightL", 0.0), ("LeftR", 0.0), ("RightR", 0.25))
        ),
    )
    assert found[("gaze", "left_yaw")] == pytest.approx(-np.pi / 8)
    assert found[("gaze", "right_yaw")] == pytest.approx(np.pi / 16)


def test_each_eyes_own_looks_go_before_one_gaze_for_both():
    found = heard(
        headset("quest_pro"),
        message("/sl/eyeTrackedGazePoint", 0.5, 0.0, -1.0),
        message("/sl/xrfb/facew/EyesLookLeftL", 0.0),
        message("/sl/xrfb/facew/EyesLookLeftR", 0.0),
        message("/sl/xrfb/facew/EyesLookRightL", 0.5),
        message("/sl/xrfb/facew/EyesLookRightR", 0.2),
    )
    assert found[("gaze", "left_yaw")] == pytest.approx(0.5 * np.pi / 4)
    assert found[("gaze", "right_yaw")] == pytest.approx(0.2 * np.pi / 4)


@pytest.mark.parametrize("besides", [(), (message("/sl/eyeTrackedGazePoint", 0.4, 0.3, -1.0),)])
def test_a_quest_pro_face_comes_through_a_session_as_it_was_sent(tmp_path, besides):
    """Sent, split over bundles, assembled, measured and written again: the same to 1/255."""
    rng = np.random.default_rng(5)
    face = random_face(rng)
    tracker = UdpTracker(DIALECT, port=0)
    with Session(tracker, model=small_model(tmp_path / "model")) as session:
        fb2 = scheme("fb2")
        assert session.headset.name == "quest_pro"
        assert set(fb2.extras) == set(session.extras)
        whole = 0
        for expression in itertools.islice(session.take(MOST_FRAMES), MOST_FRAMES):
            messages = [*steamlink_face(face, lower=0.75, upper=0.5), *besides]
            rng.shuffle(messages)
            send(tracker.address, split(messages, rng.integers(1, 30, 10).tolist()))
            whole = whole + 1 if (expression.source == Source.MEASURED).all() else 0
            if whole == 15:  # what was shown before has blended into it
                break
        assert expression.extras == session.extras
        written = fb2.write(expression.weights, expression.extras)
    worst = {
        shape: abs(back - face[shape])
        for shape, back in zip(FB2, written.tolist(), strict=True)
        if not abs(back - face[shape]) <= 1 / 255
    }
    assert worst == {}
    assert tracker.bad == tracker.unused == 0
