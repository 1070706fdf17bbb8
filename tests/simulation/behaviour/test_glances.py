from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.behaviour.plans import EYES, rng, whole
from vrface.simulation.behaviour.glances import MANNERS, MICRO_RAD, REACH_RAD, glances
from vrface.simulation.behaviour.plan import LISTEN, POSE, READ, SETTLED_S, STILL, TALK, Plan

TALKED, LISTENED, POSED, READ_THROUGH = (
    [glances(rng(seed), whole(activity), habits) for seed, habits in enumerate(EYES)]
    for activity in (TALK, LISTEN, POSE, READ)
)


def degrees(every):
    return np.rad2deg(np.concatenate([found.saccades.amplitude_rad for found in every]))


def at_home(found):
    """Per fixation: length, and whether the partner's face is looked at."""
    length_s = np.diff(found.saccades.onset_s)
    return length_s, np.isclose(found.vergence[1:-1], found.vergence[0])


@pytest.mark.parametrize("found", TALKED)
def test_saccades_follow_the_main_sequence(found):
    """20-30 ms and 2.2-2.7 ms a degree (Lee, Badler & Badler 2002)."""
    jumps = found.saccades
    slope, least = np.polyfit(np.rad2deg(jumps.amplitude_rad), jumps.duration_s * 1e3, 1)
    assert 2.2 < slope < 2.7
    assert 20 < least < 30


def test_the_eyes_move_as_long_as_the_saccades_say():
    jumps = TALKED[0].saccades
    large = np.flatnonzero(jumps.amplitude_rad > np.deg2rad(8))[:20]
    for jump in large:
        start_s, length_s = jumps.onset_s[jump], jumps.duration_s[jump]
        time_s = start_s + np.arange(-0.05, 0.15, 1e-3)
        both = TALKED[0].at(time_s)
        mean = np.stack((both[:, ::2].mean(1), both[:, 1::2].mean(1)), axis=1)
        speed = np.linalg.norm(np.diff(mean, axis=0), axis=1) * 1e3
        moving = time_s[:-1][speed > 0.3 * speed.max()]
        assert moving[0] == pytest.approx(start_s, abs=0.15 * length_s)
        assert moving[-1] == pytest.approx(start_s + length_s, abs=0.15 * length_s)


def test_magnitudes_in_conversation_are_exponential_and_small():
    """90 % below 15 degrees (Lee, Badler & Badler 2002); an exponential law's SD is its mean."""
    found = np.concatenate((degrees(TALKED), degrees(LISTENED)))
    assert np.mean(found < 15) == pytest.approx(0.9, abs=0.04)
    assert found.std() / found.mean() == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("every", "mutual_s", "away_s", "share"),
    [(TALKED, 3.1, 0.93, 0.41), (LISTENED, 7.9, 0.43, 0.75)],
    ids=["talking", "listening"],
)
def test_spells_of_mutual_gaze_are_as_long_as_published(every, mutual_s, away_s, share):
    """Lee, Badler & Badler 2002; shares of Argyle & Cook."""
    length_s, home = (np.concatenate(part) for part in zip(*map(at_home, every), strict=True))
    assert length_s[home].sum() / length_s.sum() == pytest.approx(share, abs=0.05)
    assert length_s[~home].mean() == pytest.approx(away_s, rel=0.05)
    spells = np.sum(home[1:] & ~home[:-1])
    assert length_s[home].sum() / spells == pytest.approx(mutual_s, rel=0.15)


def test_who_is_prompted_looks_to_the_ends_of_the_range():
    beyond = []
    for every in (POSED, TALKED):
        gaze = np.concatenate([found.at(np.arange(0, 600, 0.1)) for found in every])
        far = np.abs(gaze - gaze.mean(axis=0)) > np.deg2rad([28, 25, 28, 25])
        beyond.append(far.mean(axis=0))
        # A degree of microsaccades and drift, and vergence, beside the reach.
        assert (np.abs(gaze) < np.tile(REACH_RAD, 2) + np.deg2rad([6, 1.5, 6, 1.5])).all()
    assert (beyond[0] > 0.01).all()
    assert (beyond[1] < beyond[0]).all()


def test_who_talks_looks_around_as_far_as_on_a_phone():
    """Pitch varies by SD 5-10 degrees, yaw by 8-16 (open Live Link Face takes), from person to
    person.
    """
    spread = np.rad2deg([found.at(np.arange(0, 600, 0.1)).std(axis=0)[:2] for found in TALKED])
    yaw, pitch = np.median(spread, axis=0)
    assert 8 < yaw < 16
    assert 5 < pitch < 10
    assert (np.ptp(spread, axis=0) > 3).all()


