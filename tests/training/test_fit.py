"""Fitting finds what is there to be found, and scales its laws honestly."""

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.model import law, ridge
from vrface.training.fit import (
    SCALES,
    Rows,
    best_scale,
    best_scales,
    climatology,
    fit_ridge,
    mean_crps,
)

RNG = np.random.default_rng(0)


def logistic(shape: tuple[int, ...]) -> np.ndarray:
    u = RNG.uniform(1e-4, 1 - 1e-4, shape)
    return np.log(u) - np.log1p(-u)


@pytest.mark.parametrize("scale", [0.01, 0.05, 0.2])
def test_the_best_scale_is_the_one_the_truth_was_drawn_with(scale: float) -> None:
    loc = RNG.uniform(0.1, 0.6, (4000, COUNT)).astype(np.float32)
    truth = np.clip(loc + scale * logistic(loc.shape), 0, 1).astype(np.float32)
    found = best_scale(loc, truth)
    assert np.median(found) == pytest.approx(scale, rel=0.2)
    assert set(found) <= set(SCALES)


def test_unknown_truth_changes_nothing() -> None:
    loc = RNG.uniform(0.1, 0.6, (1000, COUNT)).astype(np.float32)
    truth = np.clip(loc + 0.05 * logistic(loc.shape), 0, 1).astype(np.float32)
    holes = truth.copy()
    holes[::3] = np.nan
    known = np.delete(np.arange(1000), np.s_[::3])
    np.testing.assert_array_equal(best_scale(loc, holes), best_scale(loc[known], truth[known]))


def test_the_climatology_finds_location_and_spread() -> None:
    truth = np.clip(0.2 + 0.05 * logistic((3000, COUNT)), 0, 1).astype(np.float32)
    loc, scale = climatology(truth)
    assert np.median(loc) == pytest.approx(0.2, abs=0.03)
    assert np.median(scale) == pytest.approx(0.05, rel=0.25)
    dead = np.zeros((100, COUNT), np.float32)
    loc, scale = climatology(dead)
    score = mean_crps(np.broadcast_to(loc, dead.shape), scale, dead)
    assert score.max() < 1e-3


def rows(noise: float) -> tuple[Rows, np.ndarray]:
    """Eight wearers whose first blendshape follows one openness regressor by .5."""
    x = np.zeros((8, 300, ridge.REGRESSORS), np.float32)
    x[:, :, 0] = 1.0
    x[:, :, 1:] = RNG.normal(0, 0.2, (8, 300, ridge.REGRESSORS - 1))
    opens = 1 + int(np.flatnonzero(np.array(ridge.SENSORS)[ridge.SENSOR_OF] == "openness")[0])
    truth = np.full((8, 300, COUNT), 0.3, np.float32)
    truth[:, :, 0] += 0.5 * x[:, :, opens] + noise * logistic((8, 300))
    return Rows(x, np.clip(truth, 0, 1), np.arange(8)), np.array([opens])


def test_a_combination_learns_from_its_sensors_alone() -> None:
    learned, (opens,) = rows(noise=0.01)
    fit = fit_ridge(learned)
    has = ridge.combination_of(np.array([name == "openness" for name in ridge.SENSORS]))
    lacks = ridge.combination_of(np.array([name == "gaze" for name in ridge.SENSORS]))
    assert fit.params["weights"][has, opens, 0] == pytest.approx(0.5, abs=0.05)
    assert fit.params["weights"][lacks, opens, 0] == 0.0
    assert fit.crps[has, 0] < 0.5 * fit.crps[lacks, 0]
    knots = len(law.KNOTS)
    assert fit.params["scale"].shape == (ridge.COMBINATIONS, knots, COUNT)
    assert fit.params["scale"][has, :, 0].mean() < fit.params["scale"][lacks, :, 0].mean()
    assert (fit.params["scale"] >= law.MIN_SCALE).all()
    assert np.isfinite(fit.params["weights"]).all()


def test_a_wearer_who_is_there_twice_is_in_one_fold() -> None:
    # Rows that are pure noise cannot be predicted from others, only from a twin in another fold.
    x = RNG.normal(0, 0.2, (4, 120, ridge.REGRESSORS)).astype(np.float32)
    x[:, :, 0] = 1.0
    truth = RNG.uniform(0, 1, (4, 120, COUNT)).astype(np.float32)
    twice = Rows(np.concatenate([x, x]), np.concatenate([truth, truth]), np.tile(np.arange(4), 2))
    leaked = Rows(twice.regressors, twice.truth, np.array([0, 1, 2, 3, 1, 2, 3, 0]))
    full = ridge.COMBINATIONS - 1
    assert fit_ridge(twice).crps[full].mean() > 1.15 * fit_ridge(leaked).crps[full].mean()


def test_scales_follow_the_location_where_the_truth_does() -> None:
    loc = RNG.uniform(0.0, 0.8, (20_000, COUNT)).astype(np.float32)
    drawn = np.where(loc < 0.26, 0.01, 0.08)
    truth = np.clip(loc + drawn * logistic(loc.shape), 0, 1).astype(np.float32)
    table = best_scales(loc, truth)
    assert np.median(table[:4]) == pytest.approx(0.01, rel=0.2)
    assert np.median(table[6:]) == pytest.approx(0.08, rel=0.25)
    by_table, by_one = mean_crps(loc, table, truth), mean_crps(loc, best_scale(loc, truth), truth)
    assert by_table.mean() < 0.97 * by_one.mean()


def test_a_knot_with_few_rows_is_spoken_for_by_the_one_below() -> None:
    loc = RNG.uniform(0.0, 0.1, (5000, COUNT)).astype(np.float32)
    truth = np.clip(loc + 0.02 * logistic(loc.shape), 0, 1).astype(np.float32)
    table = best_scales(loc, truth)
    np.testing.assert_array_equal(table[3:], np.tile(table[3], (5, 1)))
