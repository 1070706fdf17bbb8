"""The law's closed forms against numbers found without them."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.model import law

locations = st.floats(-0.5, 1.5, width=32)
log_scales = st.floats(float(np.log(0.0041)), float(np.log(0.5)))
weights = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1, width=32))

GRID = (np.arange(20_000) + 0.5) / 20_000
LOGIT = np.log(GRID) - np.log1p(-GRID)


@settings(max_examples=60)
@given(locations, log_scales)
def test_mean_and_stddev_against_quadrature(loc: float, log_scale: float) -> None:
    scale = float(np.exp(log_scale))
    values = np.clip(loc + scale * LOGIT, 0, 1)
    assert float(law.mean(loc, scale)) == pytest.approx(values.mean(), abs=2e-5)
    assert float(law.stddev(loc, scale)) == pytest.approx(values.std(), abs=1e-3)


@settings(max_examples=60)
@given(locations, log_scales, weights)
def test_crps_against_quadrature(loc: float, log_scale: float, y: float) -> None:
    scale = float(np.exp(log_scale))
    below = 1 / (1 + np.exp(-(GRID - loc) / scale))
    expected = np.mean((below - (y <= GRID)) ** 2)
    assert float(law.crps(loc, scale, y)) == pytest.approx(expected, abs=1e-4)


def test_crps_against_monte_carlo() -> None:
    # CRPS = E|Y - y| - E|Y - Y'| / 2.
    rng = np.random.default_rng(0)
    u = rng.uniform(1e-6, 1 - 1e-6, (2, 200_000)).astype(np.float32)
    for loc, scale, y in ((0.1, 0.08, 0.3), (-0.05, 0.04, 0.0), (0.95, 0.2, 1.0)):
        one, other = (np.asarray(law.quantile(loc, scale, row)) for row in u)
        expected = np.abs(one - y).mean() - np.abs(one - other).mean() / 2
        assert float(law.crps(loc, scale, y)) == pytest.approx(expected, abs=1.5e-3)


@settings(max_examples=60)
@given(locations, log_scales)
def test_variance_to_the_last_digits_that_float32_has(loc: float, log_scale: float) -> None:
    # E[Y] and E[Y^2] as integrals of P(Y > y) over [0, 1], in float64.
    loc, scale = float(np.float32(loc)), float(np.float32(np.exp(log_scale)))
    above = 1 / (1 + np.exp(-(loc - GRID) / scale))
    expected = np.mean(2 * GRID * above) - np.mean(above) ** 2
    assert float(law.stddev(loc, scale)) ** 2 == pytest.approx(expected, abs=1e-6)


@given(locations, log_scales, st.floats(0.001, 0.999))
def test_quantile_and_cdf_are_inverse_inside(loc: float, log_scale: float, p: float) -> None:
    scale = float(np.exp(log_scale))
    y = float(law.quantile(loc, scale, p))
    assert 0.0 <= y <= 1.0
    if 0.0 < y < 1.0:
        assert float(law.cdf(loc, scale, y)) == pytest.approx(p, abs=2e-3)


def test_the_point_masses_are_in_the_cdf() -> None:
    assert float(law.cdf(-0.1, 0.05, -1e-3)) == 0.0
    assert float(law.cdf(-0.1, 0.05, 0.0)) > 0.8
    assert float(law.cdf(1.2, 0.05, 1.0)) == 1.0


@pytest.mark.parametrize(("loc", "scale"), [(0.1, 0.08), (-0.05, 0.04), (0.95, 0.2), (0.5, 0.004)])
def test_draws_spread_as_the_law_says(loc: float, scale: float) -> None:
    count = 40_000
    laws = np.full(count, loc, np.float32), np.full(count, scale, np.float32)
    drawn = np.asarray(law.draw(jax.random.key(0), *laws))
    assert ((drawn >= 0.0) & (drawn <= 1.0)).all()
    at = np.linspace(0.0, 1.0, 41, dtype=np.float32)
    shares = (drawn[:, None] <= at).mean(axis=0)
    # Four deviations of a share of 40000.
    expected = law.cdf(np.full_like(at, loc), np.full_like(at, scale), at)
    np.testing.assert_allclose(shares, expected, atol=0.01)


def test_a_key_draws_the_same_again_and_another_key_does_not() -> None:
    laws = np.full((3, 54), 0.5, np.float32), np.full((3, 54), 0.1, np.float32)
    one, again, other = (law.draw(jax.random.key(seed), *laws) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (np.asarray(one) != np.asarray(other)).mean() > 0.99


def test_a_sharper_law_at_the_truth_scores_better() -> None:
    scores = [float(law.crps(0.4, scale, 0.4)) for scale in (0.2, 0.1, 0.05, 0.01)]
    assert scores == sorted(scores, reverse=True)


def test_extremes_stay_finite() -> None:
    loc = np.array([-1e4, -1.0, 0.0, 1.0, 2.0, 1e4], np.float32)
    scale = np.full_like(loc, law.MIN_SCALE)
    for value in (law.mean(loc, scale), law.stddev(loc, scale), law.crps(loc, scale, loc * 0)):
        assert np.isfinite(value).all()


def test_gradients_exist_for_training() -> None:
    slope = jax.grad(lambda loc, scale: law.crps(loc, scale, 0.3), argnums=(0, 1))(0.5, 0.1)
    assert np.isfinite(slope).all()
    assert slope[0] > 0


def test_a_table_gives_each_knot_its_scale_and_lines_between() -> None:
    knots = np.array(law.KNOTS, np.float32)
    table = np.stack([np.arange(8), 10 + np.arange(8)], axis=1).astype(np.float32) / 100
    tables = np.broadcast_to(table, (8, 8, 2))
    at_knots = law.scale_at(tables, np.stack([knots, knots], axis=1))
    np.testing.assert_allclose(at_knots, table, atol=1e-6)
    between = (knots[:-1] + knots[1:]) / 2
    halves = law.scale_at(tables[:7], np.stack([between, between], axis=1))
    np.testing.assert_allclose(halves, (table[:-1] + table[1:]) / 2, atol=1e-6)
    beyond = np.array([[-3.0, 5.0]], np.float32)
    np.testing.assert_allclose(law.scale_at(tables[:1], beyond), [[0.0, 0.17]], atol=1e-6)
