"""Laws of rivals against numbers found without their closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.model.law import MIN_SCALE
from vrface.training.rivals.law import Law, Pool

POINTS = (np.arange(20_000) + 0.5) / 20_000
locations = st.floats(-0.5, 1.5, width=32)
scales = st.floats(float(np.log(0.0041)), float(np.log(0.5))).map(lambda log: float(np.exp(log)))
weights = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1, width=32))


def law(loc, scale, shape=(1,)):
    return Law(np.full(shape, loc, np.float32), np.full(shape, scale, np.float32))


def pool(share, *parts):
    first, second = (law(*part) for part in parts)
    return Pool(first, second, np.full(1, share, np.float32))


def below(loc, scale):
    """The distribution function inside [0, 1]."""
    return 1 / (1 + np.exp(-(POINTS - loc) / scale))


def drawn(rng, loc, scale, size):
    u = rng.random(size)
    return np.clip(loc + scale * np.log(u / (1 - u)), 0, 1)


def drawn_of_pool(rng, share, one, other, size):
    first, second = (drawn(rng, loc, scale, size) for loc, scale in (one, other))
    return np.where(rng.random(size) < share, first, second)


@settings(max_examples=60)
@given(locations, scales, weights)
def test_crps_of_a_law_against_fine_quadrature(loc, scale, truth):
    expected = np.mean((below(loc, scale) - (truth <= POINTS)) ** 2)
    assert law(loc, scale).crps(np.array([truth]))[0] == pytest.approx(expected, abs=1e-4)


@settings(max_examples=30)
@given(locations, scales, locations, scales, st.floats(0, 1, width=32), weights)
def test_crps_of_a_pool_against_fine_quadrature(loc, scale, other, spread, share, truth):
    mixed = share * below(loc, scale) + (1 - share) * below(other, spread)
    expected = np.mean((mixed - (truth <= POINTS)) ** 2)
    found = pool(share, (loc, scale), (other, spread)).crps(np.array([truth]))[0]
    assert found == pytest.approx(expected, abs=1.2e-4)


@pytest.mark.parametrize("apart", [0.0, 0.003, 0.01, 0.3])
def test_a_pool_of_the_narrowest_laws_keeps_its_crps(apart):
    share, truth = 0.4, 0.5
    parts = (0.5, MIN_SCALE), (0.5 + apart, MIN_SCALE)
    fine = (np.arange(1_000_000) + 0.5) / 1_000_000
    mixed = sum(
        part / (1 + np.exp(np.clip(-(fine - loc) / scale, None, 700)))
        for part, (loc, scale) in zip((share, 1 - share), parts, strict=True)
    )
    expected = np.mean((mixed - (truth <= fine)) ** 2)
    assert pool(share, *parts).crps(np.array([truth]))[0] == pytest.approx(expected, abs=2e-5)


ONE, OTHER = (0.1, 0.08), (0.7, 0.05)


@pytest.mark.parametrize("truth", [0.0, 0.2, 0.65, 1.0])
def test_crps_against_monte_carlo(truth):
    # CRPS = E|Y - y| - E|Y - Y'| / 2.
    rng = np.random.default_rng(0)
    for share in (1.0, 0.3):
        first, second = (drawn_of_pool(rng, share, ONE, OTHER, 200_000) for _ in range(2))
        expected = np.abs(first - truth).mean() - np.abs(first - second).mean() / 2
        found = pool(share, ONE, OTHER).crps(np.array([truth]))[0]
        assert found == pytest.approx(expected, abs=1.5e-3)
    assert law(*ONE).crps(np.array([truth]))[0] == pytest.approx(
        pool(1.0, ONE, OTHER).crps(np.array([truth]))[0], abs=1e-6
    )


def test_the_mean_of_a_law_and_of_a_pool_against_monte_carlo():
    rng = np.random.default_rng(1)
    assert law(*ONE).mean()[0] == pytest.approx(drawn(rng, *ONE, 400_000).mean(), abs=1e-3)
    expected = drawn_of_pool(rng, 0.3, ONE, OTHER, 400_000).mean()
    assert pool(0.3, ONE, OTHER).mean()[0] == pytest.approx(expected, abs=1.5e-3)


def test_a_perfect_law_has_the_least_crps_of_all():
    truth = drawn(np.random.default_rng(2), 0.2, 0.1, 100_000)
    mean = {
        (loc, scale): law(loc, scale).crps(truth).mean()
        for loc in (0.15, 0.2, 0.25)
        for scale in (0.07, 0.1, 0.14)
    }
    assert min(mean, key=lambda key: mean[key]) == (0.2, 0.1)


@pytest.mark.parametrize(("loc", "scale"), [(0.5, 0.05), (0.0, 0.05), (-0.1, 0.08), (0.98, 0.1)])
def test_the_transform_of_a_right_law_is_uniform_with_point_masses_too(loc, scale):
    rng = np.random.default_rng(3)
    found = law(loc, scale).pit(drawn(rng, loc, scale, 40_000), rng.random(40_000))
    counts, _ = np.histogram(found, bins=10, range=(0, 1))
    assert counts / found.size == pytest.approx(0.1, abs=0.01)


def test_the_transform_of_a_right_pool_is_uniform_and_of_its_parts_is_not():
    rng = np.random.default_rng(4)
    truth, uniform = drawn_of_pool(rng, 0.3, ONE, OTHER, 40_000), rng.random(40_000)

    def worst(predictive):
        counts, _ = np.histogram(predictive.pit(truth, uniform), bins=10, range=(0, 1))
        return np.abs(counts / truth.size - 0.1).max()

    assert worst(pool(0.3, ONE, OTHER)) < 0.01
    assert worst(law(*ONE)) > 0.2
    assert worst(law(*OTHER)) > 0.2


@pytest.mark.parametrize("uniform", [0.0, 0.4, 1.0])
def test_a_point_mass_is_spread_over_its_own_share(uniform):
    u = np.array([uniform])
    at_rest = 1 / (1 + np.exp(-(0 - 0.02) / 0.05))
    assert law(0.02, 0.05).pit(np.array([0.0]), u)[0] == pytest.approx(uniform * at_rest)
    in_full = 1 / (1 + np.exp(-(1 - 0.9) / 0.05))
    expected = in_full + uniform * (1 - in_full)
    assert law(0.9, 0.05).pit(np.array([1.0]), u)[0] == pytest.approx(expected)
    inside = law(0.3, 0.05).pit(np.array([0.3]), u)[0]
    assert inside == pytest.approx(0.5, abs=1e-6)


def test_a_law_far_from_the_truth_has_a_transform_all_the_same():
    far = law(-3.0, MIN_SCALE).pit(np.array([0.5, 1.0]), np.array([0.5, 0.5]))
    assert far == pytest.approx([1.0, 1.0])
    assert law(4.0, MIN_SCALE).pit(np.array([0.5]), np.array([0.5]))[0] == pytest.approx(0)


def test_unknown_truth_is_not_scored():
    truth = np.array([[0.2, np.nan]])
    for predictive in (law(0.1, 0.05, (1, 2)), pool(0.5, ONE, OTHER)):
        assert np.isfinite(predictive.crps(truth)).tolist() == [[True, False]]
        assert np.isfinite(predictive.pit(truth, np.full((1, 2), 0.5))).tolist() == [[True, False]]


@given(st.floats(0, 0.6), st.floats(-0.2, 1.2), scales, st.floats(0, 1))
def test_through_a_rest_a_law_is_that_of_the_weights_as_measured(rest, loc, scale, truth):
    resting = np.array([rest], np.float32)
    raw = law(loc, scale).through(resting)
    assert raw.loc[0] == pytest.approx(rest + (1 - rest) * loc, abs=1e-6)
    assert raw.scale[0] == pytest.approx((1 - rest) * scale, rel=1e-5)
    # Between the point masses the same weight lies at the same place of its law.
    u, measured = np.array([0.5]), np.array([rest + (1 - rest) * truth])
    if 0 < truth < 1 and 0 < measured[0] < 1:
        expected = law(loc, scale).pit(np.array([truth]), u)[0]
        assert raw.pit(measured, u)[0] == pytest.approx(expected, abs=2e-3)
    both = Pool(law(loc, scale), law(0.5, 0.1), np.full(1, 0.4, np.float32)).through(resting)
    assert both.first.loc == pytest.approx(raw.loc)
    assert both.second.loc[0] == pytest.approx(rest + (1 - rest) * 0.5, abs=1e-6)
    assert both.share[0] == np.float32(0.4)


def test_of_takes_one_wearers_shapes_and_repeats_what_is_constant():
    rng = np.random.default_rng(5)
    shapes = np.array([3, 40])
    moving = Law(
        rng.random((2, 9, 54)).astype(np.float32), rng.random((1, 1, 54)).astype(np.float32)
    )
    loc, scale = moving.of(1, 9, shapes)
    assert np.array_equal(loc, moving.loc[1][:, shapes])
    assert np.array_equal(scale, np.tile(moving.scale[0, 0, shapes], (9, 1)))
    still = Law(moving.loc[:1, :1], moving.scale)
    assert np.array_equal(still.of(1, 9, shapes).loc, np.tile(moving.loc[0, 0, shapes], (9, 1)))

    share = rng.random(54).astype(np.float32)
    both = Pool(moving, still, share).of(1, 9, shapes)
    assert np.array_equal(both.first.loc, loc)
    assert both.second.loc.shape == (9, 2)
    assert np.array_equal(both.share, share[shapes])
    assert both.crps(np.full((9, 2), 0.3)).shape == (9, 2)
    assert both.pit(np.full((9, 2), 0.3), np.full((9, 2), 0.5)).shape == (9, 2)
