"""Spread: laws are as wide as what they miss, by mode, shape and location."""

import numpy as np
import pytest

from tests.training.rivals.made_by_hand import RNG, drawn
from vrface.face.blendshapes import COUNT
from vrface.model.law import KNOTS, MIN_SCALE
from vrface.training.rivals.law import Law
from vrface.training.rivals.spread import FACTORS, MODES, fit_spread, spread


@pytest.mark.parametrize("factor", [0.25, 1.0, 4.0])
def test_the_factor_is_the_one_that_the_truth_was_drawn_with(factor):
    loc = RNG.uniform(0.1, 0.6, (4000, COUNT)).astype(np.float32)
    scale = RNG.uniform(0.02, 0.04, loc.shape).astype(np.float32)
    found = fit_spread(Law(loc, scale), drawn(loc, factor * scale))
    assert np.median(found) == pytest.approx(factor, rel=0.2)
    assert set(found.ravel()) <= set(FACTORS)


def test_it_follows_the_location_and_few_rows_follow_those_below():
    loc = RNG.uniform(0.0, 0.4, (20_000, COUNT)).astype(np.float32)
    truth = drawn(loc, np.where(loc < 0.16, 0.01, 0.08))
    found = fit_spread(Law(loc, np.full_like(loc, 0.04)), truth)
    assert np.median(found[:4]) == pytest.approx(0.25, rel=0.25)
    assert np.median(found[4:6]) == pytest.approx(2.0, rel=0.3)
    assert np.array_equal(found[6:], np.tile(found[5], (2, 1)))


def test_unknown_truth_changes_nothing():
    loc = RNG.uniform(0.0, 0.6, (2000, COUNT)).astype(np.float32)
    scale, truth = np.full_like(loc, 0.04), drawn(loc, 0.1)
    holes = truth.copy()
    holes[::3] = np.nan
    kept = np.delete(np.arange(len(loc)), np.s_[::3])
    holes[:, 5] = np.nan
    found, alone = (
        fit_spread(Law(loc, scale), holes),
        fit_spread(Law(loc[kept], scale[kept]), truth[kept]),
    )
    assert (found[:, 5] == 1.0).all()
    assert np.array_equal(np.delete(found, 5, axis=1), np.delete(alone, 5, axis=1))


def test_each_mode_has_its_own_and_no_law_is_surer_than_the_surest():
    factors = np.ones((len(MODES), len(KNOTS), COUNT), np.float32)
    factors[1], factors[2] = 2.0, 0.1
    draft = Law(np.full((1, 4, COUNT), 0.3, np.float32), np.full((1, 1, COUNT), 0.02, np.float32))
    by_mode = [spread(factors, draft, mode).scale for mode in ("none", "unpaired", "paired")]
    assert [scale[0, 0, 0] for scale in by_mode] == pytest.approx([0.02, 0.04, MIN_SCALE])


def test_between_knots_the_factor_is_between_theirs():
    factors = np.ones((len(MODES), len(KNOTS), COUNT), np.float32)
    factors[:, 5] = 3.0
    middle = (KNOTS[4] + KNOTS[5]) / 2
    draft = Law(
        np.full((1, 1, COUNT), middle, np.float32), np.full((1, 1, COUNT), 0.02, np.float32)
    )
    assert spread(factors, draft, "none").scale == pytest.approx(0.04)
