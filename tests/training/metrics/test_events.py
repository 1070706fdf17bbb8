import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.metrics.faces import PERIOD_S, late
from vrface.training.metrics.events import blinks, brow_raises, held, runs

SECONDS = 60
FRAMES = SECONDS * 60
BLINKS_S = (3.0, 9.5, 16.25, 22.0, 31.5, 40.0, 52.0)


def bumps(starts_s, length_s=0.25, height=0.9, seconds=SECONDS):
    """[frames] raised cosines."""
    time_s = np.arange(seconds * 60) * PERIOD_S
    weights = np.zeros(len(time_s))
    for start in starts_s:
        phase = np.clip((time_s - start) / length_s, 0, 1)
        weights = np.maximum(weights, height * (0.5 - 0.5 * np.cos(2 * np.pi * phase)))
    return weights


def eyes(left, right=None):
    return np.stack([left, left if right is None else right], axis=1)


def judged(truth, shown):
    return blinks(truth, shown, PERIOD_S)


TRUTH = eyes(bumps(BLINKS_S))
OPEN = np.zeros_like(TRUTH)


def test_the_truth_finds_every_blink():
    assert judged(TRUTH, TRUTH) == {
        "truth_per_minute": pytest.approx(7),
        "shown_per_minute": pytest.approx(7),
        "f1_50ms": 1,
        "f1_100ms": 1,
        "onset_error_ms": 0,
        "false_per_minute": 0,
        "winks": 0,
        "winks_kept": 0,
    }


def test_a_dead_face_finds_none_and_makes_none_up():
    found = judged(TRUTH, OPEN)
    assert (found["f1_50ms"], found["f1_100ms"]) == (0, 0)
    assert (found["shown_per_minute"], found["false_per_minute"]) == (0, 0)
    assert found["onset_error_ms"] is None


def test_where_no_one_blinks_there_is_nothing_to_find_but_blinks_made_up_count():
    found = judged(OPEN, TRUTH)
    assert found["f1_100ms"] is None
    assert found["false_per_minute"] == pytest.approx(7)


@pytest.mark.parametrize(("lag_s", "at_50", "at_100"), [(0.04, 1, 1), (0.08, 0, 1), (0.13, 0, 0)])
def test_a_late_blink_is_found_within_its_tolerance(lag_s, at_50, at_100):
    found = judged(TRUTH, late(TRUTH, lag_s))
    assert (found["f1_50ms"], found["f1_100ms"]) == (at_50, at_100)
    if at_100:
        assert found["onset_error_ms"] == pytest.approx(lag_s * 1e3, abs=4)
        assert judged(late(TRUTH, lag_s), TRUTH)["onset_error_ms"] == pytest.approx(
            -lag_s * 1e3, abs=4
        )


def test_one_shown_blink_answers_for_one_true_one():
    twice = eyes(bumps([10.0, 10.3], length_s=0.2))
    once = eyes(bumps([10.0], length_s=0.2))
    assert judged(twice, once)["f1_100ms"] == pytest.approx(2 / 3)
    assert judged(once, twice)["f1_100ms"] == pytest.approx(2 / 3)
    assert judged(once, twice)["false_per_minute"] == pytest.approx(1)


def test_a_trembling_lid_is_one_blink_and_a_half_open_one_none():
    trembling = TRUTH + np.random.default_rng(0).normal(0, 0.04, TRUTH.shape)
    assert judged(TRUTH, trembling)["f1_100ms"] == 1
    assert judged(TRUTH, eyes(bumps(BLINKS_S, height=0.38)))["shown_per_minute"] == 0


def test_a_long_closure_is_no_blink():
    asleep = np.maximum(bumps(BLINKS_S), bumps([45.0], length_s=2.0))
    assert judged(eyes(asleep), TRUTH)["truth_per_minute"] == pytest.approx(7)


def test_both_lids_make_one_blink_even_when_one_is_a_little_later():
    apart = eyes(bumps(BLINKS_S), bumps(np.array(BLINKS_S) + 0.04))
    found = judged(apart, TRUTH)
    assert found["truth_per_minute"] == pytest.approx(7)
    assert found["onset_error_ms"] == pytest.approx(0, abs=1)
    assert found["winks"] == 0


def test_a_blink_cut_by_a_gap_counts_for_nobody():
    truth = TRUTH.copy()
    truth[int(9.6 * 60) : int(9.9 * 60)] = np.nan
    shown = np.where(np.isfinite(truth), TRUTH, 1.0)
    found = judged(truth, shown)
    minutes = (FRAMES - 18) / FRAMES
    assert found["truth_per_minute"] == pytest.approx(6 / minutes)
    assert found["false_per_minute"] == 0
    assert found["f1_50ms"] == 1


