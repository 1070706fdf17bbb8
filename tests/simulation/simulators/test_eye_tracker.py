"""Lids, gaze and pupils of a simulated wearer, as an eye tracker senses them."""

import numpy as np
import pytest

from tests.simulation.simulators.acting import (
    check_honest,
    column,
    living,
    looking,
    moving,
    sensed,
    still,
    wear,
)
from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.occlusion.eye_tracker import HELD_AROUND_S
from vrface.simulation.simulators.eye_tracker import OFFSET_RAD, SIMULATORS

BLINK = ("eyeBlinkLeft", "eyeBlinkRight")
SHUT_S = (10.0, 10.3)


def shut(time_s):
    return ((time_s > SHUT_S[0]) & (time_s < SHUT_S[1])) * 0.95


def ramp(time_s):
    return (time_s - 15.0) / 30.0


@pytest.mark.parametrize("name", ["lids", "gaze", "pupils"])
def test_it_repeats_itself_stays_in_range_and_differs_where_held_out(name):
    check_honest(name)


def test_a_combined_gaze_does_too():
    check_honest("gaze_combined", headset("steam_frame_steamlink"))


def test_an_open_eye_saturates_and_noise_is_gone_there():
    share = []
    for number in range(4):
        opened = sensed("lids", wear(still(), number=number))[1][:, :2]
        share.append(float((opened == 1.0).mean()))
    assert np.mean(share) > 0.5


def test_openness_falls_in_a_blink_and_no_further_than_0():
    opened = column(
        "lids", "openness_left", (found := sensed("lids", wear(moving(shut, *BLINK))))[1]
    )
    during = (found[0] > 10.05) & (found[0] < 10.25)
    assert np.nanmax(opened[during]) < 0.5
    assert np.nanmin(opened) >= 0.0


def test_what_openness_1_hides_cannot_be_read_from_it():
    """Lids that close by a few hundredths leave no trace in a saturated channel."""
    little = moving(lambda time_s: 0.01 * np.sin(time_s) + 0.01, *BLINK)
    worn = wear(little, families={"lids": "even"})
    time_s, values = sensed("lids", worn)
    opened = column("lids", "openness_left", values)
    full = opened == 1.0
    assert full.mean() > 0.3
    assert abs(np.corrcoef(opened, np.sin(time_s))[0, 1]) < 0.6


def test_wide_shows_only_past_a_dead_zone():
    little, much = (
        sensed(
            "lids", wear(moving(lambda t, h=h: np.full(len(t), h), "eyeWideLeft", "eyeWideRight"))
        )
        for h in (0.03, 0.7)
    )
    assert np.nanmean(column("lids", "wide_left", little[1])) < 0.05
    assert np.nanmean(column("lids", "wide_left", much[1])) > 0.3


def test_a_smile_leaks_into_squeeze():
    def smile(time_s):
        return (time_s > 15.0) * 0.9

    time_s, values = sensed("lids", wear(moving(smile, "cheekSquintLeft", "cheekSquintRight")))
    squeeze = column("lids", "squeeze_left", values)
    assert np.nanmean(squeeze[time_s > 16]) > np.nanmean(squeeze[time_s < 14]) + 0.02


@pytest.mark.parametrize("family", ["held", "raw", "lost"])
def test_gaze_behind_a_closed_lid_is_held_or_lost_and_33_ms_around(family):
    worn = wear(moving(shut, *BLINK, base=looking(ramp, ramp)), families={"gaze": family})
    time_s, values = sensed("gaze", worn, noise=0.0)
    yaw = column("gaze", "left_yaw", values)
    inside = (time_s > SHUT_S[0] - HELD_AROUND_S + 0.01) & (time_s < SHUT_S[1] + 0.02)
    if family == "lost":
        assert np.isnan(yaw[inside]).all()
    else:
        assert np.ptp(yaw[inside]) == 0.0
    outside = (time_s > 11.0) & (time_s < 14.0)
    assert np.nanmax(np.diff(yaw[outside])) > 0.0


