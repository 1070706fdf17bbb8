"""Rates: never more than was said, never less to whoever keeps to it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse
from vrface.serving.rate import EVERYBODY, FEW, Limits, Rate, Rates

SECOND_NS = 1_000_000_000

rates = st.floats(0.5, 1e4)
bursts = st.floats(1.0, 500.0)
gaps_ns = st.lists(st.integers(0, SECOND_NS), min_size=1, max_size=200)


def taken(rate: Rate, gaps: list[int]) -> list[int]:
    """When it let somebody come, of those who ask so long after one another."""
    now_ns, came = 0, []
    for gap in gaps:
        now_ns += gap
        if rate.wait_ns(now_ns) == 0:
            rate.take(now_ns)
            came.append(now_ns)
    return came


@given(rates, bursts, gaps_ns)
def test_in_no_span_come_more_than_the_rate_and_the_burst(per_s, burst, gaps):
    came = taken(Rate(per_s, burst), gaps)
    for first in range(len(came)):
        for last in range(first, len(came)):
            span_s = (came[last] - came[first]) / 1e9
            assert last - first + 1 <= burst + per_s * span_s + 1e-3


@given(rates, bursts, st.integers(1, 200), st.integers(0, 2**62))
def test_whoever_keeps_to_it_never_waits(per_s, burst, count, began_ns):
    rate, period_ns = Rate(per_s, burst), math.ceil(1e9 / per_s)
    for number in range(count):
        now_ns = began_ns + number * period_ns
        assert rate.wait_ns(now_ns) == 0
        rate.take(now_ns)


@given(rates, bursts)
def test_a_burst_may_come_at_once_and_no_more(per_s, burst):
    came = taken(Rate(per_s, burst), [0] * 600)
    assert math.floor(burst) <= len(came) <= math.ceil(burst)


@given(rates, bursts, gaps_ns)
def test_whoever_waited_as_told_may_come(per_s, burst, gaps):
    rate, now_ns = Rate(per_s, burst), 0
    for gap in gaps:
        now_ns += gap
        now_ns += rate.wait_ns(now_ns)
        assert rate.wait_ns(now_ns) == 0
        rate.take(now_ns)


@given(st.integers(1, 50))
def test_many_at_a_time_count_as_many(count):
    one, together = Rate(10.0, 5.0), Rate(10.0, 5.0)
    for _ in range(count):
        one.take(0)
    together.take(0, count)
    assert one.wait_ns(0) == pytest.approx(together.wait_ns(0), abs=count)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, SECOND_NS // 4)), max_size=300))
def test_each_has_a_rate_of_their_own_and_all_have_one(asked):
    per_s, burst = 4.0, 3.0
    every = Rates(per_s, burst)
    alone: dict[int, Rate] = {}
    all_together, now_ns = Rate(per_s * EVERYBODY, burst * EVERYBODY), 0
    for whose, gap in asked:
        now_ns += gap
        one = alone.setdefault(whose, Rate(per_s, burst))
        expected = max(one.wait_ns(now_ns), all_together.wait_ns(now_ns))
        assert every.wait_ns(whose, now_ns) == expected
        if expected == 0:
            for rate in (one, all_together):
                rate.take(now_ns)
            every.take(whose, now_ns)


def test_whoever_rested_is_forgotten():
    every = Rates(1000.0, 1000.0)
    for number in range(10_000):
        now_ns = number * SECOND_NS
        assert every.wait_ns(number, now_ns) == 0
        every.take(number, now_ns)
    assert len(every) <= FEW


def test_a_full_house_may_come_at_once():
    assert taken_at_once(Limits(opens_hz=2.0).opens(room=40)) == 40
    assert taken_at_once(Limits(opens_hz=50.0).opens(room=3)) == 50


def taken_at_once(rates: Rates) -> int:
    count = 0
    while rates.wait_ns("somebody", 0) == 0:
        rates.take("somebody", 0)
        count += 1
    return count


@pytest.mark.parametrize("given", [{"rate_hz": 0.0}, {"opens_hz": -1.0}, {"busy": math.nan}])
def test_what_is_no_rate(given):
    with pytest.raises(BadUse, match="limits are above 0"):
        Limits(**given)
