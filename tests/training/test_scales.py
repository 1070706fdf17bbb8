"""Scales are as honest as rows allow, and no row that a fold left out has a say."""

import jax.numpy as jnp
import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.model import law
from vrface.model.checkpoint import LEVELS
from vrface.training.scales import (
    SCALES,
    TRUTHS,
    UNKNOWN_SCALE,
    CrpsByScale,
    crps_of_laws,
    histogram,
    least,
    scale_at,
)

RNG = np.random.default_rng(0)


def logistic(shape):
    u = RNG.uniform(1e-4, 1 - 1e-4, shape)
    return np.log(u) - np.log1p(-u)


def laws(rows, scale, low=0.1, high=0.6):
    """Locations, and truths drawn from laws there."""
    loc = RNG.uniform(low, high, (rows, COUNT)).astype(np.float32)
    return loc, np.clip(loc + scale * logistic(loc.shape), 0, 1).astype(np.float32)


def best_scales(loc, truth):
    return CrpsByScale.of(loc, truth).table()


def climatology(truth):
    return least(crps_of_laws(histogram(truth)))


@pytest.mark.parametrize("scale", [0.01, 0.05, 0.2])
def test_the_best_scale_is_the_one_the_truth_was_drawn_with(scale):
    found = best_scales(*laws(4000, scale))
    assert np.median(found) == pytest.approx(scale, rel=0.2)
    assert set(found.ravel()) <= set(SCALES)


@pytest.mark.parametrize("scale", [0.004, 0.03, 0.3])
def test_sums_on_the_grid_are_those_of_the_law(scale):
    loc, truth = laws(500, scale, low=-0.2, high=1.1)
    truth[::7] = np.nan
    scores = CrpsByScale.of(loc, truth)
    exact = [
        np.nanmean(np.asarray(law.crps(loc, np.full_like(loc, one), truth)), axis=0)
        for one in SCALES
    ]
    rows = scores.count.sum(axis=(0, 1))
    on_grid = (scores.total.sum(axis=(0, 1)) / rows[:, None]).T
    np.testing.assert_allclose(on_grid, exact, atol=3e-4)
    np.testing.assert_array_equal(rows, np.isfinite(truth).sum(axis=0))


def test_unknown_truth_changes_nothing():
    loc, truth = laws(1000, 0.05)
    holes = truth.copy()
    holes[::3] = np.nan
    known = np.delete(np.arange(1000), np.s_[::3])
    np.testing.assert_array_equal(best_scales(loc, holes), best_scales(loc[known], truth[known]))


def test_a_shape_that_nobody_knows_gets_an_uncertain_law():
    loc, truth = laws(500, 0.01)
    truth[:, 3] = np.nan
    assert (best_scales(loc, truth)[:, 3] == UNKNOWN_SCALE).all()
    where, scale = climatology(truth)
    assert (where[3], scale[3]) == (0.0, UNKNOWN_SCALE)


def test_a_fold_left_out_has_no_say():
    loc, truth = laws(900, 0.05)
    fold = np.arange(900) % 3
    truth[fold == 1] = loc[fold == 1]
    others = fold != 1
    scores = CrpsByScale.of(loc, truth, fold, 3)
    alone = best_scales(loc[others], truth[others])
    np.testing.assert_array_equal(scores.table(without=1), alone)
    assert scores.table().mean() < 0.8 * alone.mean()


def test_the_climatology_finds_location_and_spread():
    truth = np.clip(0.2 + 0.05 * logistic((3000, COUNT)), 0, 1).astype(np.float32)
    loc, scale = climatology(truth)
    assert np.median(loc) == pytest.approx(0.2, abs=0.03)
    assert np.median(scale) == pytest.approx(0.05, rel=0.25)
    dead = np.zeros((100, COUNT), np.float32)
    loc, scale = (np.broadcast_to(part, dead.shape) for part in climatology(dead))
    assert np.asarray(law.crps(loc, scale, dead)).max() < 1e-3


def test_a_histogram_counts_what_is_known():
    truth = np.zeros((4, COUNT), np.float32)
    truth[:, 1] = [0.25, 0.251, 1.0, np.nan]
    counts = histogram(truth)
    assert counts.shape == (COUNT, LEVELS)
    assert {float(TRUTHS[level]): counts[1, level] for level in np.flatnonzero(counts[1])} == {
        0.25: 2,
        1.0: 1,
    }
    assert (counts[2:, 0] == 4).all()
    np.testing.assert_array_equal(histogram(truth[:2]) + histogram(truth[2:]), counts)


def test_scales_follow_the_location_where_the_truth_does():
    loc = RNG.uniform(0.0, 0.8, (20_000, COUNT)).astype(np.float32)
    drawn = np.where(loc < 0.26, 0.01, 0.08)
    truth = np.clip(loc + drawn * logistic(loc.shape), 0, 1).astype(np.float32)
    table = best_scales(loc, truth)
    assert np.median(table[:4]) == pytest.approx(0.01, rel=0.2)
    assert np.median(table[6:]) == pytest.approx(0.08, rel=0.25)
    one = np.full_like(loc, np.median(table))
    by_table, by_one = (
        np.asarray(law.crps(loc, scale, truth)) for scale in (scale_at(table, loc), one)
    )
    assert by_table.mean() < 0.97 * by_one.mean()


def test_a_knot_with_few_rows_is_spoken_for_by_the_one_below():
    table = best_scales(*laws(5000, 0.02, low=0.0, high=0.1))
    np.testing.assert_array_equal(table[3:], np.tile(table[3], (5, 1)))


def test_scales_by_location_are_those_of_serving():
    table = RNG.uniform(0.01, 0.2, (len(law.KNOTS), COUNT)).astype(np.float32)
    loc = RNG.uniform(-0.3, 1.2, (2, 50, COUNT)).astype(np.float32)
    served = law.scale_at(jnp.broadcast_to(table, (50, *table.shape)), loc[1])
    np.testing.assert_allclose(scale_at(table, loc)[1], served, atol=1e-6)
