import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.behaviour.plans import rng, whole
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import (
    ACTIVITIES,
    LISTEN,
    POSE,
    SETTLED_S,
    STILL,
    TALK,
    TALK_PER_LISTEN,
    Plan,
)

PLANS = [Plan.drawn(rng(seed), 100.0) for seed in range(400)]


def spent(plan):
    """Seconds of each activity."""
    return np.bincount(plan.activity, np.diff(plan.edges_s), ACTIVITIES)


@given(st.integers(0, 1000), st.floats(0.05, 5000))
def test_a_plan_fills_its_time(seed, seconds):
    plan = Plan.drawn(rng(seed), seconds)
    assert plan.edges_s[0] == 0
    assert plan.seconds == seconds
    assert (np.diff(plan.edges_s) > 0).all()
    assert len(plan.activity) == len(plan.edges_s) - 1


def test_some_plans_are_conversations_some_ranges_of_motion_and_few_a_mix():
    posing = np.array([spent(plan)[POSE] for plan in PLANS]) / 100
    assert 0.3 < np.mean(posing == 0) < 0.65
    assert 0.15 < np.mean(posing > 0.8) < 0.4
    assert 0.1 < np.mean((posing > 0.05) & (posing < 0.7)) < 0.4


def test_a_stretch_of_stillness_may_be_long_or_not_come_at_all():
    longest = [
        max((stop - start for start, stop in plan.stretches(STILL)), default=0.0) for plan in PLANS
    ]
    assert np.mean(np.array(longest) > 15) > 0.08
    assert np.mean(np.array(longest) == 0) > 0.1


def test_people_talk_a_little_more_than_they_listen():
    total = sum(spent(plan) for plan in PLANS)
    assert total[TALK] / total[LISTEN] == pytest.approx(TALK_PER_LISTEN, rel=0.2)


def test_arrivals_keep_to_their_rates():
    plan = Plan(np.array([0.0, 3000.0, 6000.0]), np.array([TALK, LISTEN]))
    found = plan.arrivals(rng(), {TALK: 10.0})
    assert (found < 3000).all()
    assert len(found) == pytest.approx(500, rel=0.15)
    regular = plan.arrivals(rng(), {TALK: 10.0, LISTEN: 10.0}, regularity=4.0)
    assert np.std(np.diff(regular)) == pytest.approx(3.0, rel=0.1)  # of a mean of 6 s


def test_levels_change_smoothly_and_rest_at_both_ends():
    plan = Plan(np.array([0.0, 10.0, 20.0]), np.array([TALK, STILL]))
    time_s = np.arange(0, 20, 0.01)
    by_activity = np.zeros(ACTIVITIES)
    by_activity[[TALK, STILL]] = 1.0, 0.2
    level = plan.level(by_activity, time_s)
    settled = (time_s < SETTLED_S) | (time_s > 20 - SETTLED_S)
    assert (level[settled] == 0).all()
    assert np.allclose(level[(time_s > 2) & (time_s < 9)], 1.0)
    assert np.allclose(level[(time_s > 12) & (time_s < 18)], 0.2)
    assert np.abs(np.diff(level)).max() < 0.04


def test_stretches_and_settled_events_leave_both_ends_alone():
    assert whole(TALK, 20.0).stretches(TALK) == [(SETTLED_S, 20 - SETTLED_S)]
    assert whole(TALK, 0.5).stretches(TALK) == []
    half_s = np.full(3, 0.5)
    start_s = np.array([0.2, 5.0, 18.5])
    three = Events(np.arange(3), start_s, half_s, half_s, half_s, np.ones(3))
    assert whole(TALK, 20.0).settled(three).track.tolist() == [1]
