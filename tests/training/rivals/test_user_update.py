"""The ridge's update: it learns what one wearer does differently, and no more."""

import numpy as np
import pytest

from tests.training.rivals.made_by_hand import RNG, arrays, case, seen
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.features import SLOTS, WIDTH
from vrface.training.rivals.user_update import STRENGTHS, fit_move, ridge_user

OPENNESS = SLOTS.index(("lids", "openness_left"))


def a_wearer(frames=1800, seed=0):
    """Regressors, and a truth that follows one of them beyond what the population's ridge says."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((frames, ridge.REGRESSORS), np.float32)
    rows[:, 0] = 1
    rows[:, 1:20] = 0.2 * rng.normal(size=(frames, 19))
    population = np.zeros((frames, COUNT), np.float32)
    truth = 0.05 * rng.normal(size=(frames, COUNT)).astype(np.float32)
    truth[:, 3] += 0.4 + 0.9 * rows[:, 5]
    return rows, truth, population, np.full_like(truth, 0.08)


def test_the_update_finds_what_this_wearer_does_differently():
    rows, truth, population, scale = a_wearer()
    move, factor = fit_move(rows, truth, population, scale)
    shrunk = 1 + STRENGTHS[0]
    assert move[5, 3] == pytest.approx(0.9 / shrunk, abs=0.03)
    assert move[0, 3] == pytest.approx(0.4 / shrunk, abs=0.02)
    assert np.abs(np.delete(move, 3, axis=1)).max() < 0.06
    assert not move[20:].any()
    # The truth's own noise of .05 is a logistic's of scale .03.
    assert factor.shape == (COUNT,)
    assert 0.02 < 0.08 * factor[3] < 0.045


def test_the_update_does_not_follow_noise():
    rows, truth, population, scale = a_wearer(frames=120)
    truth[:, 3] -= 0.4 + 0.9 * rows[:, 5]
    move, _ = fit_move(rows, truth, population, scale)
    followed = np.std(rows @ move, axis=0).mean()
    assert followed < 0.2 * truth.std()


def test_unknown_truth_teaches_nothing():
    rows, truth, population, scale = a_wearer()
    lost = np.arange(len(rows)) % 3 == 0
    holes = np.where(lost[:, None], np.float32(np.nan), truth)
    rows[lost] = 7.0
    holes[:, 7] = np.nan
    move, factor = fit_move(rows, holes, population, scale)
    without, _ = fit_move(rows[~lost], truth[~lost], population[~lost], scale[~lost])
    move[:, 7] = without[:, 7]
    assert factor[7] == 1
    assert np.allclose(move, without, atol=1e-5)


def test_a_wearer_is_followed_where_the_population_is_not():
    values = np.zeros((900, 2, WIDTH), np.float32)
    values[:, :, OPENNESS] = RNG.uniform(-0.3, 0.3, (900, 1))
    truth = np.full((900, COUNT), 0.5, np.float32) + values[:, 0, OPENNESS, None]
    halves = values[:450], values[450:]
    law = ridge_user(arrays(), case("paired", seen(truth[:450], halves[0]), halves[1]))
    assert law.loc.shape == law.scale.shape == (2, 450, COUNT)
    # The population's ridge says 0; the move is shrunk by a tenth.
    assert np.abs(law.loc - truth[450:]).mean() < 0.1
    assert np.corrcoef(law.loc[1, :, 3], truth[450:, 3])[0, 1] > 0.97


def test_what_a_regressor_never_was_moves_nothing_further():
    values = np.zeros((900, 1, WIDTH), np.float32)
    values[:, 0, OPENNESS] = RNG.uniform(-0.1, 0.1, 900)
    truth = np.full((900, COUNT), 0.5, np.float32) + 2.0 * values[:, 0, OPENNESS, None]
    calm, wild = values[:450], values[450:]
    law = ridge_user(arrays(), case("paired", seen(truth[:450], calm), 5.0 * wild))
    reached = law.loc[0, 50:, 3]
    assert 0.15 < reached.min() < reached.max() < 0.85
