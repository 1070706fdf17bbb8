"""Shapes of a simulated wearer, as a mouth tracker senses them."""

import numpy as np
import pytest

from tests.simulation.simulators.acting import (
    check_honest,
    column,
    living,
    moving,
    sensed,
    still,
    wear,
)
from vrface.face.blendshapes import index
from vrface.sensors.headset import headset

QUEST_PRO = headset("quest_pro")


def wave(time_s):
    return 0.4 + 0.3 * np.sin(2 * np.pi * 0.5 * time_s)


def test_it_repeats_itself_stays_in_range_and_differs_where_held_out():
    check_honest("mouth_tracker")


def test_a_tracker_of_the_upper_face_does_too():
    check_honest("upper_face", QUEST_PRO)


def test_no_channel_is_a_clean_copy_of_the_truth():
    time_s, values = sensed("mouth_tracker", wear(living()))
    truth = living().at(time_s).weights
    for name in ("jawOpen", "mouthPucker", "mouthSmileLeft"):
        seen = column("mouth_tracker", name, values)
        known = np.isfinite(seen)
        assert np.abs(seen[known] - truth[known, index(name)]).mean() > 0.005


def test_it_follows_the_mouth():
    time_s, values = sensed("mouth_tracker", wear(moving(wave, "jawOpen")))
    seen = column("mouth_tracker", "jawOpen", values)
    known = np.isfinite(seen)
    assert np.corrcoef(seen[known], wave(time_s[known]))[0, 1] > 0.95


def test_pucker_shows_in_funnel_and_press():
    def late(time_s):
        return (time_s > 15.0) * 0.9

    rises = []
    for number in range(4):
        worn = wear(moving(late, "mouthPucker"), number=number, families={"mouth_tracker": "quick"})
        time_s, values = sensed("mouth_tracker", worn, noise=0.0)
        for name in ("mouthFunnel", "mouthPressLeft"):
            seen = column("mouth_tracker", name, values)
            rises.append(np.nanmean(seen[time_s > 16]) - np.nanmean(seen[time_s < 14]))
    assert max(rises) > 0.04
    assert np.mean(rises) > 0.02


def test_smoothing_makes_a_quick_movement_slower():
    def step(time_s):
        return (time_s > 15.0) * 0.8

    rise = {}
    for family in ("quick", "smoothed"):
        worn = wear(moving(step, "jawOpen"), families={"mouth_tracker": family})
        time_s, values = sensed("mouth_tracker", worn, noise=0.0)
        seen = column("mouth_tracker", "jawOpen", values)
        low, high = np.nanmean(seen[time_s < 14]), np.nanmean(seen[time_s > 17])
        rise[family] = time_s[np.argmax(seen > low + 0.8 * (high - low))]
    assert rise["smoothed"] > rise["quick"] + 0.02


def test_what_it_tells_is_late():
    worn = wear(moving(wave, "jawOpen"))
    time_s, values = sensed("mouth_tracker", worn, noise=0.0)
    seen = column("mouth_tracker", "jawOpen", values)
    known = np.isfinite(seen)
    shifts_s = np.linspace(-0.05, 0.15, 81)
    match = [np.corrcoef(seen[known], wave(time_s[known] - late))[0, 1] for late in shifts_s]
    assert 0.0 <= shifts_s[int(np.argmax(match))] < 0.12


def test_a_beard_makes_it_noisier():
    spread = []
    for beard in (0.0, 1.0):
        worn = wear(
            moving(lambda t: np.full(len(t), 0.5), "jawOpen"),
            beard=beard,
            families={"mouth_tracker": "quick"},
        )
        spread.append(
            np.nanstd(column("mouth_tracker", "jawOpen", sensed("mouth_tracker", worn)[1]))
        )
    assert spread[1] > 1.4 * spread[0]


def test_a_held_out_tracker_has_few_levels():
    values = sensed("mouth_tracker", wear(living(), held_out=True))[1]
    jaw = column("mouth_tracker", "jawOpen", values)
    assert len(np.unique(jaw[np.isfinite(jaw)])) <= 64


def test_now_and_then_the_face_is_not_found():
    worn = [wear(still(), number=number) for number in range(24)]
    lost = [np.isnan(sensed("mouth_tracker", one)[1]).all(axis=1) for one in worn]
    assert 0.0 < np.mean(np.concatenate(lost)) < 0.05


def test_what_the_scheme_merges_stays_merged():
    """Two shapes that share one value of the scheme are sensed alike, but for gain and noise."""
    htc = headset("vive_pro_eye_lip")
    moved = moving(wave, "mouthSmileLeft")
    time_s, values = sensed("mouth_tracker", wear(moved, profile=htc))
    seen = column("mouth_tracker", "mouthSmileLeft", values, htc)
    known = np.isfinite(seen)
    assert np.corrcoef(seen[known], wave(time_s[known]))[0, 1] > 0.9


@pytest.mark.parametrize("family", ["quick", "smoothed", "curved", "quantised"])
def test_every_family_rests_near_0(family):
    values = sensed("mouth_tracker", wear(still(), families={"mouth_tracker": family}))[1]
    assert np.nanmedian(values) < 0.2
