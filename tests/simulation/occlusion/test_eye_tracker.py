"""Lids and gaze as a simulated eye tracker senses them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.occlusion.sensing import TIER, face, sensed, stream
from vrface.face.blendshapes import BLENDSHAPES, index
from vrface.log.importers import read_take
from vrface.sensors.headset import headset
from vrface.simulation import synthetic_take, wear
from vrface.simulation.occlusion.eye_tracker import HELD_AROUND_S, openness


def test_openness_is_1_1_times_what_the_blink_leaves_open():
    for blink in (0.0, 0.05, 0.3, 0.5, 0.95):
        values = sensed(wear(face(eyeBlinkLeft=blink), TIER, seed=0), "lids", "openness_left")
        clean = min(1.1 * (1 - blink), 1)
        if 0.1 < clean < 0.9:
            assert values.mean() == pytest.approx(clean, abs=0.002)
            assert values.std() == pytest.approx(0.03, rel=0.05)
        assert values.min() >= 0
        assert values.max() <= 1


def test_wide_and_squeeze_are_the_shapes_with_their_own_noise():
    worn = wear(face(eyeWideRight=0.3, eyeSquintLeft=0.6), TIER, seed=0)
    for channel, value in (("wide_right", 0.3), ("squeeze_left", 0.6), ("squeeze_right", 0.5)):
        values = sensed(worn, "lids", channel)
        assert values.mean() == pytest.approx(value, abs=0.002)
        assert values.std() == pytest.approx(0.02, rel=0.05)


def test_openness_of_the_unknown_is_unknown():
    lids = openness(np.full((1, len(BLENDSHAPES)), np.nan, np.float32))
    assert np.isnan(lids).all()


def test_gaze_has_the_profiles_noise_and_no_gain():
    take = face()
    take.gaze[:] = (0.1, -0.2, 0.3, 0.4)
    profile, samples = stream(wear(take, TIER, seed=0), "gaze")
    np.testing.assert_allclose(samples.values.mean(0), (0.1, -0.2, 0.3, 0.4), atol=0.002)
    np.testing.assert_allclose(samples.values.std(0), profile.noise, rtol=0.05)


def test_a_combined_gaze_is_the_mean_of_both_eyes():
    take = face()
    take.gaze[:] = (0.1, -0.2, 0.3, 0.4)
    profile, samples = stream(wear(take, headset("steam_frame_steamlink"), seed=0), "gaze_combined")
    np.testing.assert_allclose(samples.values.mean(0), (0.2, 0.1), atol=0.002)
    np.testing.assert_allclose(samples.values.std(0), profile.noise, rtol=0.05)


def test_gaze_is_held_while_its_lid_is_low_and_around():
    """Each eye by its own lid; the noise goes on."""
    take = face(seconds=10, rate_hz=240)
    seconds = take.time_ns / 1e9
    take.gaze[:] = seconds[:, None] / 10  # both eyes move all the time
    take.weights[(seconds > 4) & (seconds < 5), index("eyeBlinkLeft")] = 0.5
    quiet = replace(TIER, streams=tuple(replace(its, noise=1e-4) for its in TIER.streams))
    worn = wear(take, quiet, seed=0)
    time_s = stream(worn, "gaze")[1].sample_time_ns / 1e9
    left, right = sensed(worn, "gaze", "left_pitch"), sensed(worn, "gaze", "right_pitch")
    np.testing.assert_allclose(right, time_s / 10, atol=1e-3)
    held = np.abs(left - time_s / 10) > 1.5e-3
    assert time_s[held].min() == pytest.approx(4, abs=0.02)
    assert time_s[held].max() == pytest.approx(5 + HELD_AROUND_S, abs=0.01)
    during = left[(time_s > 4) & (time_s < 5)]
    assert during.mean() == pytest.approx((4 - HELD_AROUND_S) / 10, abs=2e-3)
    assert 0.5e-4 < during.std() < 2e-4


def test_gaze_that_starts_behind_a_closed_lid_has_no_value():
    take = face(seconds=4)
    take.weights[:30, index("eyeBlinkLeft")] = 1
    worn = wear(take, TIER, seed=0)
    time_s = stream(worn, "gaze")[1].sample_time_ns / 1e9
    none = np.isnan(sensed(worn, "gaze", "left_yaw"))
    np.testing.assert_array_equal(none[time_s < 0.9], True)
    np.testing.assert_array_equal(none[time_s > 1.1], False)
    assert np.isfinite(sensed(worn, "gaze", "right_yaw")).all()


def test_gaze_does_not_tell_of_blinks():
    """The lid leaks into the gaze of face recordings; the hold takes most of that away."""
    take = face(seconds=120, rate_hz=60)
    lid = synthetic_take(seed=8, seconds=120).weights[:, index("eyeBlinkLeft")]
    take.weights[:, index("eyeBlinkLeft")] = lid
    take.gaze[:, 1] = -0.3 * lid  # as in Live Link Face takes
    assert explained(take, leaky=True) > 0.6
    assert explained(take, leaky=False) < 0.45 * explained(take, leaky=True)


@pytest.mark.parametrize("name", ["S07-001", "apfel", "facial"])
def test_nor_does_it_on_a_real_take(vrface_data, name):
    take = read_take(vrface_data / "arkit" / "talk" / f"{name}.csv")
    assert explained(take, leaky=False) < 0.7 * explained(take, leaky=True)


def explained(take, *, leaky):
    """R2 of the left blink from the left pitch as sensed, or as recorded with noise alone."""
    worn = wear(take, TIER, seed=0)
    samples = stream(worn, "gaze")[1]
    then = take.at(samples.sample_time_ns)
    pitch = sensed(worn, "gaze", "left_pitch")
    if leaky:
        pitch = then.gaze[:, 1] + 0.02 * np.random.default_rng(0).standard_normal(len(pitch))
    known = np.isfinite(pitch) & then.tracked
    return np.corrcoef(pitch[known], then.weights[known, index("eyeBlinkLeft")])[0, 1] ** 2
