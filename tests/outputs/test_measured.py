"""What aligned channels say of a face directly."""

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, index
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.outputs.measured import Measured, MeasuredFace
from vrface.sensors.align import Align
from vrface.sensors.frame import SampleColumns
from vrface.sensors.headset import SHIPPED, headset, parse

NOW = np.array([20_000_000])


def read(name: str, **streams: list[float]) -> MeasuredFace:
    profile = headset(name)
    align = Align(profile, 1)
    for stream, values in streams.items():
        row = np.array([values], np.float32)
        number = profile.stream_index(stream)
        align.push([SampleColumns(number, np.zeros(1, int), NOW - 1_000_000, row)])
    return Measured(profile)(align.at(NOW))


@pytest.mark.parametrize("name", SHIPPED)
def test_with_every_sensor_well_it_measures_what_the_profile_says(name: str) -> None:
    profile = headset(name)
    values = {stream.name: [0.4] * len(stream.channels) for stream in profile.streams}
    face = read(name, **values)
    seen = [n for n, there in zip(BLENDSHAPES, face.present[0], strict=True) if there]
    assert seen == list(profile.measures)
    assert (Measured(profile).noise > 0).sum() == len(profile.measures)


def test_an_open_lid_is_an_unblinking_eye() -> None:
    face = read("openness_gaze_mouth", lids=[1.0, 0.25])
    assert face.weights[0, index("eyeBlinkLeft")] == 0.0
    assert face.weights[0, index("eyeBlinkRight")] == 0.75


def test_gaze_gives_angles_and_the_shapes_that_derive_from_them() -> None:
    angles = [0.2, 0.1, 0.2, 0.1]
    face = read("openness_gaze_mouth", gaze=angles)
    np.testing.assert_allclose(face.gaze[0], angles)
    np.testing.assert_allclose(face.weights[0, EYE_LOOK_INDICES], eye_look_from_gaze(angles))


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
    face = Measured(profile)(align.at(NOW))
    np.testing.assert_allclose(face.gaze[0], [0.3, -0.1, 0.3, -0.1], atol=1e-6)
    assert face.present[0, EYE_LOOK_INDICES].all()
