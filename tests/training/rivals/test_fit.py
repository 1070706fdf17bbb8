"""Rivals learn from the logs of the network, but for how they are corrected: others say that."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, index, indices
from vrface.model import law
from vrface.model.checkpoint import RIVALS
from vrface.training.case import Sensed, seen_by
from vrface.training.config import PRESETS, SimulatedWearers
from vrface.training.logs import population, simulated_logs, with_rests
from vrface.training.rivals.field import CONTENDERS
from vrface.training.rivals.fit import fit_rivals
from vrface.training.rivals.ridge import ridge
from vrface.training.rivals.trials import tried_on
from vrface.training.scales import UNKNOWN_SCALE
from vrface.training.sequences import features_of

CONFIG = PRESETS["tiny_cpu"]
TIERLESS = replace(CONFIG, disturbances=replace(CONFIG.disturbances, tiers=()))
UNCALIBRATED = {"neutral", "climatology", "copy_rule", "ridge", "pool"}


def quiet(what, done, of):
    pass


def fit(logs, config=CONFIG, **settings):
    return fit_rivals(logs, population(logs), config, **settings)


@pytest.fixture(scope="module")
def logs():
    """Eight wearers behind two headsets; one recording is shorter than the others."""
    paireds = simulated_logs(SimulatedWearers(wearers=8, seconds=8.0), quiet)
    short = paireds[3]
    times, truth = short.frame_time_ns[:300], short.truth.cut(0.0, 300 / 60 - 0.001)
    paireds[3] = replace(short, frame_time_ns=times, truth=truth)
    return with_rests(paireds, quiet)


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def fitted(logs, told):
    def progress(what, done, of):
        told.append(f"{what} {done}/{of}")

    return fit(logs, every=6, progress=progress)


def test_the_arrays_are_those_of_a_checkpoint(fitted):
    assert {name: array.shape for name, array in fitted.arrays.items()} == RIVALS
    for name, array in fitted.arrays.items():
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
        if name.endswith("_scale"):
            assert array.min() >= law.MIN_SCALE
        if name.endswith("_factors"):
            assert array.min() > 0
    assert np.abs(fitted.arrays["ridge_weights"]).max() > 0.01
    assert fitted.arrays["pool_share"].std() > 0.1
    assert fitted.judged_by == 2


def test_progress_is_told_to_the_end(fitted, told):
    assert told[0] == "gathering rows 1/8"
    assert "fitting the ridge without some 32/32" in told
    assert any(line.startswith("trying rivals") for line in told)
    assert told[-1] == "fitting the ridge with all 32/32"


def test_every_rival_is_scored_behind_every_headset_and_tier_under_its_modes(fitted):
    assert set(fitted.scores) >= {"openness_gaze_mouth", "mouth_only"}
    assert set(fitted.scores) & set(CONFIG.simulated.headsets)
    for by_mode in fitted.scores.values():
        assert set(by_mode["none"]) == set(by_mode["unpaired"]) == UNCALIBRATED
        assert set(by_mode["paired"]) == set(CONTENDERS) > UNCALIBRATED
        assert all(0 < score < 0.3 for scores in by_mode.values() for score in scores.values())


def test_the_best_is_the_one_of_the_least_score(fitted):
    for mode, by_headset in fitted.best.items():
        assert set(by_headset) == {*fitted.scores, ""}
        for worn, name in by_headset.items():
            if worn:
                scores = fitted.scores[worn][mode]
                assert scores[name] == min(scores.values())


def test_truth_of_the_calibration_makes_the_best_no_worse(fitted):
    for worn, by_mode in fitted.scores.items():
        unpaired, paired = (
            by_mode[mode][fitted.best[mode][worn]] for mode in ("unpaired", "paired")
        )
        assert paired <= unpaired


def test_the_ridge_that_ships_follows_all_wearers(fitted, logs):
    missed = moved = 0.0
    for log in logs:
        dt = np.full((len(log.paired.frame_time_ns), 1), 1 / 60, np.float32)
        features = seen_by(features_of(log.paired)[:, None], [log.calibration], population(logs))
        said = ridge(fitted.arrays, Sensed(features, dt))
        hidden = indices(set(log.paired.headset.occludes) - set(EYE_LOOK))
        truth = log.truth[:, hidden]
        missed += np.square(said.loc[0][:, hidden] - truth).mean()
        moved += np.square(truth).mean()
    assert missed < 0.6 * moved


def test_a_law_is_chosen_without_its_own_wearers(logs, fitted):
    """Faces that are still in training alone make a sure climatology, which trials find out."""
    apart = tried_on(logs)
    still = [
        log
        if log.paired.wearer in apart
        else replace(log, face_rest=np.ones(COUNT, np.float32))  # then the truth is 0 all along
        for log in logs
    ]
    found = fit(still, TIERLESS, every=12)
    hidden = indices(set(logs[0].paired.headset.occludes) - set(EYE_LOOK))
    wider, wide = (one.arrays["climatology_factors"][0, 0, hidden] for one in (found, fitted))
    assert np.median(wider) > 1.5 * np.median(wide)


def test_the_spread_of_the_climatology_is_that_of_the_truth(fitted, logs):
    truth = np.concatenate([log.truth[5::6] for log in logs])
    np.testing.assert_allclose(fitted.climatology_stddev, truth.std(axis=0), atol=1e-5)


def test_the_same_logs_give_the_same_rivals_and_a_missing_shape_takes_no_other_along(logs):
    sneer, some = index("noseSneerLeft"), logs[:3]
    whole = fit(some, TIERLESS, every=24)
    for name, array in fit(some, TIERLESS, every=24).arrays.items():
        np.testing.assert_array_equal(array, whole.arrays[name])
    unknown = [replace(log, face_rest=without(log.face_rest, sneer)) for log in some]
    lacking = fit(unknown, TIERLESS, every=24)
    others = np.delete(np.arange(COUNT), sneer)
    for name in ("ridge_weights", "ridge_scale", "climatology_loc", "climatology_scale"):
        np.testing.assert_allclose(
            lacking.arrays[name][..., others],
            whole.arrays[name][..., others],
            rtol=1e-4,
            atol=1e-5,
        )
    assert not lacking.arrays["ridge_weights"][..., sneer].any()
    assert lacking.arrays["climatology_scale"][sneer] == UNKNOWN_SCALE
    assert lacking.arrays["climatology_loc"][sneer] == 0
    assert (lacking.arrays["ridge_factors"][..., sneer] == 1).all()
    assert lacking.climatology_stddev[sneer] > 0


def without(rest, shape):
    """A rest that nobody knows makes a truth that nobody knows."""
    rest = rest.copy()
    rest[shape] = np.nan
    return rest


def test_two_wearers_are_enough_one_to_learn_from_and_one_to_try_on(logs):
    found = fit(logs[:2], TIERLESS, every=12)
    assert {name: array.shape for name, array in found.arrays.items()} == RIVALS
    assert set(found.best) == {"none", "unpaired", "paired"}


def test_where_nothing_can_be_tried_laws_stay_as_drafted_and_nobody_is_best(logs):
    sees_all = [
        replace(log, paired=replace(log.paired, headset=all_seeing(log.paired.headset)))
        for log in logs[:2]
    ]
    found = fit(sees_all, TIERLESS, every=24)
    assert found.scores == {}
    assert found.best == {}
    assert found.judged_by == 0
    assert (found.arrays["ridge_factors"] == 1).all()
    assert (found.arrays["ridge_line"] == [[0.0], [1.0]] * np.ones((1, COUNT))).all()
    assert {name: array.shape for name, array in found.arrays.items()} == RIVALS


def all_seeing(profile):
    return replace(profile, measures=tuple(BLENDSHAPES))


def test_one_wearer_is_too_few(logs):
    with pytest.raises(BadUse, match="two wearers"):
        fit(logs[:1])


def test_a_learned_rival_that_is_asked_for_is_fitted_tried_and_shipped(logs):
    found = fit(logs[:4], replace(TIERLESS, rivals=("knn",)), every=12)
    assert found.arrays["knn.factors"].shape == RIVALS["ridge_factors"]
    assert {key.partition(".")[0] for key in found.arrays if key not in RIVALS} == {"knn"}
    for by_mode in found.scores.values():
        assert all("knn" in scores for scores in by_mode.values())
    assert "knn" not in {name for names in found.best.values() for name in names.values()}
