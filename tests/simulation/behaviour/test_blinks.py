from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.behaviour.plans import EYES, rng, whole
from vrface.simulation.behaviour.blinks import Blinks, blinks
from vrface.simulation.behaviour.glances import Saccades, glances
from vrface.simulation.behaviour.plan import LISTEN, POSE, READ, SETTLED_S, STILL, TALK, Plan

NOWHERE = Saccades(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros((0, 2)))


def seen(activity, habits, seed=0, seconds=600.0):
    plan = whole(activity, seconds)
    return blinks(rng(seed), plan, habits, glances(rng(seed + 1), plan, habits).saccades)


TALKED = [seen(TALK, habits, seed) for seed, habits in enumerate(EYES)]
POSED = [seen(POSE, habits, seed) for seed, habits in enumerate(EYES)]


def pooled(every, name):
    return np.concatenate([getattr(found, name) for found in every])


@pytest.mark.parametrize(
    ("activity", "name"),
    [(TALK, "talking"), (STILL, "resting"), (LISTEN, "resting"), (READ, "reading")],
)
def test_blinks_come_at_the_wearers_rates_in_all(activity, name):
    """With those that go with glances, and doubles."""
    count = sum(len(seen(activity, habits, seed).onset_s) for seed, habits in enumerate(EYES))
    want = sum(getattr(habits, f"blinks_{name}") * 10 for habits in EYES)
    assert count == pytest.approx(want, rel=0.09)


def test_blinks_are_more_regular_than_chance_and_some_are_double():
    steady, twice = replace(EYES[0], doubles=0.0), replace(EYES[0], doubles=0.3)
    between, hurried = (
        np.diff(blinks(rng(), whole(STILL, 6000.0), who, NOWHERE).onset_s)
        for who in (steady, twice)
    )
    assert 0.6 < between.std() / between.mean() < 0.8  # gamma of shape 2: .71
    assert np.mean(between < 0.6) < 0.05
    assert np.mean(hurried < 0.6) == pytest.approx(0.3 / 1.3, abs=0.06)


def test_half_are_partial_and_few_are_long():
    """741 of 1,414; contact above .5 s in .2 % (Ousler 2014)."""
    assert np.mean(pooled(TALKED, "depth").max(axis=1) < 0.9) == pytest.approx(741 / 1414, abs=0.08)
    holds = blinks(rng(), whole(TALK, 60_000.0), EYES[0], NOWHERE).hold_s
    assert np.mean(holds > 0.5) == pytest.approx(0.002, abs=0.002)
    short = holds[holds < 0.5]
    assert short.min() > 0.01
    assert short.max() < 0.05


def test_the_main_sequence_is_linear_and_as_steep_as_published():
    """Peak velocity 21 (VanderWerf 2003) to 29 (search coils) times the amplitude a second."""
    slopes, fits = [], []
    for found in TALKED:
        moves_s = found.onset_s[:60, None] + np.arange(-0.02, 0.12, 5e-4)
        lid = np.stack([found.closure(time_s)[:, 0] for time_s in moves_s])
        amplitude, peak = lid.max(axis=1), np.diff(lid).max(axis=1) / 5e-4
        slopes.append(np.dot(amplitude, peak) / np.dot(amplitude, amplitude))
        fits.append(np.corrcoef(amplitude, peak)[0, 1])
    assert 1.875 / 0.090 < np.median(slopes) < 875 / 30.6
    assert np.median(fits) > 0.9


def test_lids_ease_into_closing_and_out_of_opening():
    one = Blinks(
        onset_s=np.array([1.0]),
        closing_s=np.array([0.066]),
        hold_s=np.array([0.02]),
        opening_s=np.array([0.095]),
        depth=np.ones((1, 2)),
        late_s=np.zeros((1, 2)),
    )
    time_s = np.arange(0.95, 1.25, 1e-4)
    speed = np.gradient(one.closure(time_s)[:, 0], time_s)
    fastest, back = time_s[speed.argmax()], time_s[speed.argmin()]
    assert 0.55 < (fastest - 1.0) / 0.066 < 0.85  # late in closing
    assert 0.15 < (back - 1.086) / 0.095 < 0.45  # early in opening
    assert speed.max() / -speed.min() == pytest.approx(95 / 66, rel=0.01)  # 40-47 % faster


