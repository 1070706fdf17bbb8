"""Nearest neighbours: by what is sensed alone, and always the same ones."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.rivals.small_cases import EVERYTHING, rows, sensed, wandering
from vrface.errors import CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.calibration import Arrays
from vrface.model.checkpoint import LARGEST_VALUE
from vrface.training.rivals import neighbours

GAZE = ridge.combination_of(np.array(ridge.SENSORS) == "gaze")
SLOTS = len(ridge.USED)
LOOKED_AT = np.r_[1 : SLOTS + 1, 3 * SLOTS + 1 : 4 * SLOTS + 1]


def located(arrays, of, there=None):
    return neighbours.draft(arrays, sensed(of, there)).loc[0]


def test_it_says_the_mean_of_the_nearest_by_brute_force():
    learned, asked = rows(), rows(count=40, seed=1)
    places, at = learned.regressors[:, LOOKED_AT], asked.regressors[:, LOOKED_AT]
    apart = ((at[:, None] - places[None]) / places.std(axis=0)) ** 2
    nearest = np.argsort(apart.sum(axis=-1), axis=1)[:, : neighbours.NEIGHBOURS]
    expected = learned.truth[nearest].mean(axis=1)
    found = located(neighbours.fit(learned), asked)
    known = np.isfinite(learned.truth).any(axis=0)
    np.testing.assert_allclose(found[:, known], expected[:, known], atol=1e-5)
    assert not found[:, ~known].any()


def test_sensors_that_are_not_there_have_no_say():
    arrays, asked = neighbours.fit(rows()), rows(count=30, seed=1)
    there = np.full(30, EVERYTHING - GAZE)
    other = asked.regressors.copy()
    other[:, np.setdiff1d(ridge.regressors_in(GAZE), [0])] += 3.0
    changed = replace(asked, regressors=other)
    np.testing.assert_array_equal(located(arrays, asked, there), located(arrays, changed, there))
    assert (located(arrays, asked) != located(arrays, changed)).any()


def test_an_instant_that_lacks_a_sensor_is_further_than_one_that_agrees():
    asked = rows(count=1, seed=1)
    alike = np.repeat(asked.regressors, 60, axis=0)
    alike[:30] += 0.1  # sees everything, and nearly the same
    alike[30:, np.setdiff1d(ridge.regressors_in(GAZE), [0])] = 0.0
    learned = rows(count=660)
    learned.regressors[:60] = alike
    learned.there[30:60] -= GAZE
    learned.truth[:60, 3] = np.repeat([1.0, 0.0], 30)
    assert located(neighbours.fit(learned), asked)[0, 3] > 0.6


def test_truth_that_is_not_known_of_a_neighbour_is_left_out():
    learned = rows()
    learned.truth[::2, 3] = np.nan
    learned.truth[1::2, 3] = 0.7
    np.testing.assert_allclose(located(neighbours.fit(learned), rows(5))[:, 3], 0.7, atol=1e-6)


def test_without_any_sensor_it_says_the_usual_face():
    learned = rows()
    found = located(neighbours.fit(learned), rows(4), np.zeros(4, int))
    np.testing.assert_allclose(found[:, 3], learned.truth[:, 3].mean(), atol=1e-5)


def test_what_it_keeps_is_bounded_finite_and_the_same_for_the_same_rows(monkeypatch):
    monkeypatch.setattr(neighbours, "INSTANTS", 100)
    learned = rows()
    learned.regressors[:, 5] = 0.25  # never moves
    kept, again = neighbours.fit(learned), neighbours.fit(learned)
    assert kept["knn.truth"].shape == (100, COUNT)
    for name, value in kept.items():
        assert value.dtype == np.float32
        assert (np.abs(value) <= LARGEST_VALUE).all()
        np.testing.assert_array_equal(value, again[name])


def test_a_case_has_a_law_for_every_wearer_and_frame():
    law = neighbours.draft(neighbours.fit(rows()), wandering(frames=50, wearers=3))
    assert law.loc.shape == (3, 50, COUNT)
    assert np.isfinite(law.loc).all()
    assert law.scale.shape == (1, 1, COUNT)


def test_arrays_that_do_not_fit_together_are_refused():
    kept = neighbours.fit(rows())
    nothing: Arrays = {}
    for wrong in (nothing, kept | {"knn.truth": kept["knn.truth"][:-1]}):
        with pytest.raises(CheckpointError, match="knn"):
            neighbours.draft(wrong, wandering(frames=2))