def test_a_blink_at_the_very_start_or_end_is_cut_too():
    closed = np.zeros_like(TRUTH)
    closed[:10] = closed[-10:] = 0.9
    assert judged(closed, OPEN)["truth_per_minute"] == 0


def winking(left_s, right_s, drag=0.3, length_s=0.4):
    left, right = bumps(left_s, length_s), bumps(right_s, length_s)
    return eyes(np.maximum(left, drag * right), np.maximum(right, drag * left))


def test_a_wink_is_kept_by_the_same_eye_alone():
    truth = np.maximum(TRUTH, winking([12.0], [28.0, 47.0]))
    assert (judged(truth, truth)["winks"], judged(truth, truth)["winks_kept"]) == (3, 3)
    blinked = np.repeat(truth.max(axis=1, keepdims=True), 2, axis=1)
    assert judged(truth, blinked)["winks_kept"] == 0
    assert judged(truth, truth[:, ::-1])["winks_kept"] == 0
    assert judged(truth, late(truth, 0.08))["winks_kept"] == 3
    assert judged(truth, np.maximum(TRUTH, winking([], [28.0])))["winks_kept"] == 1


def test_a_long_wink_is_a_wink_though_no_blink():
    found = judged(winking([20.0], [], length_s=1.5), OPEN)
    assert (found["winks"], found["truth_per_minute"]) == (1, 0)


def test_nothing_known_has_no_rate():
    found = judged(np.full((100, 2), np.nan), np.zeros((100, 2)))
    assert found["truth_per_minute"] is None
    assert found["f1_100ms"] is None
    rates = brow_raises(np.zeros((100, 0)), np.zeros((100, 0)), PERIOD_S)
    assert set(rates.values()) == {None}


@given(st.lists(st.floats(0.5, 58), max_size=12), st.lists(st.floats(0.5, 58), max_size=12))
def test_found_and_made_up_add_up(true_s, shown_s):
    found = blinks(eyes(bumps(true_s, 0.2)), eyes(bumps(shown_s, 0.2)), PERIOD_S)
    true, shown, false = (
        found[f"{name}_per_minute"] or 0.0 for name in ("truth", "shown", "false")
    )
    assert 0 <= false <= shown
    if true:
        assert found["f1_100ms"] == pytest.approx(2 * (shown - false) / (true + shown))
        assert (found["f1_50ms"] or 0) <= (found["f1_100ms"] or 0)


def test_brow_raises_beyond_the_truth_are_those_far_from_any():
    raises = bumps([5.0, 20.0, 40.0], length_s=2.0, height=0.5)
    truth = np.stack([raises, 0.5 * raises], axis=1)
    shown = np.stack([0 * raises, bumps([6.5, 22.6, 50.0], length_s=1.0, height=0.4)], axis=1)
    # The second starts .6 s above .1 after the true one went below it; the third is alone.
    found = brow_raises(truth, shown, PERIOD_S)
    assert found == pytest.approx(
        {"truth_per_minute": 3, "shown_per_minute": 3, "beyond_truth_per_minute": 2}
    )
    assert brow_raises(truth, truth, PERIOD_S)["beyond_truth_per_minute"] == 0
    assert brow_raises(truth, 0.3 * truth, PERIOD_S)["shown_per_minute"] == 0


def test_a_brow_that_stays_up_is_one_raise_and_a_lost_face_ends_it():
    truth = np.full((FRAMES, 1), 0.5)
    assert brow_raises(truth, truth, PERIOD_S)["truth_per_minute"] == pytest.approx(1)
    wavering = np.where(np.arange(FRAMES) % 10 < 5, 0.25, 0.15)[:, None]
    assert brow_raises(wavering, wavering, PERIOD_S)["truth_per_minute"] == pytest.approx(1)
    truth[600:660] = np.nan
    found = brow_raises(truth, np.full((FRAMES, 1), 0.5), PERIOD_S)
    assert found["truth_per_minute"] == pytest.approx(2 * 60 / 59)
    assert found["beyond_truth_per_minute"] == 0


def test_an_event_is_held_until_it_falls_below_its_release_or_is_lost():
    track = np.array([0.25, 0.3, 0.2, 0.25, 0.1, 0.4, np.nan, 0.2])
    np.testing.assert_array_equal(held(track, 0.3, 0.15), [[1, 4], [5, 6]])
    assert held(track[:0], 0.3, 0.15).shape == (0, 2)


def test_runs_reach_both_ends():
    np.testing.assert_array_equal(runs(np.array([True, False, True, True])), [[0, 1], [2, 4]])
    assert runs(np.zeros(0, np.bool_)).shape == (0, 2)
