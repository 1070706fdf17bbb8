from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.training import metrics as typed

metrics: Any = typed  # what may be None is compared without asking here
PERIOD_S = 1 / 60
FRAMES = 3600


def face(seed=0, channels=3, frames=FRAMES):
    """A lively face: raised-cosine pulses of .15 to .6 s over stillness, as brows and lids move."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(frames) * PERIOD_S
    weights = np.zeros((frames, channels))
    for channel in range(channels):
        for start in np.cumsum(rng.uniform(0.4, 3.0, frames // 60)):
            phase = (time_s - start) / rng.uniform(0.15, 0.6)
            bump = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip(phase, 0, 1))
            weights[:, channel] = np.maximum(weights[:, channel], rng.uniform(0.4, 0.9) * bump)
    return weights


def late(weights, seconds):
    """The same face `seconds` later, between frames too."""
    time_s = np.arange(len(weights)) * PERIOD_S
    return np.stack([np.interp(time_s - seconds, time_s, column) for column in weights.T], axis=1)


TRUTH = face()
NOISE = np.random.default_rng(1).normal(0, 0.1, TRUTH.shape)


def test_the_truth_itself_is_perfect():
    assert metrics.mae(TRUTH, TRUTH) == 0
    assert metrics.rmse(TRUTH, TRUTH) == 0
    assert metrics.r2(TRUTH, TRUTH) == 1
    assert metrics.ccc(TRUTH, TRUTH) == pytest.approx(1)
    assert metrics.sd_ratio(TRUTH, TRUTH) == pytest.approx(1)
    assert metrics.velocity_ratio(TRUTH, TRUTH) == pytest.approx(1)
    assert metrics.lag_ms(TRUTH, TRUTH, PERIOD_S) == pytest.approx(0, abs=0.1)


def test_a_dead_face_shows_in_its_liveliness_and_not_in_its_error():
    dead = np.zeros_like(TRUTH)
    unrelated = face(seed=9)
    assert metrics.mae(TRUTH, dead) < 0.8 * metrics.mae(TRUTH, unrelated)
    assert metrics.sd_ratio(TRUTH, dead) == 0
    assert metrics.velocity_ratio(TRUTH, dead) == 0
    assert metrics.ccc(TRUTH, dead) == 0
    assert metrics.r2(TRUTH, dead) < 0
    assert metrics.lag_ms(TRUTH, dead, PERIOD_S) is None


def test_attenuation_shows_in_concordance_and_ratios():
    half = 0.5 * TRUTH
    assert np.corrcoef(TRUTH.ravel(), half.ravel())[0, 1] == pytest.approx(1)
    assert metrics.ccc(TRUTH, half) < 0.85
    assert metrics.sd_ratio(TRUTH, half) == pytest.approx(0.5)
    assert metrics.velocity_ratio(TRUTH, half) == pytest.approx(0.5)
    assert metrics.lag_ms(TRUTH, half, PERIOD_S) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("lag_s", [0.08, 0.02, 0.0375, -0.05])
def test_a_delay_shows_as_lag_to_half_a_frame_and_in_no_ratio(lag_s):
    behind = late(TRUTH, lag_s)
    assert metrics.lag_ms(TRUTH, behind, PERIOD_S) == pytest.approx(lag_s * 1e3, abs=4)
    assert metrics.sd_ratio(TRUTH, behind) == pytest.approx(1, abs=0.03)
    assert metrics.velocity_ratio(TRUTH, behind) == pytest.approx(1, abs=0.05)


def test_a_delay_beyond_the_range_has_no_lag():
    assert metrics.lag_ms(TRUTH, late(TRUTH, 0.3), PERIOD_S) is None


def test_jitter_shows_in_velocity():
    assert metrics.velocity_ratio(TRUTH, TRUTH + NOISE) > 3
    assert metrics.sd_ratio(TRUTH, TRUTH + NOISE) < 1.2


def test_a_plausible_but_unrelated_face_shows_in_agreement_alone():
    unrelated = face(seed=9)
    assert abs(metrics.ccc(TRUTH, unrelated)) < 0.15
    assert metrics.r2(TRUTH, unrelated) < -0.5
    assert metrics.sd_ratio(TRUTH, unrelated) == pytest.approx(1, abs=0.3)
    assert metrics.velocity_ratio(TRUTH, unrelated) == pytest.approx(1, abs=0.3)
    assert metrics.lag_ms(TRUTH, unrelated, PERIOD_S) is None


def test_an_offset_lowers_concordance_but_not_by_knowing_where_channels_rest():
    rests = np.array([0.0, 0.3, 0.55])
    truth = 0.5 * TRUTH + rests
    assert metrics.r2(truth, np.tile(rests, (FRAMES, 1))) < 0
    assert metrics.ccc(TRUTH, TRUTH + 0.3) < 0.8


def test_channels_that_hardly_move_are_left_out_of_movement_metrics():
    still = np.random.default_rng(2).normal(0.1, 0.01, (FRAMES, 1))
    for metric in (metrics.r2, metrics.ccc, metrics.sd_ratio, metrics.velocity_ratio):
        assert metric(still, still) is None
        both = np.hstack([TRUTH, still])
        predicted = np.hstack([0.5 * TRUTH, NOISE[:, :1]])
        assert metric(both, predicted) == pytest.approx(metric(TRUTH, 0.5 * TRUTH))
    assert metrics.lag_ms(still, still, PERIOD_S) is None
    assert metrics.mae(still, still + 0.5) == pytest.approx(0.5)


def test_unknown_frames_are_not_scored():
    truth = TRUTH.copy()
    truth[600:900] = np.nan
    wild = TRUTH.copy()
    wild[600:900] = 7.0
    assert metrics.mae(truth, wild) == 0
    assert metrics.r2(truth, wild) == 1
    assert metrics.ccc(truth, wild) == pytest.approx(1)
    assert metrics.sd_ratio(truth, wild) == pytest.approx(1)
    assert metrics.velocity_ratio(truth, wild) == pytest.approx(1)
    assert metrics.lag_ms(truth, late(wild, 0.05), PERIOD_S) == pytest.approx(50, abs=4)


def test_nothing_known_is_undefined():
    nothing = np.full((100, 2), np.nan)
    zeros = np.zeros((100, 2))
    for metric in (metrics.mae, metrics.rmse, metrics.r2, metrics.ccc, metrics.sd_ratio):
        assert metric(nothing, zeros) is None
    assert metrics.velocity_ratio(nothing, zeros) is None
    assert metrics.lag_ms(nothing, zeros, PERIOD_S) is None
    assert metrics.coverage90(nothing) is None
    active = np.zeros(100, bool)
    assert metrics.active_skill(nothing, nothing, active) is None
    assert metrics.still_excess(nothing, nothing, active) is None


@given(st.floats(0.1, 3.0), st.floats(-0.5, 0.5))
def test_ratios_scale_with_the_prediction(gain, offset):
    scaled = gain * TRUTH + offset
    assert metrics.sd_ratio(TRUTH, scaled) == pytest.approx(gain)
    assert metrics.velocity_ratio(TRUTH, scaled) == pytest.approx(gain)
    assert metrics.ccc(TRUTH, scaled) <= 1 + 1e-9


def drawn(loc, scale, shape, seed=3):
    """Faces of a censored logistic law: with point masses at 0 and 1."""
    u = np.random.default_rng(seed).random(shape)
    return np.clip(loc + scale * np.log(u / (1 - u)), 0, 1)


def coverage(loc, scale, truth):
    uniform = np.random.default_rng(4).random(truth.shape)
    return metrics.coverage90(metrics.randomised_pit(loc, scale, truth, uniform))


@pytest.mark.parametrize(("loc", "scale"), [(0.5, 0.05), (0.0, 0.05), (-0.1, 0.08), (0.98, 0.1)])
def test_a_perfect_law_covers_its_90_percent_with_point_masses_too(loc, scale):
    truth = drawn(loc, scale, (40_000, 2))
    assert coverage(loc, scale, truth) == pytest.approx(0.9, abs=0.006)
    pit = metrics.randomised_pit(loc, scale, truth, np.random.default_rng(5).random(truth.shape))
    counts, _ = np.histogram(pit, bins=10, range=(0, 1))
    assert counts / pit.size == pytest.approx(0.1, abs=0.01)


def test_a_closed_interval_would_call_a_perfect_law_too_wide():
    truth = drawn(0.0, 0.05, 40_000)
    low, high = (np.clip(0.05 * np.log(p / (1 - p)), 0, 1) for p in (0.05, 0.95))
    assert ((truth >= low) & (truth <= high)).mean() > 0.94


def test_a_wrong_spread_shows_in_coverage():
    truth = drawn(0.3, 0.05, (40_000, 1))
    assert coverage(0.3, 0.02, truth) < 0.65
    assert coverage(0.3, 0.15, truth) > 0.97


def test_skill_and_excess_are_split_by_active_frames():
    active = np.array([True, True, False, False])
    neutral = np.array([[0.4], [0.2], [0.01], [np.nan]])
    ours = np.array([[0.1], [0.2], [0.03], [np.nan]])
    assert metrics.active_skill(ours, neutral, active) == pytest.approx(0.5)
    assert metrics.still_excess(ours, neutral, active) == pytest.approx(0.02)
    assert metrics.active_skill(neutral, neutral, active) == 0
