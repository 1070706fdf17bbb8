"""Rows to learn from: instants as a calibrated session and as any other sees them, evenly drawn."""

import numpy as np
import pytest

from vrface.model.calibration import Calibration
from vrface.training.case import seen_by
from vrface.training.config import SimulatedWearers
from vrface.training.fit import Rows
from vrface.training.logs import population, simulated_logs, with_rests
from vrface.training.rivals.rows import evenly, gathered, part
from vrface.training.sequences import features_of, regressors_of, seconds_between

WEARER = np.repeat([4, 1, 7], [500, 30, 2])


def quiet(what, done, of):
    pass


@pytest.fixture(scope="module")
def logs():
    paireds = simulated_logs(SimulatedWearers(wearers=3, seconds=3.0), quiet)
    return with_rests(paireds, quiet)


def test_every_nth_frame_is_seen_against_its_own_rest_and_against_everybodys(logs):
    statistics, told = population(logs), []
    rows = gathered(logs, statistics, 10, lambda *step: told.append(step))
    assert told[-1][1:] == (3, 3)
    log, names = logs[1], sorted(log.paired.wearer for log in logs)
    mine = part(rows, rows.wearer == names.index(log.paired.wearer))
    times = log.paired.frame_time_ns
    assert len(mine.there) == 2 * (len(times) // 10)
    dt = seconds_between(times)[:, None]
    for number, known in enumerate((log.calibration, Calibration.none())):
        features = seen_by(features_of(log.paired)[:, None], [known], statistics)
        regressors, there = (made[9::10, 0] for made in regressors_of(features, dt))
        np.testing.assert_allclose(mine.regressors[number::2], regressors, atol=1e-4)
        np.testing.assert_array_equal(mine.there[number::2], there)
        np.testing.assert_array_equal(mine.truth[number::2], log.truth[9::10])


def test_a_part_keeps_what_belongs_together():
    numbers = np.arange(4, dtype=np.float32)
    rows = Rows(numbers, numbers, numbers.astype(np.intp), numbers.astype(np.intp))
    for column in vars(part(rows, np.array([True, False, False, True]))).values():
        assert column.tolist() == [0, 3]


def drawn(count, seed=0):
    return evenly(WEARER, count, np.random.default_rng(seed))


def test_wearers_have_as_many_rows_each_as_far_as_they_go():
    rows = drawn(100)
    assert len(rows) == len(set(rows.tolist())) == 100
    assert (np.diff(rows) > 0).all()
    assert np.bincount(WEARER[rows]).tolist() == [0, 30, 0, 0, 68, 0, 0, 2]
    assert np.bincount(WEARER[drawn(20)])[[1, 4, 7]].tolist() == [9, 9, 2]


def test_all_are_drawn_where_there_are_no_more():
    np.testing.assert_array_equal(drawn(532), np.arange(532))
    np.testing.assert_array_equal(drawn(10_000), np.arange(532))


def test_the_same_seed_draws_the_same_and_another_one_others():
    np.testing.assert_array_equal(drawn(50), drawn(50))
    assert (drawn(50) != drawn(50, seed=1)).any()
