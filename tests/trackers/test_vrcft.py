"""VRCFaceTracking-style OSC: which parameters are read, and what they mean."""

import itertools
from math import isnan

import numpy as np
import pytest

from tests.trackers.senders import bundle, message, send
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.extras import EXTRAS
from vrface.face.gaze import FULL_SCALE_RAD
from vrface.face.schemes import scheme
from vrface.sensors import headset
from vrface.trackers.assembly import Assembly
from vrface.trackers.udp import UdpTracker
from vrface.trackers.vrcft import DIALECT, read

# The 88 of UnifiedExpressions.cs; in the scheme the eyes' halves come behind them.
BASE = scheme("unified").shapes[:88]
BABBLE = headset("babble_eyetrackvr")


def said(address, *numbers):
    return dict(read(bundle([message(address, *numbers)])))


@pytest.mark.parametrize("prefix", ["", "FT/", "my avatar/deep/", "Xv2/"])
def test_base_shapes_are_read_whatever_the_prefix(prefix):
    assert len(BASE) == 88
    for name in BASE:
        assert said(f"/avatar/parameters/{prefix}v2/{name}", 0.25) == {name: 0.25}


@pytest.mark.parametrize(
    "address",
    [
        "/avatar/parameters/v2/SmileFrown",
        "/avatar/parameters/v2/JawX",
        "/avatar/parameters/v2/JawOpen1",
        "/avatar/parameters/v2/JawOpenNegative",
        "/avatar/parameters/v2/Head/Yaw",
        "/avatar/parameters/EyeTrackingActive",
        "/avatar/parameters/LeftEyeX",
        "/avatar/change",
        "/notAShape",
    ],
)
def test_what_is_not_read_says_nothing(address):
    assert said(address, 0.5) == {}


def test_full_gaze_is_45_degrees_to_the_right_and_up():
    for part, name in (("", ""), ("Left", "left_"), ("Right", "right_")):
        for axis, angle in (("X", "yaw"), ("Y", "pitch")):
            found = said(f"/avatar/parameters/FT/v2/Eye{part}{axis}", 1.0)
            assert found == {f"{name}{angle}": FULL_SCALE_RAD}


@pytest.mark.parametrize(
    ("value", "openness", "wide"),
    [(0.0, 0.0, 0.0), (0.375, 0.5, 0.0), (0.75, 1.0, 0.0), (0.875, 1.0, 0.5), (1.0, 1.0, 1.0)],
)
def test_an_eye_lid_of_three_quarters_is_open_and_at_rest(value, openness, wide):
    assert said("/avatar/parameters/v2/EyeLidLeft", value) == {
        "left lid open": pytest.approx(openness),
        "left lid wide": pytest.approx(wide),
    }


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 2.0])
def test_an_eye_lid_out_of_range_is_no_value(value):
    assert all(isnan(v) for v in said("/avatar/parameters/v2/EyeLid", value).values())


def channels(profile, *addressed):
    assembly = Assembly(profile, DIALECT)
    for address, number in addressed:
        assembly.hear(read(bundle([message(address, number)])), 10**9)
    return {
        f"{profile.streams[sample.stream].name}.{name}": value
        for sample in assembly.take(10**9)
        for name, value in zip(
            profile.streams[sample.stream].channels, sample.values.tolist(), strict=True
        )
        if not np.isnan(value)
    }


@pytest.mark.parametrize(
    ("parameter", "value", "left", "right"),
    [
        ("EyeOpenLeft", 0.75, 0.75, None),
        ("EyeClosedRight", 0.25, None, 0.75),
        ("EyeOpen", 0.75, 0.75, 0.75),
        ("EyeClosed", 0.25, 0.75, 0.75),
        ("EyeLid", 0.375, 0.5, 0.5),
        ("EyeLidRight", 0.375, None, 0.5),
    ],
)
def test_lids_are_open_by_whichever_parameter_says_so(parameter, value, left, right):
    found = channels(BABBLE, (f"/avatar/parameters/v2/{parameter}", value))
    both = {"lids.openness_left": left, "lids.openness_right": right}
    assert found == {name: number for name, number in both.items() if number is not None}


def test_each_eyes_own_parameter_goes_before_that_of_both():
    found = channels(
        BABBLE,
        ("/avatar/parameters/v2/EyeLidLeft", 0.375),
        ("/avatar/parameters/v2/EyeLid", 0.75),
        ("/tracking/eye/EyesClosedAmount", 0.75),
        ("/avatar/parameters/v2/EyeLeftX", 0.5),
        ("/avatar/parameters/v2/EyeX", -0.5),
    )
    assert found["lids.openness_left"] == 0.5
    assert found["lids.openness_right"] == 0.25
    assert found["gaze.left_yaw"] == pytest.approx(FULL_SCALE_RAD / 2)
    assert found["gaze.right_yaw"] == pytest.approx(-FULL_SCALE_RAD / 2)


def test_pupils_are_sent_in_centimetres():
    assert said("/avatar/parameters/v2/PupilDiameterLeft", 0.375) == {"pupil left": 3.75}
    assert said("/avatar/parameters/v2/PupilDiameter", 0.5) == {"pupil": 5.0}


def test_shapes_of_our_own_name_are_baballonias():
    for name in (*BLENDSHAPES, *EXTRAS):
        assert said(f"/{name}", 0.25) == {f"/{name}": 0.25}
    assert channels(BABBLE, ("/jawOpen", 0.5), ("/tongueUp", 0.25), ("/noseSneerLeft", 0.75)) == {
        "mouth_tracker.jawOpen": 0.5,
        "mouth_tracker.tongueUp": 0.25,
        "upper_face.noseSneerLeft": 0.75,
    }


def test_what_a_headset_does_not_measure_is_not_taken_from_a_sender_that_makes_it_up():
    """VRCFaceTracking sends brows for headsets that see none, copied from wide eyes."""
    found = channels(
        headset("vive_pro_eye_lip"),
        ("/avatar/parameters/v2/BrowInnerUpLeft", 0.5),
        ("/avatar/parameters/v2/JawOpen", 0.5),
    )
    assert found == {"mouth_tracker.jawOpen": 0.5}


def test_two_senders_on_one_port_make_one_face():
    tracker = UdpTracker(DIALECT, port=0)
    mouth = bundle([message("/jawOpen", 0.5)])
    gaze = bundle([message("/tracking/eye/LeftRightPitchYaw", -10.0, 20.0, -10.0, 20.0)])
    streams = set()
    for frame in itertools.islice(tracker.frames(), 2000):
        send(tracker.address, [mouth])
        send(tracker.address, [gaze])
        streams |= {BABBLE.streams[sample.stream].name for sample in frame.samples}
        if len(streams) == 2:
            break
    tracker.close()
    assert streams == {"mouth_tracker", "gaze"}