def test_who_never_looks_elsewhere_stays_about_home():
    steady, restless = (
        glances(rng(), whole(LISTEN), replace(EYES[0], elsewhere=share)).at(np.arange(0, 600, 0.1))
        for share in (0.0, 1.0)
    )
    away = [np.rad2deg(np.abs(g[:, 1] - EYES[0].gaze_home[1])) for g in (steady, restless)]
    assert np.mean(away[0] < 5) > 0.8
    assert np.mean(away[1] < 5) < 0.6


def test_a_page_stays_where_it_is_wherever_the_eyes_rest():
    pitch = [np.rad2deg(np.median(found.saccades.target[:, 1])) for found in READ_THROUGH]
    np.testing.assert_allclose(pitch, -8.0, atol=3.0)


def test_readers_go_on_by_words_and_back_by_lines():
    """225-250 ms, 2 degrees, 10-15 % back (Rayner 1998); return sweeps go back too."""
    steps = np.concatenate([np.diff(found.saccades.target, axis=0) for found in READ_THROUGH])
    between_s = np.concatenate([np.diff(found.saccades.onset_s) for found in READ_THROUGH])
    right = np.rad2deg(steps[:, 0])
    assert 0.225 < between_s.mean() < 0.25
    assert np.median(right[right > 0]) == pytest.approx(2.0, abs=0.2)
    words = np.abs(right) < 5
    assert 0.1 < np.mean(right[words] < 0) < 0.15
    assert (right < -10).any()


def test_eyes_converge_on_what_is_near():
    near, far = (replace(EYES[0], home_m=home_m) for home_m in (0.5, 3.0))
    for habits in (near, far):
        gaze = glances(rng(), whole(TALK, 60.0), habits).at(np.array([0.0]))[0]
        # Where the lines of sight of eyes `apart_m` apart cross.
        left, right = gaze[[0, 2]] - habits.gaze_home[0]
        assert left > 0 > right  # both turned in
        assert habits.apart_m / (np.tan(left) - np.tan(right)) == pytest.approx(habits.home_m)
    vergence = np.diff(TALKED[0].at(np.arange(0, 60, 0.1))[:, ::2], axis=1)
    assert np.ptp(np.rad2deg(vergence)) > 1  # changes with what is looked at


@pytest.mark.parametrize("found", TALKED)
def test_eyes_that_fixate_are_never_quite_still(found):
    """1-2 microsaccades a second of up to a degree; drift of some half a degree a second."""
    assert 1.0 < len(found.micro) / 600 < 2.1
    sizes = np.linalg.norm(found.micro, axis=1)
    assert sizes.max() <= 2 * MICRO_RAD
    time_s = np.arange(2, 60, 0.01)
    speed = np.rad2deg(np.abs(np.diff(found.at(time_s)[:, 1]))) * 100
    assert 0.05 < np.median(speed) < 1.0


def test_what_no_manner_is_named_for_is_like_sitting_still():
    assert READ not in MANNERS
    other = 77
    strange, still = (glances(rng(), whole(what, 60.0), EYES[0]) for what in (other, STILL))
    np.testing.assert_array_equal(strange.saccades.target, still.saccades.target)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.1, 60))
def test_a_performance_of_any_length_begins_and_ends_at_home(seed, seconds):
    habits = EYES[seed % len(EYES)]
    found = glances(rng(seed), Plan.drawn(rng(seed), seconds), habits)
    time_s = np.linspace(0, seconds, 400)
    gaze = found.at(time_s)
    ends = (time_s <= SETTLED_S) | (time_s >= seconds - SETTLED_S)
    np.testing.assert_allclose(gaze[ends] - gaze[0], 0, atol=1e-9)
    np.testing.assert_allclose(gaze[0, 1::2], habits.gaze_home[1], atol=1e-12)
    assert gaze[0, ::2].mean() == pytest.approx(habits.gaze_home[0])
    jumps = found.saccades
    assert (jumps.amplitude_rad > 0).all()
    assert (np.diff(jumps.onset_s) > 0).all()


def test_the_rate_samples_the_same_motion_and_one_seed_is_one_motion():
    fine = TALKED[0].at(np.arange(0, 60, 1 / 720))
    np.testing.assert_allclose(TALKED[0].at(np.arange(0, 60, 1 / 72)), fine[::10], atol=1e-9)
    again = glances(rng(0), whole(TALK), EYES[0])
    np.testing.assert_array_equal(again.at(np.arange(0, 60, 1 / 720)), fine)