def test_filmed_at_60_hz_blinks_last_as_long_as_on_arkit():
    """Lids close in 67-100 ms and open in 67-133 ms (open Live Link Face takes at 60 Hz)."""
    closing, opening = [], []
    for found in TALKED:
        time_s = np.arange(0, 600, 1 / 60)
        lid = found.closure(time_s)[:, 0]
        for onset_s in found.onset_s[:60]:
            start = int(onset_s * 60) - 1
            shown = lid[start : start + 24]
            top = shown.argmax()
            moving = shown > 0.02 * shown.max()
            closing.append((top - moving.argmax() + 1) / 60)
            opening.append(np.argmin(moving[top:]) / 60)
    assert 0.067 < np.median(closing) < 0.1
    assert 0.065 < np.median(opening) < 0.14


def test_a_large_gaze_shift_comes_with_a_blink():
    """97 % of shifts of 33 degrees and more (Evinger 1994), few of the small ones."""
    with_blink, large = [], []
    for seed, habits in enumerate(EYES):
        plan = whole(POSE)
        jumps = glances(rng(seed), plan, habits).saccades
        found = blinks(rng(seed), plan, habits, jumps)
        middle_s = jumps.onset_s + jumps.duration_s / 2
        with_blink.append(found.closure(middle_s).max(axis=1) > 0.01)
        large.append(jumps.amplitude_rad > np.deg2rad(33))
    shut, far = np.concatenate(with_blink), np.concatenate(large)
    assert far.sum() > 100
    assert np.mean(shut[far]) == pytest.approx(0.97, abs=0.05)
    assert np.mean(shut[~far]) < 0.25


def test_prompted_blinks_are_deeper_and_slower():
    """77.6 ms down, against 66."""
    habits = replace(EYES[0], complete=0.0, winks=0.0, long_closures=0.0)
    found = blinks(rng(), whole(POSE, 6000.0), habits, NOWHERE)
    deep = found.depth.max(axis=1) > 0.9
    assert deep.sum() / 100 == pytest.approx(3.0, rel=0.2)
    ratio = found.closing_s[deep].mean() / found.closing_s[~deep].mean()
    assert ratio == pytest.approx(77.6 / 66, rel=0.03)


def test_winks_close_one_eye_and_drag_the_other():
    habits = replace(EYES[0], blinks_resting=6.0, winks=3.0, wink_drag=0.3, wink_left=0.8)
    found = blinks(rng(), whole(POSE, 6000.0), habits, NOWHERE)
    left, right = found.depth.T
    winks = np.abs(left - right) > 0.4
    assert winks.sum() / 100 == pytest.approx(3.0, rel=0.2)
    assert np.mean(left[winks] > right[winks]) == pytest.approx(0.8, abs=0.07)
    assert np.minimum(left, right)[winks].mean() == pytest.approx(0.3, abs=0.05)


def test_eyes_stay_closed_on_purpose_when_prompted():
    assert np.mean(pooled(POSED, "hold_s") > 0.5) > 10 * np.mean(pooled(TALKED, "hold_s") > 0.5)


@pytest.mark.parametrize("found", TALKED)
def test_both_lids_go_together(found):
    """r .94-.99 (open Live Link Face takes)."""
    left, right = found.closure(np.arange(0, 120, 1 / 60)).T
    assert 0.94 < np.corrcoef(left, right)[0, 1] < 1


@pytest.mark.parametrize("found", POSED)
def test_lids_open_before_they_close_again(found):
    assert (np.diff(found.onset_s) > found.length_s[:-1]).all()
    closure = found.closure(np.arange(0, 600, 1 / 90))
    assert closure.min() == 0
    assert closure.max() <= 1


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.1, 60))
def test_a_performance_of_any_length_is_settled_at_both_ends(seed, seconds):
    plan = Plan.drawn(rng(seed), seconds)
    found = blinks(rng(seed), plan, EYES[0], glances(rng(seed), plan, EYES[0]).saccades)
    time_s = np.linspace(0, seconds, 500)
    ends = (time_s <= SETTLED_S) | (time_s >= seconds - SETTLED_S)
    # One lid may begin some milliseconds before the other.
    assert found.closure(time_s)[ends].max() < 0.02


def test_the_rate_samples_the_same_motion_and_one_seed_is_one_motion():
    fine = TALKED[0].closure(np.arange(0, 60, 1 / 720))
    np.testing.assert_allclose(TALKED[0].closure(np.arange(0, 60, 1 / 72)), fine[::10], atol=1e-9)
    again = seen(TALK, EYES[0], 0)
    for field in fields(Blinks):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(TALKED[0], field.name))
