import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.metrics import plain
from tests.training.metrics.faces import judged_law
from vrface.training.metrics.laws import LawSums, reliability
from vrface.training.rivals.law import Law


def drawn(loc, scale, shape, seed=3):
    """Faces of a censored logistic law: with point masses at 0 and 1."""
    u = np.random.default_rng(seed).random(shape)
    return np.clip(loc + scale * np.log(u / (1 - u)), 0, 1)


def pit(loc, scale, truth):
    law = Law(np.float32(loc) * np.ones(1, np.float32), np.float32(scale) * np.ones(1, np.float32))
    return law.pit(truth, np.random.default_rng(4).random(truth.shape))


def spread(values):
    """What is said of a law by its PIT alone."""
    return judged_law(np.zeros_like(values), pit=values)


@pytest.mark.parametrize(("loc", "scale"), [(0.5, 0.05), (0.0, 0.05), (-0.1, 0.08), (0.98, 0.1)])
def test_a_perfect_law_covers_its_90_percent_with_point_masses_too(loc, scale):
    found = spread(pit(loc, scale, drawn(loc, scale, (40_000, 2))))
    assert found.coverage90 == pytest.approx(0.9, abs=0.006)
    assert found.reliability == pytest.approx([0.05] * 20, abs=0.006)


def test_a_closed_interval_would_call_a_perfect_law_too_wide():
    truth = drawn(0.0, 0.05, 40_000)
    low, high = (np.clip(0.05 * np.log(p / (1 - p)), 0, 1) for p in (0.05, 0.95))
    assert ((truth >= low) & (truth <= high)).mean() > 0.94


def test_a_wrong_spread_shows_in_coverage_and_in_the_shape_of_reliability():
    truth = drawn(0.3, 0.05, (40_000, 1))
    narrow, wide = (spread(pit(0.3, scale, truth)) for scale in (0.02, 0.15))
    assert narrow.coverage90 < 0.65
    assert wide.coverage90 > 0.97
    shares = narrow.reliability
    assert min(shares[0], shares[-1]) > 3 * max(shares[8:12])
    shares = wide.reliability
    assert max(shares[0], shares[-1]) < 0.3 * min(shares[8:12])


def test_a_wrong_place_shows_as_a_slope():
    found = spread(pit(0.3, 0.05, drawn(0.36, 0.05, (40_000, 1))))
    quarters = np.reshape(found.reliability, (4, 5)).sum(axis=1)
    assert list(quarters) == sorted(quarters)
    assert quarters[3] > 2 * quarters[0]


INSIDE = st.builds(lambda part, at: (part + at) / 20, st.integers(0, 19), st.floats(0.01, 0.99))


@given(st.lists(st.sampled_from([np.nan, 0.0, 1.0]) | INSIDE, min_size=1))
def test_shares_are_of_what_is_known_and_sum_to_one(values):
    column = np.array(values)[:, None]
    found = spread(column)
    assert found.reliability == pytest.approx(plain.reliability(column))
    assert found.coverage90 == pytest.approx(plain.coverage90(column))
    if np.isnan(values).all():
        assert found.reliability is None
    else:
        assert len(found.reliability) == 20
        assert sum(found.reliability) == pytest.approx(1)
        assert all(type(share) is float for share in found.reliability)


def test_skill_and_excess_are_split_by_active_frames():
    active = np.array([True, True, False, False])
    neutral = np.array([[0.4], [0.2], [0.01], [np.nan]])
    found = judged_law(np.array([[0.1], [0.2], [0.03], [np.nan]]), neutral, active=active)
    assert found.crps == pytest.approx(0.11)
    assert found.skill == pytest.approx(1 - 0.33 / 0.61)
    assert found.active_skill == pytest.approx(0.5)
    assert found.still_excess == pytest.approx(0.02)
    assert judged_law(neutral, neutral, active=active).active_skill == 0


def test_frames_are_counted_by_the_truth_and_not_by_who_says_nothing():
    active, known = np.array([True, True, False]), np.array([[True], [True], [True]])
    neutral = np.array([[0.4], [0.4], [0.01]])
    found = judged_law(np.array([[np.nan], [0.1], [0.01]]), neutral, active=active, known=known)
    assert (found.crps, found.skill, found.active_skill) == (None, None, None)
    # Inside the frames it does answer for, it is judged as anybody is.
    known[0] = False
    found = judged_law(np.array([[np.nan], [0.1], [0.01]]), neutral, active=active, known=known)
    assert found.active_skill == pytest.approx(0.75)


def test_nothing_known_is_undefined():
    nothing = np.full((100, 2), np.nan)
    assert set(vars(judged_law(nothing, nothing, nothing)).values()) == {None}
    zeros = np.zeros((4, 1))
    assert judged_law(zeros, zeros).skill is None


@pytest.mark.parametrize("places", [[0], [1, 3], [4], [0, 1, 2, 3, 4]])
def test_any_set_of_channels_is_judged_as_the_formulas_say(places):
    rng = np.random.default_rng(0)
    crps, raw, neutral, uniform = rng.random((4, 400, 5))
    active = rng.random(400) < 0.3
    for scores in (crps, raw, neutral, uniform):
        scores[50:90] = np.nan
        scores[200:, 4] = np.nan
    scored = {"crps": crps, "crps_raw": raw, "neutral": neutral, "pit": uniform}
    sums = LawSums.of(np.isfinite(crps), active, **scored)
    own = (scores[:, places] for scores in (crps, raw, neutral, uniform))
    assert sums.metrics(np.array(places)) == pytest.approx(plain.law_metrics(active, *own))
    shares = plain.reliability(uniform[:, places])
    assert reliability(sums.parts[:, places]) == pytest.approx(shares)
