"""Rotation and acceleration that a headset feels."""

from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.simulators.acting import (
    check_honest,
    column,
    moving,
    sensed,
    still,
    voice,
    wear,
)
from vrface.simulation.simulators.imu import ACCELERATION_BIAS, GRAVITY, LEVER_M

NAME = "imu"
STEADY = {NAME: "steady"}


def heads(position=None, yaw=None):
    """A head that is moved along (x, y, z) and turned to the left, by functions of time."""
    base = still(seconds=10.0)
    head = base.head.copy()
    if position is not None:
        head[:, :3] = position(base.time_s)
    if yaw is not None:
        head[:, 4], head[:, 6] = np.sin(yaw(base.time_s) / 2), np.cos(yaw(base.time_s) / 2)
    return replace(base, head=head)


def felt(performance, *, noise=0.0, **worn):
    return sensed(NAME, wear(performance, families=STEADY, **worn), noise=noise)


def test_it_repeats_itself_stays_in_range_and_differs_where_held_out():
    check_honest(NAME)


def test_at_rest_the_accelerometer_reads_gravity_upwards():
    values = felt(still())[1]
    mean = values.mean(axis=0)
    assert mean[4] == pytest.approx(GRAVITY, abs=5 * ACCELERATION_BIAS)
    assert np.abs(mean[[3, 5]]).max() < 5 * ACCELERATION_BIAS
    assert np.abs(mean[:3]).max() < 0.03


def test_a_headset_that_hangs_to_one_side_feels_gravity_there():
    values = felt(still(), tilt_rad=(0.0, 0.0, 0.05))[1]
    level = felt(still())[1]
    # Its right side is up: there, part of what holds it up points along its own +x.
    assert (values - level)[:, 3].mean() == pytest.approx(GRAVITY * np.sin(0.05), abs=0.02)


def test_noise_is_the_profiles():
    values = felt(still(), noise=0.02)[1]
    np.testing.assert_allclose(np.diff(values, axis=0).std(axis=0) / np.sqrt(2), 0.02, rtol=0.05)


def test_turning_to_the_left_is_a_rotation_about_y():
    time_s, values = felt(heads(yaw=lambda t: 0.5 * np.sin(2 * t)))
    rate = column(NAME, "angular_velocity_y", values)
    inside = (time_s > 1) & (time_s < 9)
    np.testing.assert_allclose(rate[inside], np.cos(2 * time_s[inside]), atol=0.04)
    assert np.abs(values[inside][:, [0, 2]]).max() < 0.04


def test_turning_pulls_at_what_sits_ahead():
    time_s, values = felt(heads(yaw=lambda t: 3.0 * t), offset_m=(0.0, 0.0, 0.0))
    still_z = felt(still(seconds=10.0), offset_m=(0.0, 0.0, 0.0))[1][:, 5].mean()
    inside = (time_s > 1) & (time_s < 9)
    inwards = values[inside, 5].mean() - still_z
    assert inwards == pytest.approx(-(3.0**2) * LEVER_M[2], rel=0.1)


def test_acceleration_is_that_of_the_head():
    def sway(time_s):
        return np.stack([0.05 * np.sin(4 * time_s), 0 * time_s, 0 * time_s], axis=1)

    time_s, values = felt(heads(sway))
    inside = (time_s > 1) & (time_s < 9)
    sideways = column(NAME, "acceleration_x", values)[inside]
    expected = -0.05 * 16 * np.sin(4 * time_s[inside])
    np.testing.assert_allclose(sideways - sideways.mean(), expected - expected.mean(), atol=0.06)


def test_a_jaw_at_the_speed_of_speech_gives_bursts_of_hundredths_of_g():
    def chatter(time_s):
        return 0.3 + 0.3 * np.sin(2 * np.pi * 4.5 * time_s)

    peaks = []
    for number in range(6):
        values = felt(moving(chatter, "jawOpen"), number=number)[1]
        moved = values[500:-500, 3:] - values[500:-500, 3:].mean(axis=0)
        peaks.append(np.linalg.norm(moved, axis=1).max() / GRAVITY)
    assert 0.005 < np.median(peaks) < 0.05


def test_a_voice_shakes_the_skull_at_its_pitch():
    base = still(seconds=10.0)
    speaking = replace(base, voice=voice(len(base.time_s), f0_hz=120.0, loudness=1.0))
    values = felt(speaking)[1][:, 3:].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(values - values.mean(axis=0), axis=0)).sum(axis=1)
    hertz = np.fft.rfftfreq(len(values), 1 / 500)
    assert hertz[5:][spectrum[5:].argmax()] == pytest.approx(120.0, abs=0.5)
    quiet = felt(base)[1][:, 3:].std(axis=0)
    assert (values.std(axis=0) > quiet).any()


def test_the_held_out_family_hums():
    calm, humming = (
        np.diff(sensed(NAME, wear(still(), families={NAME: family}), noise=0.0)[1], axis=0).std()
        for family in ("steady", "humming")
    )
    assert humming > 3 * calm
