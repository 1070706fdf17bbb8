from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import CheckpointError
from vrface.face.blendshapes import COUNT, index
from vrface.face.expression import Source
from vrface.model import law, ridge
from vrface.model.calibration import Calibration
from vrface.model.features import SLOTS, WIDTH
from vrface.training.recording import infer
from vrface.training.rivals import copy_rule, rivals_of
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
    calibrations = [Calibration.none(neutral_model)] * 2
    inferred = infer(seen, neutral_model, calibrations)
    rivals = rivals_of(seen, neutral_model, calibrations, inferred, paired=None)
    assert list(rivals) == ["neutral", "climatology", "copy_rule", "ridge"]
    frames = len(seen.truth.time_ns)
    for rival in rivals.values():
        loc, scale = np.broadcast_arrays(*rival, np.empty((2, frames, COUNT)))[:2]
        assert np.isfinite(loc).all()
        assert (scale > 0).all()


def test_the_copy_rule_follows_what_was_measured_above_its_rest(recording, neutral_model):
    seen = recording(seconds=6)
    calibrations = [Calibration.none(neutral_model)] * 2
    inferred = infer(seen, neutral_model, calibrations)
    law = rivals_of(seen, neutral_model, calibrations, inferred, paired=None)["copy_rule"]
    smile, cheek = index("mouthSmileLeft"), index("cheekSquintLeft")
    measured = inferred.source[:, :, smile] == Source.MEASURED
    above = np.clip(inferred.weights[:, :, smile] - 0.04, 0, 1)
    assert measured.mean() > 0.9
    assert np.allclose(law.loc[:, :, cheek], np.where(measured, above, 0), atol=1e-6)


def test_a_checkpoint_without_a_rivals_scale_is_refused(recording, neutral_model):
    statistics = dict(neutral_model.statistics)
    del statistics["copy_rule_scale"]
    lacking = replace(neutral_model, statistics=statistics)
    seen = recording(seconds=2)
    calibrations = [Calibration.none(lacking)] * 2
    inferred = infer(seen, lacking, calibrations)
    with pytest.raises(CheckpointError, match="copy_rule_scale"):
        rivals_of(seen, lacking, calibrations, inferred, paired=None)


def a_wearer(frames=1800, seed=0):
    """Regressors, and a truth that follows one of them beyond what the population's ridge says."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((frames, ridge.REGRESSORS), np.float32)
    rows[:, 0] = 1
    rows[:, 1:20] = 0.2 * rng.normal(size=(frames, 19))
    population = np.zeros((frames, COUNT), np.float32)
    truth = 0.05 * rng.normal(size=(frames, COUNT)).astype(np.float32)
    truth[:, 3] += 0.4 + 0.9 * rows[:, 5]
    return rows, truth, population


def test_the_update_finds_what_this_wearer_does_differently():
    rows, truth, population = a_wearer()
    move, scale = fit_move(rows, truth, population)
    shrunk = 1 + STRENGTHS[0]
    assert move[5, 3] == pytest.approx(0.9 / shrunk, abs=0.03)
    assert move[0, 3] == pytest.approx(0.4 / shrunk, abs=0.02)
    assert np.abs(np.delete(move, 3, axis=1)).max() < 0.06
    assert not move[20:].any()
    assert scale.shape == (len(law.KNOTS), COUNT)
    assert 0.02 < np.median(scale[:, 3]) < 0.06


def test_the_update_does_not_follow_noise():
    rows, truth, population = a_wearer(frames=120)
    truth[:, 3] -= 0.4 + 0.9 * rows[:, 5]
    move, _ = fit_move(rows, truth, population)
    followed = np.std(rows @ move, axis=0).mean()
    assert followed < 0.2 * truth.std()


def test_unknown_truth_teaches_nothing():
    rows, truth, population = a_wearer()
    lost = np.arange(len(rows)) % 3 == 0
    holes = np.where(lost[:, None], np.float32(np.nan), truth)
    rows[lost] = 7.0
    move, _ = fit_move(rows, holes, population)
    without, _ = fit_move(rows[~lost], truth[~lost], population[~lost])
    assert np.allclose(move, without, atol=1e-5)


def test_the_update_runs_on_the_rows_that_serving_makes(recording, neutral_model):
    seen = recording(seconds=8)
    calibrations = [Calibration.none(neutral_model)] * 2
    population = infer(seen, neutral_model, calibrations).loc
    loc, scale = UserUpdate(seen, neutral_model, calibrations)(seen, population)
    known = np.isfinite(seen.truth.weights).all(axis=1)
    rest = neutral_model.statistics["face_rest"]
    truth = np.clip((seen.truth.weights - rest) / (1 - rest), 0, 1)
    before = np.mean((population - truth)[:, known] ** 2)
    after = np.mean((loc - truth)[:, known] ** 2)
    assert after < 0.7 * before
    assert scale.shape == loc.shape
