"""Findings: the range is that of takes and publications together; windows know a face again."""

import numpy as np
import pytest

from tests.training.realism.faces import REST, take
from vrface.training.realism.behaviour import alone, distance, findings, untold, windowed
from vrface.training.realism.published import DYNAMICS, REGIONS, STATISTICS


def _one(found, region, words):
    return next(one for one in found[region] if words in one.what)


def _wearers(**figures):
    """Wearers 0 to 20, whose figures are multiples of their number."""
    return [{name: number * step for name, step in figures.items()} for number in range(21)]


def test_a_range_joins_takes_and_publications_and_says_which_is_which():
    real = {"a": {"blink_rate": 5.0}, "b": {"blink_rate": 9.0}}
    one = _one(findings(_wearers(blink_rate=1.0), real), "Blinks", "blinks a minute")
    assert (one.low, one.high) == (5.0, 32.5)
    assert one.source.startswith("5 to 9: 2 takes; 10.5 to 32.5: Doughty 2001")
    assert one.inside


def test_the_median_is_judged_and_the_spread_is_told():
    one = _one(findings(_wearers(blink_rate=3.0), {}), "Blinks", "blinks a minute")
    assert one.simulated == 30.0
    assert one.spread == pytest.approx((3.0, 57.0))
    assert one.inside
    assert not _one(findings(_wearers(blink_rate=4.0), {}), "Blinks", "blinks a minute").inside


def test_without_takes_publications_stand_alone_and_the_rest_is_named():
    found = findings(_wearers(raise_rate=1.0), {})
    assert [one.what for one in found["Brows"] if "raises" in one.what] == []
    assert "Brows: raises above .2 a minute" in untold(_wearers(raise_rate=1.0), {})
    takes = {"a": {one.name: 1.0 for one in STATISTICS}}
    assert untold([], takes) == []


def test_takes_tell_nothing_of_what_they_are_too_slow_for():
    real = {"a": {one.name: 1000.0 for one in DYNAMICS}}
    one = _one(findings([], real), "Blinks", "peak speed")
    assert one.high == 28.6
    assert one.simulated is None
    assert not one.inside


def test_a_statistic_some_wearers_have_is_told_of_them():
    simulated: list[dict[str, float | None]] = [{"blink_peak": None}, {"blink_peak": 0.6}, {}]
    one = _one(findings(simulated, {}), "Blinks", "height")
    assert (one.simulated, one.spread) == (0.6, (0.6, 0.6))


def test_groups_come_in_the_order_of_the_face():
    assert tuple(findings([], {})) == REGIONS


def _waves(seed, size=0.3, seconds=64.0):
    rng = np.random.default_rng(seed)
    phase, hertz = rng.uniform(0.0, 6.0, 54), rng.uniform(0.2, 1.5, 54)
    face = take(seconds=seconds)
    time_s = face.time_ns[:, None] / 1e9
    face.weights[:] = size * (1.0 + np.sin(6.28 * hertz * time_s + phase)) / 2.0
    return windowed(face, REST)


def _apart(one, other):
    multiple = distance(one, other)
    assert multiple is not None
    return multiple


def test_a_face_is_as_near_to_itself_as_its_halves_are():
    face = _waves(1)
    assert _apart(face, face) < 1.0


def test_another_face_is_further_away_and_a_dead_one_is_far():
    face = _waves(1)
    assert _apart(face, _waves(2)) > 2.0
    assert _apart(face, 0.0 * face) > 2.0


def test_faces_of_different_length_are_compared_over_the_shorter():
    assert _apart(_waves(1), _waves(1, seconds=40.0)) < 1.0


def test_a_take_too_short_for_windows_has_no_distance():
    assert distance(_waves(1, seconds=20.0), _waves(2)) is None


def test_alone_a_face_like_the_others_is_inside_and_an_odd_one_is_not():
    ordinary = {"blink_rate": 15.0, "raise_rate": 5.0}
    odd = {"blink_rate": 90.0, "raise_rate": 50.0}
    real = {"a": ordinary, "b": {"blink_rate": 14.0, "raise_rate": 4.0}, "c": odd}
    found = alone([ordinary, ordinary, odd], real)
    assert found["c"].take == 0.0  # beyond all others, and what is published
    assert found["a"].take == 1.0
    assert found["a"].simulated == 1.0
    assert alone([], real) == {}
    assert alone([ordinary], {"a": ordinary}) == {}
