from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT, index
from vrface.face.expression import Source
from vrface.model import ridge
from vrface.model.calibration import Calibration
from vrface.model.features import SLOTS, WIDTH
from vrface.training.recording import infer
from vrface.training.rest import relative
from vrface.training.rivals import copy_rule, rivals_of
from vrface.training.sequences import features_of, rested, seconds_between
from vrface.training.user_update import STRENGTHS, UserUpdate, fit_move

WIDE = SLOTS.index(("lids", "wide_left"))
SQUEEZE = SLOTS.index(("lids", "squeeze_right"))
SMILE = SLOTS.index(("mouth_tracker", "mouthSmileLeft"))


def test_the_copy_rule_copies_each_side_and_leaves_the_rest_neutral():
    values = np.zeros((2, WIDTH), np.float32)
    values[0, [WIDE, SQUEEZE, SMILE]] = 0.6, 0.4, -0.1
    loc = copy_rule(values)
    expected = np.zeros((2, COUNT), np.float32)
    expected[0, [index("browInnerUpLeft"), index("browOuterUpLeft")]] = 0.6
    expected[0, index("browDownRight")] = 0.4
    assert np.array_equal(loc, expected)


def test_rivals_have_one_law_for_each_shape_of_every_frame(recording, neutral_model):
    seen = recording(seconds=6)
    inferred = infer(seen, neutral_model, [Calibration.none(neutral_model)] * 2)
    rivals = rivals_of(neutral_model, inferred, update=None)
    assert list(rivals) == ["neutral", "climatology", "copy_rule", "ridge"]
    frames = len(seen.truth.time_ns)
    for rival in rivals.values():
        loc, scale = np.broadcast_arrays(*rival, np.empty((2, frames, COUNT)))[:2]
        assert np.isfinite(loc).all()
        assert (scale > 0).all()


def test_the_copy_rule_follows_what_was_measured_above_its_rest(recording, neutral_model):
    seen = recording(seconds=6)
    inferred = infer(seen, neutral_model, [Calibration.none(neutral_model)] * 2)
    law = rivals_of(neutral_model, inferred, update=None)["copy_rule"]
    smile, cheek = index("mouthSmileLeft"), index("cheekSquintLeft")
    measured = inferred.source[:, :, smile] == Source.MEASURED
    above = np.clip(inferred.weights[:, :, smile] - 0.04, 0, 1)
    assert measured.mean() > 0.9
    assert np.allclose(law.loc[:, :, cheek], np.where(measured, above, 0), atol=1e-6)


def test_the_ridge_beside_a_network_is_the_ridge_as_a_model(recording, drawn_model):
    seen = with_a_gap(recording(seconds=6))
    calibrations = [one_calibration(seed) for seed in (0, 1)]
    beside = rivals_of(drawn_model, infer(seen, drawn_model, calibrations), update=None)["ridge"]
    alone = infer(seen, drawn_model.ridge, calibrations)
    assert np.abs(alone.loc).max() > 0.05
    np.testing.assert_allclose(beside.loc, alone.loc, atol=1e-6)
    np.testing.assert_allclose(beside.scale, alone.scale, atol=1e-6)


def test_a_model_that_is_the_ridge_is_its_own_rival_to_the_last_bit(recording, drawn_model):
    seen = recording(seconds=3)
    ridge = drawn_model.ridge
    inferred = infer(seen, ridge, [Calibration.none(ridge)] * 2)
    rival = rivals_of(ridge, inferred, update=None)["ridge"]
    assert np.array_equal(rival.loc, inferred.loc)
    assert np.array_equal(rival.scale, inferred.scale)


def test_what_the_model_was_given_is_what_serving_makes(recording, drawn_model):
    seen = recording(seconds=2)
    calibrations = [one_calibration(seed) for seed in (0, 1)]
    inferred = infer(seen, drawn_model, calibrations)
    rests = np.stack([calibration.sensor_rest for calibration in calibrations])
    made = rested(features_of(seen.wearers), rests)
    np.testing.assert_allclose(inferred.features, made, atol=1e-6)
    since = seconds_between(seen.truth.time_ns)
    np.testing.assert_array_equal(inferred.dt, np.stack([since] * 2, axis=1))


def one_calibration(seed):
    rest = np.random.default_rng(seed).uniform(0, 0.2, WIDTH).astype(np.float32)
    return Calibration("unpaired", rest, np.zeros(COUNT, np.float32))


def with_a_gap(recording):
    """The same without frames between 2 s and 4 s."""
    kept = np.ones(len(recording.truth.time_ns), np.bool_)
    kept[120:240] = False
    times = recording.truth.time_ns[kept]
    truth = recording.truth.at(times)
    wearers = [replace(one, frame_time_ns=times, truth=truth) for one in recording.wearers]
    return replace(recording, wearers=tuple(wearers))


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


def test_the_update_runs_on_the_rows_that_serving_makes(recording, drawn_model):
    seen = recording(seconds=8)
    calibrations = [Calibration.none(drawn_model)] * 2
    update = UserUpdate(seen, features_of(seen.wearers), drawn_model.rivals, calibrations)
    rivals = rivals_of(drawn_model, infer(seen, drawn_model, calibrations), update)
    population, (loc, scale) = rivals["ridge"].loc, rivals["ridge_user"]
    known = np.isfinite(seen.truth.weights).all(axis=1)
    truth = relative(seen.truth.weights, drawn_model.statistics["face_rest"])
    before = np.mean((population - truth)[:, known] ** 2)
    after = np.mean((loc - truth)[:, known] ** 2)
    assert after < 0.7 * before
    assert scale.shape == loc.shape