def _steps(name, channel_name, family):
    """Standard deviation and lag-one correlation of what a still face leaves: noise alone."""
    lowered = moving(lambda t: 0.0 * t + 0.3, *BLINK)  # not saturated
    worn = wear(lowered, families={name: family})
    steps = np.diff(column(name, channel_name, sensed(name, worn)[1]))
    steps = steps[np.isfinite(steps) & (steps != 0.0)]
    return np.std(steps), np.corrcoef(steps[1:], steps[:-1])[0, 1]


@pytest.mark.parametrize(
    ("name", "channel_name", "calm"),
    [("lids", "openness_left", "even"), ("gaze", "left_yaw", "held")],
)
def test_a_raw_tracker_has_the_noise_of_the_profile_anew_in_each_sample(name, channel_name, calm):
    profile = headset("everything")
    noise = profile.streams[profile.stream_index(name)].noise
    spread, alike = _steps(name, channel_name, "raw")
    assert spread == pytest.approx(np.sqrt(2) * noise, rel=0.1)
    assert alike == pytest.approx(-0.5, abs=0.05)  # of white noise
    assert _steps(name, channel_name, calm)[0] < 0.5 * spread


@pytest.mark.parametrize("name", ["lids", "gaze", "gaze_combined"])
def test_a_raw_tracker_is_learned_from_and_not_held_out(name):
    learned = {Donning.drawn(wearer).families[name] for wearer in range(40)}
    assert learned == set(SIMULATORS[name].families[:-1])
    assert "raw" in learned


def test_the_held_out_family_lets_the_lid_pull_gaze_down_before_it_is_lost():
    half = moving(lambda t: (t > 15.0) * 0.4, *BLINK)
    time_s, values = sensed("gaze", wear(half, held_out=True), noise=0.0)
    pitch = column("gaze", "left_pitch", values)
    assert np.nanmean(pitch[time_s > 16]) < np.nanmean(pitch[time_s < 14]) - 0.02


def test_each_gaze_is_off_by_1_to_2_degrees_and_stays_so_while_worn():
    worn = wear(still())
    angles = np.nanmean(sensed("gaze", worn, noise=0.0)[1][:, :4], axis=0).reshape(2, 2)
    away = np.linalg.norm(angles, axis=1)
    assert (away >= OFFSET_RAD[0] - 1e-4).all()
    assert (away <= OFFSET_RAD[1] + 1e-4).all()
    again = np.nanmean(sensed("gaze", wear(still(), number=1), noise=0.0)[1][:, :4], axis=0)
    assert np.abs(again - angles.ravel()).max() > 0.005


def test_gazes_meet_where_their_angles_say():
    values = sensed("gaze", wear(living()))[1]
    left, right, metres = (
        column("gaze", name, values) for name in ("left_yaw", "right_yaw", "vergence_m")
    )
    known = np.isfinite(metres)
    assert known.mean() > 0.2
    parts = left[known] <= right[known]
    assert not parts.any()


def test_the_pupil_is_lost_in_a_blink_and_hardly_else():
    time_s, values = sensed("pupils", wear(moving(shut, *BLINK)))
    lost = np.isnan(values).any(axis=1)
    during = (time_s > 10.05) & (time_s < 10.25)
    assert lost[during].mean() > 0.9
    assert lost[time_s > 12].mean() < 0.05
    assert np.nanmean(values) == pytest.approx(4.0, abs=0.4)


def test_glasses_lose_both_eyes_together_more_often():
    def lost(name, glasses):
        worn = [wear(still(), number=number, glasses=glasses) for number in range(6)]
        return np.concatenate([np.isnan(sensed(name, one)[1]).all(axis=1) for one in worn])

    assert lost("lids", True).mean() > 2 * lost("lids", False).mean()
    assert lost("pupils", True)[lost("lids", True)].all()


def test_one_simulator_a_stream_each_with_a_family_to_hold_out():
    assert set(SIMULATORS) == {"lids", "gaze", "gaze_combined", "pupils"}
    assert all(len(simulator.families) >= 3 for simulator in SIMULATORS.values())
