"""The ridge's update: it learns what one wearer does differently, and no more."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import RNG, arrays, case, drawn, seen
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.features import SLOTS, WIDTH
from vrface.training.rivals.law import Law
from vrface.training.rivals.offset import with_offset
from vrface.training.rivals.ridge import ridge as ridge_law
from vrface.training.rivals.user_update import (
    SHARES,
    STRENGTHS,
    USUAL_SHARE,
    choose_share,
    fit_move,
    ridge_user,
)

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
    return rows, population, truth


def test_the_update_finds_what_this_wearer_does_differently():
    move = fit_move(*a_wearer())
    shrunk = 1 + STRENGTHS[0]
    assert move[5, 3] == pytest.approx(0.9 / shrunk, abs=0.03)
    assert move[0, 3] == pytest.approx(0.4 / shrunk, abs=0.02)
    assert np.abs(np.delete(move, 3, axis=1)).max() < 0.06
    assert not move[20:].any()


def test_the_update_does_not_follow_noise():
    rows, population, truth = a_wearer(frames=120)
    truth[:, 3] -= 0.4 + 0.9 * rows[:, 5]
    followed = np.std(rows @ fit_move(rows, population, truth), axis=0).mean()
    assert followed < 0.2 * truth.std()


def test_a_location_below_nothing_has_nothing_to_make_up_for():
    rows, population, _ = a_wearer()
    assert not fit_move(rows, population - 0.1, population).any()


def test_unknown_truth_teaches_nothing():
    rows, population, truth = a_wearer()
    lost = np.arange(len(rows)) % 3 == 0
    holes = np.where(lost[:, None], np.float32(np.nan), truth)
    rows[lost] = 7.0
    holes[:, 7] = np.nan
    move = fit_move(rows, population, holes)
    without = fit_move(rows[~lost], population[~lost], truth[~lost])
    assert not move[:, 7].any()
    move[:, 7] = without[:, 7]
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


def test_a_share_of_the_move_is_believed_beside_the_whole_offset():
    values = np.zeros((900, 1, WIDTH), np.float32)
    values[:, 0, OPENNESS] = RNG.uniform(-0.2, 0.2, 900)
    truth = np.full((900, COUNT), 0.5, np.float32) + values[:, 0, OPENNESS, None]
    given = case("paired", seen(truth[:450], values[:450]), values[450:])
    share = np.linspace(0.0, 1.0, COUNT, dtype=np.float32)
    law = ridge_user(arrays(ridge_user_share=share), given)
    offset_alone = with_offset(ridge_law)(arrays(), given)
    whole = ridge_user(arrays(), given).loc - offset_alone.loc
    np.testing.assert_allclose(law.loc, offset_alone.loc + share * whole, atol=1e-6)
    np.testing.assert_array_equal(law.scale, offset_alone.scale)
    assert np.abs(law.loc[..., 0] - 0.5).max() < 0.03


def test_as_much_is_believed_as_others_bear_out():
    rows = 400
    moved = RNG.uniform(-0.2, 0.2, (rows, COUNT)).astype(np.float32)
    scale = np.full_like(moved, 0.02)
    true_share = np.resize(np.array(SHARES, np.float32), COUNT)
    truth = drawn(0.5 + true_share * moved, 0.02)
    truth[:, 7] = np.nan
    tried = [Law(0.5 + np.float32(share) * moved, scale) for share in SHARES]
    share, law = choose_share(tried, truth)
    assert share[7] == USUAL_SHARE
    true_share[7] = USUAL_SHARE
    np.testing.assert_array_equal(share, true_share)
    np.testing.assert_allclose(law.loc, 0.5 + share * moved, atol=1e-6)
