"""Who is let in: by what those who are in were seen to take, and no faster than that is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.serving.headroom import ASSUMED, PART, SETTLED_S, WANTED_HZ, Headroom, Verdict
from vrface.serving.pulse import Pulse, Second
from vrface.serving.stats import Stats

MOST = 0.6
UNKNOWN = int(ASSUMED.faces_hz / WANTED_HZ * (MOST / ASSUMED.busy) ** 2)
"""So many are let in before anybody was measured."""


class Steady(Pulse):
    """A server of which so many sessions take a share of time, `share` of it the first one."""

    def __init__(self, share: float, power: float = 0.5) -> None:
        super().__init__(Stats())
        self.share, self.power, self.inside, self.late_share = share, power, 0, 0.0

    @property
    def busy(self) -> float:
        return float(min(self.share * self.inside**self.power, 1.0))

    @property
    def faces_hz(self) -> float:
        return WANTED_HZ * self.inside

    @property
    def late(self) -> float:
        return self.late_share

    def second(self, now_s: float) -> None:
        """One goes by."""
        self.seconds.append((now_s, Second(self.faces_hz, self.busy, self.late)))


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
    pulse.second(now_s)
    return verdict


def crowded(pulse: Steady, crowd: int) -> Verdict:
    """What the last of a crowd is told, each of whom asks again and again."""
    headroom = Headroom(pulse, MOST)
    for turn in range(30):
        verdict = let_in(headroom, pulse, crowd - pulse.inside or 1, turn * (SETTLED_S + 0.1))
        if pulse.inside >= crowd:
            break
    return verdict


@given(st.floats(0.05, 0.6), st.integers(1, 60))
def test_a_crowd_never_makes_it_busier_than_it_may_be(share, crowd):
    pulse = Steady(share)
    verdict = crowded(pulse, crowd)
    assert pulse.busy <= MOST + 1e-9 or pulse.inside <= UNKNOWN
    if verdict is Verdict.FULL:
        assert share * (pulse.inside + 1) ** 0.5 > MOST - 1e-9
    else:
        assert pulse.inside >= crowd


@given(st.floats(0.02, 0.06), st.integers(1, 60))
def test_where_company_saves_nothing_it_is_hardly_busier(share, crowd):
    pulse = Steady(share, power=1.0)
    crowded(pulse, crowd)
    assert pulse.busy <= MOST * (1 + PART) ** 0.5 + 1e-9 or pulse.inside <= UNKNOWN


def test_as_many_as_were_kept_on_time_come_again():
    pulse = Steady(0.25)
    headroom = Headroom(pulse, MOST)
    pulse.seconds.extend([(0.0, Second(20 * WANTED_HZ, 0.9, 0.0)), (0.0, Second(90.0, 0.1, 0.5))])
    assert let_in(headroom, pulse, 100, 10.0) is Verdict.WAIT
    assert pulse.inside == 20


def test_fewer_than_were_late_come_again():
    pulse = Steady(0.25)
    headroom = Headroom(pulse, MOST)
    pulse.seconds.append((0.0, Second(20 * WANTED_HZ, 0.85, 0.1)))
    assert let_in(headroom, pulse, 100, 10.0) is Verdict.WAIT
    assert pulse.inside == int(20 * (MOST / 0.85) ** 2)


def test_nobody_is_let_in_where_faces_are_late_and_the_server_is_why():
    pulse = Steady(0.2)
    headroom = Headroom(pulse, MOST)
    let_in(headroom, pulse, 4, 0.0)
    pulse.late_share = 0.02
    assert headroom.verdict(4, 1, 10.0) is Verdict.FULL
    pulse.share = 0.1
    assert headroom.verdict(4, 1, 10.0) is Verdict.ENTER


def test_one_more_wearer_of_a_stream_is_no_stranger():
    pulse = Steady(0.0)
    headroom = Headroom(pulse, MOST)
    let_in(headroom, pulse, UNKNOWN, 0.0)
    assert headroom.verdict(UNKNOWN, 1, 0.0) is Verdict.WAIT
    assert headroom.verdict(UNKNOWN, 0, 0.0) is Verdict.ENTER
    headroom.come(0, 0.0)
    pulse.share = 0.5
    assert headroom.verdict(UNKNOWN, 0, 10.0) is Verdict.FULL


@pytest.mark.parametrize(("inside", "most"), [(0, MOST), (1000, 1.0)])
def test_whoever_is_alone_or_asks_no_promise_gets_in(inside, most):
    pulse = Steady(1.0)
    pulse.inside, pulse.late_share = inside, 1.0
    assert Headroom(pulse, most).verdict(inside, 1, 0.0) is Verdict.ENTER


def test_a_server_that_just_started_does_not_think_that_nobody_takes_anything():
    headroom = Headroom(Pulse(Stats()), ASSUMED.busy / 4)
    headroom.come(1, 0.1)
    assert headroom.verdict(1, 1, 0.2) is Verdict.WAIT
