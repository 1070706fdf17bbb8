"""Rivals learn from the logs of the network, and are scored on wearers they had no part of."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, index, indices
from vrface.model import law
from vrface.model.checkpoint import RIVALS
from vrface.sensors.headset import headset
from vrface.training.config import SimulatedWearers
from vrface.training.logs import population_rest, simulated_logs, with_rests
from vrface.training.ridge_run import RidgeRun
from vrface.training.rival_fit import fit_rivals
from vrface.training.sequences import features_of


def quiet(what, done, of):
    pass


@pytest.fixture(scope="module")
def logs():
    """Six wearers behind two headsets; one recording is shorter than the others."""
    paireds = simulated_logs(SimulatedWearers(wearers=6, seconds=8.0), quiet)
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

    return fit_rivals(logs, population_rest(logs), every=6, progress=progress)


def test_the_arrays_are_those_of_a_checkpoint(fitted):
    assert {name: array.shape for name, array in fitted.arrays.items()} == RIVALS
    for name, array in fitted.arrays.items():
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
        if name.endswith("_scale"):
            assert array.min() >= law.MIN_SCALE
    assert np.abs(fitted.arrays["ridge_weights"]).max() > 0.01


def test_progress_is_told_to_the_end(fitted, told):
    assert told[0] == "gathering rows 1/6"
    assert "fitting the ridge 32/32" in told
    assert told[-1] == "fitting other rivals 1/1"


def test_every_rival_is_scored_behind_every_headset(fitted):
    assert set(fitted.scores) == {"eyes_and_mouth", "vive_pro_eye_lip"}
    for scores in fitted.scores.values():
        assert set(scores) == {"climatology", "copy_rule", "neutral", "ridge"}
        assert all(0 < score < 0.3 for score in scores.values())


def test_the_best_is_the_one_of_least_error_over_headsets_but_the_ridge(fitted):
    product = {
        rival: np.prod([scores[rival] for scores in fitted.scores.values()])
        for rival in ("climatology", "copy_rule", "neutral")
    }
    assert fitted.best == min(product, key=product.__getitem__)


def test_the_neutral_score_is_what_a_hand_counts(fitted, logs):
    one = [log for log in logs if log.paired.headset.name == "vive_pro_eye_lip"]
    hidden = indices(set(headset("vive_pro_eye_lip").occludes) - set(EYE_LOOK))
    truth = np.concatenate([log.truth[5::6] for log in one])[:, hidden]
    scale = np.broadcast_to(fitted.arrays["neutral_scale"][hidden], truth.shape)
    score = np.asarray(law.crps(np.zeros_like(truth), scale, truth)).mean()
    # Theirs is by scales that each wearer had no part in: a little worse.
    assert score < fitted.scores["vive_pro_eye_lip"]["neutral"] < 1.2 * score


def test_the_ridge_follows_the_wearers_it_learned_from(fitted, logs):
    for log in logs:
        paired = log.paired
        dt = np.full((len(paired.frame_time_ns), 1), 1 / 60, np.float32)
        features = features_of([paired])
        features[:, :, 0] -= np.nan_to_num(log.sensor_rest) * features[:, :, 2]
        run = RidgeRun.of(fitted.arrays, features, dt)
        hidden = indices(set(paired.headset.occludes) - set(EYE_LOOK))
        truth = log.truth[:, hidden]
        assert np.square(run.loc[0][:, hidden] - truth).mean() < 0.7 * np.square(truth).mean()


def test_the_spread_is_that_of_the_truth(fitted, logs):
    truth = np.concatenate([log.truth[5::6] for log in logs])
    np.testing.assert_allclose(fitted.climatology_stddev, truth.std(axis=0), atol=1e-5)


def test_the_same_logs_give_the_same_rivals_and_a_missing_shape_takes_no_other_along(logs):
    def fit(logs):
        return fit_rivals(logs, population_rest(logs), every=24)

    sneer, some = index("noseSneerLeft"), logs[:4]
    whole = fit(some)
    for name, array in fit(some).arrays.items():
        np.testing.assert_array_equal(array, whole.arrays[name])
    lacking = fit([replace(log, face_rest=without(log.face_rest, sneer)) for log in some])
    others = np.delete(np.arange(COUNT), sneer)
    for name, array in lacking.arrays.items():
        np.testing.assert_allclose(
            array[..., others], whole.arrays[name][..., others], rtol=1e-4, atol=1e-5
        )
    assert not lacking.arrays["ridge_weights"][..., sneer].any()
    assert lacking.climatology_stddev[sneer] > 0


def without(rest, shape):
    """A rest that nobody knows makes a truth that nobody knows."""
    rest = rest.copy()
    rest[shape] = np.nan
    return rest


def test_a_headset_that_hides_nothing_is_not_scored(logs):
    sees_all = [
        replace(log, paired=replace(log.paired, headset=all_seeing(log.paired.headset)))
        for log in logs[:2]
    ]
    fitted = fit_rivals(sees_all, population_rest(sees_all), every=24)
    assert fitted.scores == {}
    assert fitted.best is None


def all_seeing(profile):
    return replace(profile, measures=tuple(BLENDSHAPES))


def test_one_wearer_is_too_few(logs):
    with pytest.raises(BadUse, match="two wearers"):
        fit_rivals(logs[:1], population_rest(logs))
