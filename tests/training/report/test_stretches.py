"""Which stretches are drawn is decided by figures."""

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES
from vrface.training.report.stretches import LENGTH_S, SHAPES, chosen, telling

RATE = 20
SECONDS = np.arange(60 * RATE) / RATE


def between(start, stop):
    return (start <= SECONDS) & (stop > SECONDS)


def flat(value):
    return np.full((len(SECONDS), 3), value, np.float32)


def test_bad_is_where_the_error_is_highest_and_good_where_most_is_saved():
    crps, neutral, active = flat(0.02), flat(0.02), between(10, 20) | between(30, 40)
    crps[between(40, 48)] = 0.3
    neutral[between(10, 18)] = 0.2
    found = chosen(SECONDS, crps, neutral, active)
    assert SECONDS[found["bad"]][0] == pytest.approx(40.0)
    assert SECONDS[found["good"]][0] == pytest.approx(10.0)
    for rows in found.values():
        assert rows.stop - rows.start == LENGTH_S * RATE


def test_error_saved_at_rest_makes_no_good_stretch():
    crps, neutral, active = flat(0.02), flat(0.02), between(30, 40)
    crps[between(50, 58)] = 0.3
    neutral[between(10, 18)] = 0.5
    neutral[between(31, 39)] = 0.1
    assert SECONDS[chosen(SECONDS, crps, neutral, active)["good"]][0] == pytest.approx(31.0)


def test_where_nothing_moves_good_is_the_lowest_error():
    crps = flat(0.02)
    crps[between(20, 28)] = 0.01
    crps[between(40, 48)] = 0.03
    found = chosen(SECONDS, crps, flat(0.02), np.zeros(len(SECONDS), bool))
    assert SECONDS[found["good"]][0] == pytest.approx(20.0)


def test_what_is_not_scored_is_not_drawn():
    crps = flat(0.02)
    crps[between(0, 31)] = np.nan
    crps[between(5, 6)] = 9.0
    for rows in chosen(SECONDS, crps, flat(0.02), np.ones(len(SECONDS), bool)).values():
        assert SECONDS[rows][0] >= 30.0


def test_a_short_take_has_none():
    few = slice(0, 7 * RATE)
    active = np.ones(7 * RATE, bool)
    assert chosen(SECONDS[few], flat(0.1)[few], flat(0.1)[few], active) == {}
    assert chosen(SECONDS, flat(np.nan), flat(np.nan), np.ones(len(SECONDS), bool)) == {}


def test_of_two_sides_the_one_that_tells_more_is_drawn():
    names = ["eyeSquintLeft", "eyeSquintRight", "browDownLeft", "jawOpen"]
    places = telling(names, np.array([0.1, 0.3, 0.2, 0.0]))
    assert [names[place] for place in places] == ["eyeSquintRight", "browDownLeft", "jawOpen"]
    assert len(telling(BLENDSHAPES, np.linspace(0, 1, len(BLENDSHAPES)))) == SHAPES
