"""Judging: what trials say of rivals, and of how they are to be corrected."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.rivals.small_cases import arrays, case, drawn, seen
from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Mode
from vrface.model.checkpoint import RIVALS
from vrface.training.case import Case
from vrface.training.rivals.best import Worn, best
from vrface.training.rivals.field import CONTENDERS, laws_of
from vrface.training.rivals.judging import judged
from vrface.training.rivals.trials import Trial

FRAMES = 300
EVERY = np.ones(COUNT, np.bool_)
HIDDEN = EVERY & (np.arange(COUNT) != 3)


def trial(level, wearer="anna", hidden=HIDDEN):
    """A wearer whose face stays about a level that the ridge, which says neutral, knows not of."""
    truth = drawn(np.full((2 * FRAMES, COUNT), level), 0.02)
    cases: dict[Mode, Case] = {
        "none": case("none", frames=FRAMES),
        "unpaired": case("unpaired", frames=FRAMES),
        "paired": case("paired", seen(truth[:FRAMES]), frames=FRAMES),
    }
    return Trial(Worn("one", wearer), cases, truth[FRAMES:], hidden, EVERY)


@pytest.fixture(scope="module")
def tried():
    return [trial(0.1, "anna"), trial(0.2, "bert"), trial(0.15, "carl")]


@pytest.fixture(scope="module")
def verdict(tried):
    return judged(arrays(), tried, every=4)


def test_all_arrays_that_are_chosen_are_there(verdict):
    chosen = {
        name: shape
        for name, shape in RIVALS.items()
        if name.endswith(("_line", "_factors", "_share", "_weight"))
    }
    assert {name: array.shape for name, array in verdict.arrays.items()} == chosen
    assert all(array.dtype == np.float32 for array in verdict.arrays.values())
    assert verdict.wearers == 3


def test_a_ridge_that_says_too_little_is_moved_and_the_neutral_face_is_not(verdict):
    assert np.median(verdict.arrays["ridge_line"][0, 0]) == pytest.approx(0.1, abs=0.05)
    assert not verdict.arrays["neutral_line"][:, 0].any()
    assert (verdict.arrays["neutral_line"][:, 1] == 1).all()
    assert not verdict.arrays["climatology_line"][:, 0].any()


def test_scores_are_of_the_laws_that_the_arrays_make(verdict, tried):
    arrays_of = arrays(**verdict.arrays)
    logs: dict[str, list[float]] = {}
    for one in tried:
        for name, law in laws_of(arrays_of, one.cases["paired"]).items():
            crps = law.of(0, FRAMES, np.arange(COUNT)).crps(one.truth)
            logs.setdefault(name, []).append(np.log(crps[3::4, HIDDEN].mean()))
    found = verdict.scores["one"]["paired"]
    assert list(found) == list(logs)
    assert set(found) == set(CONTENDERS)
    for name, per_wearer in logs.items():
        assert found[name] == pytest.approx(np.exp(np.mean(per_wearer)), rel=1e-3)


def test_what_knows_the_wearer_is_best_where_wearers_differ(verdict):
    found = best(verdict.scores)
    scores = verdict.scores["one"]
    knowing = {"calibration_climatology", "hold_last", "ridge_offset", "ridge_user", "pool_user"}
    assert found["paired"]["one"] in knowing
    assert scores["paired"]["ridge_offset"] < 0.7 * scores["paired"]["ridge"]
    assert scores["paired"]["ridge"] == pytest.approx(scores["unpaired"]["ridge"], rel=0.05)


def test_without_trials_nothing_is_corrected_and_nobody_is_scored():
    empty = judged(arrays(), [], every=4)
    assert (empty.scores, empty.wearers) == ({}, 0)
    assert (empty.arrays["ridge_factors"] == 1).all()
    assert not empty.arrays["ridge_line"][:, 0].any()


def test_a_network_is_not_corrected_and_a_shape_that_is_measured_is_chosen_for_in_all(tried):
    network = {"gru.slots": np.ones(1, np.float32)}
    seeing = [replace(one, occluded=HIDDEN) for one in tried]
    found = judged(arrays(**network), seeing, every=4).arrays
    assert (found["gru.factors"] == 1).all()
    assert not found["gru.line"][:, 0].any()
    assert found["ridge_line"][0, 0, 3] > 0.0
