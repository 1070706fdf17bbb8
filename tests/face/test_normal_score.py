"""Normal scores: log-odds of a normal share, and the way back."""

from statistics import NormalDist

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.normal_score import log_odds, mean_below, score_of


@given(st.floats(-6.0, 6.0))
def test_log_odds_are_those_of_the_share_below(score):
    below, above = NormalDist().cdf(score), NormalDist().cdf(-score)
    assert abs(log_odds(np.array(score)) - np.log(below / above)) < 1e-4


@given(st.floats(-7.9, 7.9))
def test_the_way_back_leads_back(score):
    assert abs(score_of(log_odds(np.array(score))) - score) < 1e-6


def test_what_is_out_of_reach_stays_finite():
    assert np.isfinite(log_odds(np.array([-np.inf, -50.0, 50.0, np.inf]))).all()


def test_the_mean_below_a_score_is_that_of_a_sample():
    drawn = np.random.default_rng(0).normal(size=400_000)
    for score in (-1.0, 0.0, 1.5):
        assert abs(mean_below(np.array(score)) - drawn[drawn < score].mean()) < 0.01
