"""Features: one width for every headset, absent is 0, one path for serving and training."""

import numpy as np
import pytest

from vrface.model.features import MAX_AGE_S, MAX_DIFFERENCE, SLOTS, WIDTH, Features
from vrface.sensors.align import Align, Aligned
from vrface.sensors.frame import SampleColumns
from vrface.sensors.headset import SHIPPED, headset

NO_REST = np.zeros((1, WIDTH), np.float32)


def aligned(name: str, value: float, *, age_s: float = 0.01, difference: float = 0.0) -> Aligned:
    channels = sum(len(stream.channels) for stream in headset(name).streams)
    shape = (1, channels)
    return Aligned(
        value=np.full(shape, value, np.float32),
        difference=np.full(shape, difference, np.float32),
        present=np.full(shape, age_s < 0.1),
        age_s=np.full(shape, age_s, np.float32),
        sample_time_ns=np.zeros(1, np.int64),
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_every_headset_has_the_same_width_and_fills_its_own_slots(name: str) -> None:
    make = Features(headset(name))
    features = make(aligned(name, 0.25), NO_REST)
    assert features.shape == (1, 4, WIDTH) == (1, 4, 68)
    np.testing.assert_array_equal(features[0, 2] > 0, make.measured)
    np.testing.assert_array_equal(features[0, 0], 0.25 * make.measured)
    assert (features[0, 3][~make.measured] == MAX_AGE_S).all()


def test_slots_never_move() -> None:
    assert SLOTS[0] == ("mouth_tracker", "jawForward")
    assert SLOTS[30] == ("upper_face", "eyeBlinkLeft")
    assert SLOTS[56:62] == tuple(
        ("lids", f"{kind}_{side}")
        for kind in ("openness", "wide", "squeeze")
        for side in ("left", "right")
    )
    assert SLOTS[62:66] == tuple(
        ("gaze", name) for name in ("left_yaw", "left_pitch", "right_yaw", "right_pitch")
    )


def test_the_rest_is_taken_off_what_is_present_only() -> None:
    make = Features(headset("mouth_only"))
    rest = np.full((1, WIDTH), 0.1, np.float32)
    here = make(aligned("mouth_only", 0.25), rest)
    gone = make(aligned("mouth_only", 0.25, age_s=0.5), rest)
    np.testing.assert_allclose(here[0, 0][make.measured], 0.15, atol=1e-6)
    assert (gone[0, :3] == 0).all()
    assert (gone[0, 3][make.measured] == 0.5).all()


def test_changes_and_ages_are_cut() -> None:
    make = Features(headset("mouth_only"))
    features = make(aligned("mouth_only", 0.0, difference=1e6), NO_REST)
    assert features[0, 1].max() == MAX_DIFFERENCE
    never = Align(headset("mouth_only"), 1).at(np.zeros(1, np.int64))
    assert np.isfinite(make(never, NO_REST)).all()


def test_many_wearers_equal_each_alone() -> None:
    profile = headset("vive_pro_eye_lip")
    rng = np.random.default_rng(1)
    together, alone = Align(profile, 3), [Align(profile, 1) for _ in range(3)]
    for number, width in enumerate(together.widths):
        values = rng.random((3, width), dtype=np.float32)
        when = np.array([10, 20, 30]) * 1_000_000
        together.push([SampleColumns(number, np.arange(3), when, values)])
        for w in range(3):
            one = slice(w, w + 1)
            alone[w].push([SampleColumns(number, np.zeros(1, int), when[one], values[one])])
    now = np.full(3, 50_000_000)
    make, rest = Features(profile), rng.random((3, WIDTH), dtype=np.float32)
    batch = make(together.at(now), rest)
    for w in range(3):
        np.testing.assert_array_equal(batch[w], make(alone[w].at(now[:1]), rest[w : w + 1])[0])
