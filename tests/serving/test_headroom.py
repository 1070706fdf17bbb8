"""Who is let in: by what those who are in were seen to cost, and no faster than that is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.serving.headroom import ASSUMED, SETTLED_S, Headroom, Verdict
from vrface.serving.pulse import Pulse
from vrface.serving.stats import Stats

MOST = 0.6


class Steady(Pulse):
    """A server of which each session takes the same share of time."""

    def __init__(self, share: float) -> None:
        super().__init__(Stats())
        self.share, self.inside, self.late_share = share, 0, 0.0

    @property
    def known(self) -> bool:
        return True

    @property
    def busy(self) -> float:
        return min(self.share * self.inside, 1.0)

    @property
    def late(self) -> float:
        return self.late_share


def let_in(headroom: Headroom, pulse: Steady, asking: int, now_s: float) -> Verdict:
    """Let as many come as may, of so many who ask at once; what the next one is told."""
    inside = pulse.inside
    for _ in range(asking):
        verdict = headroom.verdict(inside, 1, now_s)
        if verdict is not Verdict.ENTER:
            break
        headroom.come(1, now_s)
        inside += 1
    pulse.inside = inside
    return verdict


@given(st.floats(0.004, 2.0), st.integers(1, 200))
def test_a_crowd_never_makes_it_busier_than_it_may_be(share, crowd):
    pulse = Steady(share)
    headroom = Headroom(pulse, MOST)
    # Of those who come first nobody knows what they cost, and one is let in whatever it costs.
    unknown = max(int(MOST / ASSUMED), 1)
    now_s = 0.0
    for _ in range(30):
        verdict = let_in(headroom, pulse, crowd - pulse.inside or 1, now_s)
        now_s += SETTLED_S + 0.1
        if pulse.inside >= crowd:
            break
    most = max(MOST / share, unknown)
    assert pulse.inside <= most + 1e-9
    if verdict is Verdict.FULL:
        assert share * (pulse.inside + 1) > MOST - 1e-9
    else:
        assert pulse.inside >= crowd


def test_the_second_crowd_is_let_in_by_what_the_first_one_cost():
    pulse = Steady(0.25)
    headroom = Headroom(pulse, MOST)
    assert let_in(headroom, pulse, 100, 0.0) is Verdict.WAIT
    assert pulse.inside == int(MOST / ASSUMED)
    headroom.go(pulse.inside, SETTLED_S + 0.1)
    pulse.inside = 0
    assert let_in(headroom, pulse, 100, 10.0) is Verdict.WAIT
    assert pulse.inside == 2
    assert let_in(headroom, pulse, 1, 10.0 + SETTLED_S + 0.1) is Verdict.FULL


def test_nobody_is_let_in_where_faces_are_late_and_the_server_is_why():
    pulse = Steady(0.1)
    headroom = Headroom(pulse, MOST)
    let_in(headroom, pulse, 4, 0.0)
    pulse.late_share = 0.02
    assert headroom.verdict(4, 1, 10.0) is Verdict.FULL
    pulse.share = 0.05
    assert headroom.verdict(4, 1, 10.0) is Verdict.ENTER


def test_one_more_wearer_of_a_stream_is_no_stranger():
    pulse = Steady(0.0)
    headroom = Headroom(pulse, MOST)
    let_in(headroom, pulse, 5, 0.0)
    assert headroom.verdict(5, 1, 0.0) is Verdict.WAIT
    assert headroom.verdict(5, 0, 0.0) is Verdict.ENTER
    headroom.come(0, 0.0)
    pulse.share = 0.2
    assert headroom.verdict(5, 0, 10.0) is Verdict.FULL


@pytest.mark.parametrize(("inside", "most"), [(0, MOST), (1000, 1.0)])
def test_whoever_is_alone_or_asks_no_promise_gets_in(inside, most):
    pulse = Steady(1.0)
    pulse.inside, pulse.late_share = inside, 1.0
    assert Headroom(pulse, most).verdict(inside, 1, 0.0) is Verdict.ENTER


def test_a_server_that_just_started_does_not_think_that_nobody_costs_anything():
    headroom = Headroom(Pulse(Stats()), ASSUMED / 2)
    headroom.go(1, 0.0)
    headroom.come(1, 0.1)
    assert headroom.verdict(1, 1, 0.2) is Verdict.WAIT
