"""Trials: half a log calibrates, the other is predicted, as evaluation would have it."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, mask
from vrface.sensors.headset import headset
from vrface.training.calibrate import GAP_S
from vrface.training.case import calibrated, seen_by
from vrface.training.config import SimulatedWearers
from vrface.training.halves import halves_of
from vrface.training.logs import population, simulated_logs, with_rests
from vrface.training.recording import Recording
from vrface.training.rest import face_rest, relative
from vrface.training.rivals.rival import seen_in
from vrface.training.rivals.trials import trials, tried_on
from vrface.training.sequences import features_of, seconds_between

TIERS = ("openness_gaze_mouth", "mouth_only")


def quiet(what, done, of):
    pass


def made(wearers, **settings):
    return with_rests(simulated_logs(SimulatedWearers(wearers=wearers, **settings), quiet), quiet)


@pytest.fixture(scope="module")
def logs():
    return made(3, seconds=10.0, headsets=("eyes_and_mouth", "vive_pro_eye_lip"))


@pytest.fixture(scope="module")
def tried(logs):
    told = []

    def progress(what, done, of):
        told.append((done, of))

    found = list(trials(logs, population(logs), TIERS, progress))
    assert told == [(n + 1, len(found)) for n in range(len(found))]
    return found


def test_each_wearer_is_tried_behind_their_headset_and_each_poorer_one(tried):
    worn = sorted(trial.worn.headset for trial in tried)
    assert worn == sorted(
        ["eyes_and_mouth"] * 2 + ["vive_pro_eye_lip"] + [tier for tier in TIERS for _ in range(3)]
    )


def test_cases_are_those_that_evaluation_makes(tried, logs):
    trial = next(trial for trial in tried if trial.worn.headset == "vive_pro_eye_lip")
    log = next(log for log in logs if log.paired.headset.name == "vive_pro_eye_lip")
    statistics = population(logs)
    halves = halves_of(log.paired, 30.0)
    assert halves is not None
    assert trial.worn.wearer == log.paired.wearer
    first, second = halves
    source = Recording("a", log.paired.wearer, (first,))
    for mode in ("none", "unpaired", "paired"):
        calibrations, seen = calibrated(source, features_of(first)[:, None], statistics, mode)
        case = trial.cases[mode]
        features = seen_by(features_of(second)[:, None], calibrations, statistics)
        np.testing.assert_allclose(case.features, features, atol=1e-5)
        np.testing.assert_array_equal(case.dt[:, 0], seconds_between(second.frame_time_ns))
        assert case.mode == mode
        assert (case.seen is None) == (seen is None)
    found = seen_in(trial.cases["paired"])
    assert seen is not None
    np.testing.assert_allclose(found.features, seen.features, atol=1e-5)
    np.testing.assert_array_equal(found.truth, seen.truth)


def test_truth_is_relative_to_the_rest_of_the_whole_log(tried, logs):
    trial = next(trial for trial in tried if trial.worn.headset == "vive_pro_eye_lip")
    truth = next(log.paired.truth for log in logs if log.paired.headset.name == "vive_pro_eye_lip")
    half_s = (truth.seconds - GAP_S) / 2
    half = truth.cut(half_s + GAP_S, truth.seconds)
    rests = face_rest([truth]), face_rest([truth.cut(0, half_s)])
    assert np.array_equal(trial.truth, relative(half.weights, rests[0])[: len(trial.truth)])
    assert np.abs(rests[0] - rests[1]).max() > 1e-4


def test_what_is_scored_is_what_the_poorer_headset_hides(tried):
    for trial in tried:
        worn = headset(trial.worn.headset)
        hidden = set(worn.occludes) - set(EYE_LOOK)
        if trial.worn.headset == "vive_pro_eye_lip":
            assert np.array_equal(trial.hidden, mask(sorted(hidden)))
        assert not (trial.hidden & mask(EYE_LOOK)).any()
        assert (trial.occluded >= trial.hidden).all()
    scored = {trial.worn.headset: int(trial.hidden.sum()) for trial in tried}
    assert scored["eyes_and_mouth"] < scored["openness_gaze_mouth"] < scored["mouth_only"]


def test_logs_that_cannot_be_halved_or_that_hide_nothing_are_left_out(logs):
    short = logs[0].paired.truth.cut(0.0, 3.0)
    shorter = replace(
        logs[0], paired=replace(logs[0].paired, frame_time_ns=short.time_ns, truth=short)
    )
    sees_all = replace(logs[1].paired.headset, measures=tuple(BLENDSHAPES))
    seeing = replace(logs[1], paired=replace(logs[1].paired, headset=sees_all))
    statistics = population(logs)
    assert list(trials([shorter], statistics, TIERS, quiet)) == []
    assert list(trials([seeing], statistics, (), quiet)) == []


def test_a_quarter_of_the_wearers_at_most_forty_and_never_all():
    logs = made(8, seconds=2.0)
    assert len(tried_on(logs)) == 2
    assert len(tried_on(logs[:2])) == len(tried_on(logs[:3])) == 1
    assert tried_on(logs[::-1]) == tried_on(logs)
    many = [
        replace(logs[0], paired=replace(logs[0].paired, wearer=f"wearer-{n}")) for n in range(200)
    ]
    assert len(tried_on(many)) == 40
