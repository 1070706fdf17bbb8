import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.training.metrics import plain
from tests.training.metrics.faces import FRAMES, PERIOD_S, about, face, judged, late
from vrface.training.metrics.movement import Truth

MOVEMENT = ("r2", "ccc", "sd_ratio", "velocity_ratio", "jerk_ratio", "lag_ms")
TRUTH = face()
NOISE = np.random.default_rng(1).normal(0, 0.1, TRUTH.shape)
WEIGHTS = arrays(np.float64, (7, 3), elements=st.floats(0, 1, width=32))


def movement(truth, predicted):
    """What is said of how a face moves."""
    found = vars(judged(truth, predicted))
    return {name: found[name] for name in MOVEMENT}


def test_the_truth_itself_is_perfect():
    ideal = judged(TRUTH, TRUTH)
    assert (ideal.mae, ideal.rmse, ideal.r2) == (0, 0, 1)
    for ratio in (ideal.ccc, ideal.sd_ratio, ideal.velocity_ratio, ideal.jerk_ratio):
        assert ratio == pytest.approx(1)
    assert ideal.lag_ms == pytest.approx(0, abs=0.1)


def test_an_error_by_hand():
    truth = np.array([[0.0, 0.5], [np.nan, 1.0]])
    predicted = np.array([[0.3, 0.5], [9.0, 0.6]])
    found = judged(truth, predicted)
    assert found.mae == pytest.approx(0.7 / 3)
    assert found.rmse == pytest.approx(np.sqrt((0.09 + 0.16) / 3))


@given(WEIGHTS, WEIGHTS)
def test_large_errors_count_more_in_rmse(truth, predicted):
    found = judged(truth, predicted)
    assert found.mae <= found.rmse + 1e-9
    assert (found.rmse == 0) == np.array_equal(truth, predicted)


def test_a_dead_face_shows_in_its_liveliness_and_not_in_its_error():
    dead = judged(TRUTH, np.zeros_like(TRUTH))
    assert dead.mae < 0.8 * judged(TRUTH, face(seed=9)).mae
    assert (dead.sd_ratio, dead.velocity_ratio, dead.jerk_ratio, dead.ccc) == (0, 0, 0, 0)
    assert dead.r2 < 0
    assert dead.lag_ms is None


def test_attenuation_shows_in_concordance_and_ratios():
    assert np.corrcoef(TRUTH.ravel(), 0.5 * TRUTH.ravel())[0, 1] == pytest.approx(1)
    half = judged(TRUTH, 0.5 * TRUTH)
    assert half.ccc < 0.85
    assert half.sd_ratio == pytest.approx(0.5)
    assert half.velocity_ratio == pytest.approx(0.5)
    assert half.lag_ms == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("lag_s", [0.08, 0.02, 0.0375, -0.05])
def test_a_delay_shows_as_lag_to_half_a_frame_and_in_no_ratio(lag_s):
    behind = judged(TRUTH, late(TRUTH, lag_s))
    assert behind.lag_ms == pytest.approx(lag_s * 1e3, abs=4)
    assert behind.sd_ratio == pytest.approx(1, abs=0.03)
    assert behind.velocity_ratio == pytest.approx(1, abs=0.05)


def test_a_delay_beyond_the_range_has_no_lag():
    assert judged(TRUTH, late(TRUTH, 0.3)).lag_ms is None


def test_jitter_shows_in_velocity_and_most_of_all_in_jerk():
    jittering, faintly = (judged(TRUTH, TRUTH + gain * NOISE) for gain in (1, 0.05))
    assert jittering.velocity_ratio > 3
    assert jittering.sd_ratio < 1.2
    assert faintly.velocity_ratio < 1.4
    assert faintly.jerk_ratio > 2


def test_jerk_is_counted_across_no_gap():
    truth = TRUTH.copy()
    truth[600:900] = np.nan
    jumpy = TRUTH.copy()
    jumpy[900:] += 5.0
    assert judged(truth, jumpy).jerk_ratio == pytest.approx(1)
    short = np.where(np.arange(FRAMES)[:, None] % 3 == 0, np.nan, TRUTH)
    assert judged(short, TRUTH).jerk_ratio is None


def test_a_plausible_but_unrelated_face_shows_in_agreement_alone():
    unrelated = judged(TRUTH, face(seed=9))
    assert abs(unrelated.ccc) < 0.15
    assert unrelated.r2 < -0.5
    assert unrelated.sd_ratio == pytest.approx(1, abs=0.3)
    assert unrelated.velocity_ratio == pytest.approx(1, abs=0.3)
    assert unrelated.lag_ms is None


