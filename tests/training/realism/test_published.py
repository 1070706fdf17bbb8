"""The table of statistics: everything measured is in it, and every range says whose it is."""

import re

import pytest

from tests.training.realism.faces import REST, take
from vrface.simulation.performance import perform
from vrface.simulation.wearer import Wearer
from vrface.training.realism.dynamics import dynamics
from vrface.training.realism.published import DYNAMICS, REGIONS, STATISTICS
from vrface.training.realism.statistics import statistics

EVERY = (*STATISTICS, *DYNAMICS)


def test_it_names_all_that_takes_and_performances_tell():
    assert {one.name for one in STATISTICS} == set(statistics(take(), REST))
    performance = perform(Wearer.drawn(1), seed=1, seconds=10.0)
    assert {one.name for one in DYNAMICS} == set(dynamics(performance, REST))


def test_no_name_stands_for_two_things():
    assert len({one.name for one in EVERY}) == len(EVERY)
    assert len({(one.region, one.what) for one in EVERY}) == len(EVERY)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_every_range_is_one_and_says_whose(one):
    assert one.region in REGIONS
    for told in one.published:
        assert told.low <= told.high
        assert re.search(r"\b(19|20)\d\d\b|Live Link Face takes|search coil", told.who)


@pytest.mark.parametrize("one", DYNAMICS, ids=lambda one: one.name)
def test_what_no_take_tells_was_published(one):
    assert one.published
