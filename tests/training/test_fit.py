"""Fitting finds what is there to be found, from whatever sensors the rows have."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model import law, ridge
from vrface.training.fit import Rows, fit_ridge, folds_of
from vrface.training.scales import UNKNOWN_SCALE

RNG = np.random.default_rng(0)
WEARERS, EACH = 8, 300


def combination(*sensors):
    return ridge.combination_of(np.array([name in sensors for name in ridge.SENSORS]))


FULL = combination(*ridge.SENSORS)
OPENS = 1 + int(np.flatnonzero(np.array(ridge.SENSORS)[ridge.SENSOR_OF] == "openness")[0])


def make_rows(follows=0.5, there=FULL, noise=0.01):
    """Wearers whose first blendshape follows one openness regressor."""
    x = RNG.normal(0, 0.2, (WEARERS * EACH, ridge.REGRESSORS)).astype(np.float32)
    x[:, 0] = 1.0
    truth = np.full((len(x), COUNT), 0.3, np.float32)
    truth[:, 0] += follows * x[:, OPENS] + noise * RNG.logistic(size=len(x))
    there = np.broadcast_to(there, len(x))
    return Rows(x, np.clip(truth, 0, 1), there, np.repeat(np.arange(WEARERS), EACH))


def test_a_combination_learns_from_its_sensors_alone():
    params = fit_ridge(make_rows())
    weights, scale = params["weights"], params["scale"]
    has, lacks = combination("openness"), combination("gaze")
    assert weights[has, OPENS, 0] == pytest.approx(0.5, abs=0.05)
    assert weights[lacks, OPENS, 0] == 0.0
    assert scale.shape == (ridge.COMBINATIONS, len(law.KNOTS), COUNT)
    assert scale[has, :, 0].mean() < scale[lacks, :, 0].mean()
    assert (scale >= law.MIN_SCALE).all()
    assert np.isfinite(weights).all()


def test_a_combination_learns_from_all_rows_that_have_its_sensors():
    tracked = np.arange(WEARERS * EACH) % 2 == 0
    there = np.where(tracked, FULL, combination("openness"))
    rows = make_rows(np.where(tracked, 0.5, 0.1), there)
    weights = fit_ridge(rows)["weights"][:, OPENS, 0]
    assert weights[combination("openness")] == pytest.approx(0.3, abs=0.03)
    assert weights[combination("openness", "gaze")] == pytest.approx(0.5, abs=0.03)


def test_a_combination_that_no_row_has_follows_the_largest_within_it():
    found = fit_ridge(make_rows(there=combination("openness", "gaze")))
    for params in found.values():
        np.testing.assert_array_equal(params[FULL], params[combination("openness", "gaze")])
        np.testing.assert_array_equal(
            params[combination("openness", "mouth")], params[combination("openness")]
        )
        np.testing.assert_array_equal(params[combination("mouth")], params[0])
    assert found["weights"][FULL, OPENS, 0] == pytest.approx(0.5, abs=0.05)


def test_a_combination_that_one_wearer_has_is_not_fitted_on_them():
    there = np.where(np.arange(WEARERS * EACH) < EACH, FULL, combination("openness"))
    weights = fit_ridge(make_rows(there=there))["weights"]
    np.testing.assert_array_equal(weights[FULL], weights[combination("openness")])


def test_a_shape_that_some_recorders_lack_is_learned_from_the_others():
    rows = make_rows()
    whole = fit_ridge(rows)
    lacking = rows.truth.copy()
    lacking[rows.wearer < 4, 0] = np.nan
    lacking[:, 5] = np.nan
    params = fit_ridge(replace(rows, truth=lacking))
    weights, scale = params["weights"], params["scale"]
    assert weights[FULL, OPENS, 0] == pytest.approx(0.5, abs=0.05)
    assert not weights[:, :, 5].any()
    assert (scale[:, :, 5] == UNKNOWN_SCALE).all()
    known = np.delete(np.arange(COUNT), [0, 5])
    np.testing.assert_allclose(weights[:, :, known], whole["weights"][:, :, known], atol=1e-6)


def test_a_wearer_who_is_there_twice_is_in_one_fold():
    # Rows that are pure noise cannot be predicted from others, only from a twin in another fold.
    x = RNG.normal(0, 0.2, (4 * 120, ridge.REGRESSORS)).astype(np.float32)
    x[:, 0] = 1.0
    truth = RNG.uniform(0, 1, (len(x), COUNT)).astype(np.float32)
    wearer = np.repeat(np.arange(4), 120)
    there = np.full(2 * len(x), FULL)
    twice = Rows(np.tile(x, (2, 1)), np.tile(truth, (2, 1)), there, np.tile(wearer, 2))
    leaked = replace(twice, wearer=np.concatenate([wearer, (wearer + 1) % 4]))
    honest, fooled = (np.median(fit_ridge(rows)["scale"][FULL, 4]) for rows in (twice, leaked))
    assert honest > 1.1 * fooled


def test_wearers_of_every_headset_are_dealt_to_every_fold():
    wearer = np.repeat(np.arange(16), 10)
    there = np.where(wearer % 4 == 0, FULL, combination("mouth"))
    nothing = np.empty((160, 0), np.float32)
    rows = Rows(nothing, nothing, there, wearer)
    fold = folds_of(rows)
    assert all(len(set(fold[wearer == one])) == 1 for one in range(16))
    assert sorted(fold[:: 4 * 10]) == [0, 1, 2, 3]
    assert np.bincount(fold).tolist() == [40] * 4


def test_one_wearer_is_too_few():
    rows = make_rows()
    with pytest.raises(BadUse, match="two wearers or more, got 1"):
        fit_ridge(replace(rows, wearer=np.zeros_like(rows.wearer)))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_missing_the_fit_is_finite_and_has_spread(seed):
    rng = np.random.default_rng(seed)
    count = 150
    x = rng.normal(0, 0.2, (count, ridge.REGRESSORS)).astype(np.float32)
    truth = rng.uniform(0, 1, (count, COUNT)).astype(np.float32)
    truth[rng.random(count) < 0.2] = np.nan
    truth[:, rng.random(COUNT) < 0.1] = np.nan
    there = rng.choice([0, 1, 5, 12, FULL], count)
    params = fit_ridge(Rows(x, truth, there, rng.integers(0, 3, count)))
    for part in params.values():
        assert np.isfinite(part).all()
    assert params["scale"].min() >= law.MIN_SCALE
