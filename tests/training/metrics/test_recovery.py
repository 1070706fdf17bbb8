import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.metrics.faces import PERIOD_S, face
from vrface.training.metrics.recovery import recovery

FRAMES = 1200
DROPS = ((200, 260), (500, 560), (800, 860))
TRUTH = face(channels=4, frames=FRAMES)
TIME = np.arange(FRAMES)


def disturbed(after, apart=0.5):
    """The truth with every channel `apart` off in each drop, and `after(frames since)` of that."""
    off = np.zeros(FRAMES)
    for start, stop in DROPS:
        since = TIME - stop
        off[start:stop] = apart
        off = np.where(since >= 0, apart * after(np.maximum(since, 0)), off)
    return TRUTH + off[:, None]


def judged(shown, drops=DROPS):
    return recovery(TRUTH, TRUTH, shown, drops, PERIOD_S)


def test_a_face_that_is_back_at_once():
    found = judged(disturbed(lambda since: 0.0 * since))
    assert found["recovery_ms"] == 0
    assert found["overshoot"] == 0
    assert found["mae_dropped"] == pytest.approx(0.5)


@pytest.mark.parametrize("frames", [6, 30, 120])
@pytest.mark.parametrize("apart", [0.2, 0.8])
def test_recovery_is_the_time_until_a_tenth_of_the_difference_is_left(frames, apart):
    shown = disturbed(lambda since: np.clip(1 - since / frames, 0, 1), apart)
    # 1 - t / frames falls below a tenth when t > .9 frames: at once, or a frame later.
    expected = 0.9 * frames * PERIOD_S * 1e3
    assert expected - 1 <= judged(shown)["recovery_ms"] <= expected + PERIOD_S * 1e3 + 1
    assert judged(shown)["overshoot"] == 0
    assert judged(shown)["came_off"] == 3


def test_one_shape_that_is_late_is_not_hidden_by_all_others():
    late, soon = (disturbed(lambda since, n=n: np.clip(1 - since / n, 0, 1)) for n in (60, 6))
    both = np.concatenate([np.repeat(soon, 10, axis=1), late[:, :1]], axis=1)
    truth = np.concatenate([np.repeat(TRUTH, 10, axis=1), TRUTH[:, :1]], axis=1)
    found = recovery(truth, truth, both, DROPS, PERIOD_S)
    assert found["recovery_ms"] == judged(late)["recovery_ms"]


def test_passing_through_is_not_being_back():
    shown = disturbed(lambda since: np.exp(-since / 20) * np.cos(since / 6))
    found = judged(shown)
    assert found["recovery_ms"] > 500
    swing = -np.min(np.exp(-TIME / 20) * np.cos(TIME / 6))
    assert found["overshoot"] == pytest.approx(swing)


def test_a_kick_further_away_is_overshoot_too():
    shown = disturbed(lambda since: np.where(since < 10, 1.4, 0.0))
    assert judged(shown)["overshoot"] == pytest.approx(0.4)


def test_a_face_that_never_comes_back_took_at_least_until_the_next_drop():
    found = judged(disturbed(lambda since: np.ones_like(since)))
    # 240 frames to the next drop, twice; 340 to the end.
    assert found["recovery_ms"] == pytest.approx(240 * PERIOD_S * 1e3)


@pytest.mark.parametrize("apart", [0.0, 0.09])
def test_a_face_that_hardly_comes_off_has_nothing_to_come_back_from(apart):
    found = judged(disturbed(lambda since: 0.0 * since, apart))
    assert (found["came_off"], found["recovery_ms"], found["overshoot"]) == (0, None, None)
    assert found["mae_dropped"] == pytest.approx(apart)


def test_only_drops_that_came_off_count():
    shown = disturbed(lambda since: np.clip(1 - since / 30, 0, 1))
    shown[:560] = TRUTH[:560]
    found = judged(shown)
    assert found["came_off"] == 1
    assert found["recovery_ms"] == pytest.approx(27.5 * PERIOD_S * 1e3, abs=0.6 * PERIOD_S * 1e3)


def test_holding_the_last_face_is_judged_by_the_truth_of_the_drop():
    expected = np.concatenate([TRUTH[a:b] - TRUTH[a - 1] for a, b in DROPS])
    assert judged(TRUTH)["hold_last_mae"] == pytest.approx(np.abs(expected).mean())


def test_what_is_not_scored_does_not_count_in_the_errors():
    truth = TRUTH.copy()
    truth[200:260] = np.nan
    found = recovery(truth, TRUTH, TRUTH + 0.25, DROPS, PERIOD_S)
    assert found["mae_dropped"] == pytest.approx(0.25)


def test_a_drop_at_the_start_has_nothing_to_hold_and_one_at_the_end_no_return():
    shown = disturbed(lambda since: 0.0 * since)
    assert judged(shown, [(0, 60)])["hold_last_mae"] is None
    last = judged(shown, [(1100, FRAMES)])
    assert (last["recovery_ms"], last["overshoot"]) == (None, None)
    assert last["mae_dropped"] == 0


def test_without_drops_nothing_is_defined():
    found = judged(TRUTH, ())
    assert found.pop("came_off") == 0
    assert set(found.values()) == {None}


@given(st.floats(0.11, 1.0), st.floats(1.0, 60.0))
def test_figures_follow_the_size_of_the_swing_alone(apart, tau):
    shown = disturbed(lambda since: np.exp(-since / tau) * np.cos(since / 6), apart)
    found = judged(shown)
    expected = max(-np.min(np.exp(-TIME[:60] / tau) * np.cos(TIME[:60] / 6)), 0)
    assert found["overshoot"] == pytest.approx(expected, abs=1e-9)
    assert found["mae_dropped"] == pytest.approx(apart)
