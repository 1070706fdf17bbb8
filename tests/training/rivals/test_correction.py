"""Correction: laws go where the truth is and are as wide as what they miss, by shape."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import RNG, drawn
from vrface.face.blendshapes import COUNT
from vrface.model.law import KNOTS, MIN_SCALE
from vrface.training.rivals.correction import FACTORS, Correction, corrected, fit_correction
from vrface.training.rivals.law import Law

ROWS = 3000


def mostly_still(rows=ROWS, shapes=6):
    """Locations of faces that rest for most of the time."""
    moving = RNG.random((rows, shapes)) < 0.3
    return np.where(moving, RNG.uniform(0.0, 0.7, moving.shape), 0.0).astype(np.float32)


def test_a_location_that_is_too_high_is_lowered():
    """As a mean of squares is, of weights that are mostly exactly 0."""
    loc = mostly_still()
    truth = drawn(loc - 0.05, 0.03)
    draft = Law(loc, np.full_like(loc, 0.06))
    found = fit_correction(draft, truth)
    np.testing.assert_allclose(found.line[0] / found.line[1], -0.05, atol=0.011)
    better = corrected(found, draft).crps(truth).mean()
    scaled = corrected(fit_correction(draft, truth, fixed=True), draft).crps(truth).mean()
    assert better < 0.85 * scaled < draft.crps(truth).mean()
    assert better == pytest.approx(Law(loc - 0.05, loc * 0 + 0.03).crps(truth).mean(), rel=0.02)


@pytest.mark.parametrize(("shift", "slope"), [(-0.1, 1.5), (0.02, 0.5), (0.0, 1.25)])
def test_a_line_is_found(shift, slope):
    loc = RNG.uniform(0.05, 0.6, (ROWS, 4)).astype(np.float32)
    truth = drawn(shift + slope * loc, 0.03)
    found = fit_correction(Law(loc, np.full_like(loc, 0.03)), truth)
    np.testing.assert_allclose(found.line, np.tile([[shift], [slope]], 4), atol=1e-6)


def test_what_is_right_stays_as_it_is():
    loc = RNG.uniform(-0.1, 0.7, (ROWS, 6)).astype(np.float32)
    scale = RNG.uniform(0.02, 0.06, loc.shape).astype(np.float32)
    found = fit_correction(Law(loc, scale), drawn(loc, scale))
    np.testing.assert_array_equal(found.line, Correction.none(6).line)
    assert np.abs(np.log(found.factors)).max() < 0.35


def test_few_rows_move_nothing_and_unknown_truth_changes_nothing():
    loc = RNG.uniform(0.0, 0.6, (ROWS, 5)).astype(np.float32)
    truth = drawn(loc + 0.1, 0.1)
    truth[150:, 3], truth[:, 4] = np.nan, np.nan
    found = fit_correction(Law(loc, np.full_like(loc, 0.04)), truth)
    assert (found.line[0, :3] > 0.04).all()
    np.testing.assert_array_equal(found.line[:, 3:], Correction.none(2).line)
    assert (found.factors[:, 3] > 1.5).all()
    assert (found.factors[:, 4] == 1.0).all()
    holes = np.insert(truth, slice(0, ROWS, 3), np.nan, axis=0)
    around = np.insert(loc, slice(0, ROWS, 3), 0.3, axis=0)
    again = fit_correction(Law(around, np.full_like(around, 0.04)), holes)
    np.testing.assert_array_equal(again.line, found.line)
    np.testing.assert_array_equal(again.factors, found.factors)


@pytest.mark.parametrize("factor", [0.25, 1.0, 4.0])
def test_the_factor_is_the_one_that_the_truth_was_drawn_with(factor):
    loc = RNG.uniform(0.1, 0.6, (4000, 8)).astype(np.float32)
    scale = RNG.uniform(0.02, 0.04, loc.shape).astype(np.float32)
    found = fit_correction(Law(loc, scale), drawn(loc, factor * scale), fixed=True)
    assert np.median(found.factors) == pytest.approx(factor, rel=0.2)
    assert set(found.factors.ravel()) <= set(FACTORS)


def test_the_factor_follows_the_location_and_few_rows_follow_those_below():
    loc = RNG.uniform(0.0, 0.4, (20_000, 8)).astype(np.float32)
    truth = drawn(loc, np.where(loc < 0.16, 0.01, 0.08))
    factors = fit_correction(Law(loc, np.full_like(loc, 0.04)), truth, fixed=True).factors
    assert np.median(factors[:4]) == pytest.approx(0.25, rel=0.25)
    assert np.median(factors[4:6]) == pytest.approx(2.0, rel=0.3)
    np.testing.assert_array_equal(factors[6:], np.tile(factors[5], (2, 1)))


def test_a_factor_is_looked_up_where_the_law_goes_and_none_is_surer_than_the_surest():
    factors = np.ones((len(KNOTS), COUNT), np.float32)
    factors[5], factors[7] = 3.0, 1e-3
    line = np.stack([np.full(COUNT, value, np.float32) for value in (-0.1, 2.0)])
    middle = (KNOTS[4] + KNOTS[5]) / 2
    loc = np.empty((1, 2, COUNT), np.float32)
    loc[:, 0], loc[:, 1] = (middle + 0.1) / 2, 0.5
    law = corrected(Correction(line, factors), Law(loc, np.full((1, 1, COUNT), 0.02, np.float32)))
    assert law.loc[0, :, 0] == pytest.approx([middle, 0.9])
    assert law.scale[0, :, 0] == pytest.approx([0.04, MIN_SCALE])
