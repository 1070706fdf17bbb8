"""Calibration climatology: own seconds where they say enough, else the training wearers."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import RNG, arrays, case, drawn, seen
from vrface.face.blendshapes import COUNT
from vrface.training.rivals.calibration import (
    WEIGHTS_S,
    blended,
    calibration_climatology,
    choose_weight,
    own_seconds,
    shares,
)
from vrface.training.scales import UNKNOWN_SCALE


def face(level, rows=600):
    return drawn(np.full((rows, COUNT), level), 0.02)


def test_own_seconds_speak_when_they_are_long_and_the_others_when_they_are_short():
    others = arrays(climatology_histogram=shares(face(0.1)))
    found = {
        seconds: calibration_climatology(
            others, case("paired", seen(face(0.5, rows=round(60 * seconds))))
        )
        for seconds in (0.5, 300)
    }
    assert np.abs(found[300].loc - 0.5).max() < 0.02
    assert np.abs(found[0.5].loc - 0.1).max() < 0.02
    assert found[300].loc.shape == (1, 1, COUNT)


def test_a_heavier_weight_moves_the_law_to_the_others():
    own, others = own_seconds(seen(face(0.5))), shares(face(0.1))
    weights = np.repeat(np.array(WEIGHTS_S, np.float32)[:, None], COUNT, axis=1)
    loc, scale = blended(own, others, weights)
    assert np.abs(loc[0] - 0.5).max() < 0.02
    assert np.abs(loc[-1] - 0.1).max() < 0.02
    # Between the two nobody is sure.
    assert scale[WEIGHTS_S.index(10.0)].min() > 3 * scale[0].max()


def test_unknown_shapes_are_uncertain_and_seconds_are_counted_at_any_rate():
    truth = face(0.5)
    truth[:, 3] = np.nan
    seconds = own_seconds(seen(truth))
    assert seconds.sum(axis=1)[[2, 3]].tolist() == pytest.approx([10.0, 0.0], abs=0.05)
    loc, scale = blended(seconds, np.zeros_like(seconds), np.ones((1, COUNT), np.float32))
    assert (loc[0, 3], scale[0, 3]) == (0.0, UNKNOWN_SCALE)
    assert abs(loc[0, 2] - 0.5) < 0.02


def test_a_weight_is_chosen_by_what_came_next():
    """Shape 0: wearers differ and stay as they are. Shape 1: what 10 s show is chance."""
    wearers, others = 6, shares(drawn(RNG.uniform(0, 0.6, (6000, COUNT)), 0.02))
    own, truth = [], []
    for _ in range(wearers):
        habit, chance = RNG.uniform(0.1, 0.6), RNG.uniform(0.1, 0.6)
        before, after = face(habit), face(habit)
        before[:, 1], after[:, 1] = face(chance)[:, 1], drawn(RNG.uniform(0, 0.6, 600), 0.02)
        after[:, 2] = np.nan
        own.append(own_seconds(seen(before)))
        truth.append(after)
    whose = np.repeat(np.arange(wearers), 600)
    weight, law = choose_weight(np.stack(own), others, np.concatenate(truth), whose)
    assert weight[0] <= 1.0
    assert weight[1] == WEIGHTS_S[-1]
    assert weight[2] == 10.0
    missed = np.abs(law.loc[:, 0] - np.concatenate(truth)[:, 0])
    assert missed.mean() < 0.05
    assert np.ptp(law.loc[:, 1]) < 0.05