def test_an_offset_lowers_concordance_but_not_by_knowing_where_channels_rest():
    rests = np.array([0.0, 0.3, 0.55])
    truth = 0.5 * TRUTH + rests
    assert judged(truth, np.tile(rests, (FRAMES, 1))).r2 < 0
    assert judged(TRUTH, TRUTH + 0.3).ccc < 0.8


def test_channels_that_hardly_move_are_left_out_of_movement_metrics():
    still = np.random.default_rng(2).normal(0.1, 0.01, (FRAMES, 1))
    assert set(movement(still, still).values()) == {None}
    both = np.hstack([TRUTH, still])
    predicted = np.hstack([0.5 * TRUTH, NOISE[:, :1]])
    assert movement(both, predicted) == pytest.approx(movement(TRUTH, 0.5 * TRUTH))
    assert judged(still, still + 0.5).mae == pytest.approx(0.5)


def test_unknown_frames_are_not_scored():
    truth = TRUTH.copy()
    truth[600:900] = np.nan
    wild = TRUTH.copy()
    wild[600:900] = 7.0
    found = judged(truth, wild)
    assert (found.mae, found.r2) == (0, 1)
    for ratio in (found.ccc, found.sd_ratio, found.velocity_ratio):
        assert ratio == pytest.approx(1)
    assert judged(truth, late(wild, 0.05)).lag_ms == pytest.approx(50, abs=4)


def test_nothing_known_is_undefined():
    nothing = np.full((100, 2), np.nan)
    assert set(vars(judged(nothing, np.zeros((100, 2)))).values()) == {None}


@given(st.floats(0.1, 3.0), st.floats(-0.5, 0.5))
def test_ratios_scale_with_the_prediction(gain, offset):
    scaled = judged(TRUTH, gain * TRUTH + offset)
    for ratio in (scaled.sd_ratio, scaled.velocity_ratio, scaled.jerk_ratio):
        assert ratio == pytest.approx(gain)
    assert scaled.ccc <= 1 + 1e-9


FACES = {
    "truth": TRUTH,
    "dead": np.zeros_like(TRUTH),
    "half": 0.5 * TRUTH + 0.1,
    "late": late(TRUTH, 0.0375),
    "early": late(TRUTH, -0.05),
    "jittering": TRUTH + NOISE,
    "unrelated": face(seed=9),
}


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("name", FACES)
def test_known_faces_are_judged_as_the_formulas_say(name, lost):
    truth = TRUTH.copy()
    if lost:
        truth[600:900] = np.nan
        truth[2000:, 1] = np.nan
    expected = plain.face_metrics(truth, FACES[name], PERIOD_S)
    assert vars(judged(truth, FACES[name])) == pytest.approx(expected, abs=1e-9)


@pytest.fixture(scope="module")
def faces():
    """A face of five channels, one of them dead, with gaps; and a late, noisy one after it."""
    rng = np.random.default_rng(0)
    steps = rng.normal(size=(900, 5)) * [0.3, 0.3, 0.001, 0.3, 0.3]
    truth = np.clip(0.4 + 0.2 * np.sin(np.cumsum(steps, axis=0)), 0, 1)
    shown = 0.8 * np.roll(truth, 5, axis=0) + 0.02 * rng.normal(size=truth.shape)
    truth[100:130] = np.nan
    truth[400:, 4] = np.nan
    return truth.astype(np.float32), shown.astype(np.float32)


@pytest.mark.parametrize("places", [[0], [2], [0, 1], [4], [0, 2, 3], [0, 1, 2, 3, 4]])
def test_any_set_of_channels_is_judged_as_the_formulas_say(faces, places):
    truth, shown = faces
    found = Truth.of(truth, PERIOD_S).against(shown).metrics(np.array(places))
    expected = plain.face_metrics(truth[:, places], shown[:, places], PERIOD_S)
    assert found == about(expected)
    if places == [0]:
        assert found["lag_ms"] == pytest.approx(5 * 1e3 / 60, abs=5)


def test_a_record_shorter_than_the_lags_has_no_lag():
    truth = np.random.default_rng(0).random((8, 1))
    found = judged(truth, truth)
    assert found.lag_ms is None
    assert found.r2 == pytest.approx(1.0)
