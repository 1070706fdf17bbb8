"""What a server's counters say of the last second."""

import pytest

from vrface.serving.pulse import BEAT_S, FEW, FRAME_US, LAST_S, MEMORY_S, Pulse
from vrface.serving.stats import LAST, Durations, Stats


def test_of_nothing_nothing_is_said():
    pulse = Pulse(Stats())
    assert (pulse.busy, pulse.late) == (0.0, 0.0)
    pulse.beat(1.0, 0.5)
    assert (pulse.busy, pulse.late) == (0.0, 0.0)


def test_it_tells_of_late_and_forgets_what_was_before():
    pulse = Pulse(Stats())
    for beat in range(100):
        pulse.beat(beat * BEAT_S, 0.9 * beat * BEAT_S)
    assert pulse.busy == pytest.approx(0.9)
    rested_s = 99 * BEAT_S * 0.9
    for beat in range(100, 103 + int(LAST_S / BEAT_S)):
        pulse.beat(beat * BEAT_S, rested_s)
    assert pulse.busy == pytest.approx(0.0, abs=1e-9)


def test_a_loop_that_stood_still_was_busy_and_not_at_rest():
    pulse = Pulse(Stats())
    pulse.beat(0.0, 0.0)
    pulse.beat(BEAT_S, 0.0)
    stalled_s = 3 * LAST_S
    pulse.beat(stalled_s, stalled_s - BEAT_S)
    assert pulse.busy == pytest.approx(1.0)
    pulse.beat(stalled_s + BEAT_S, stalled_s)
    assert pulse.busy == pytest.approx(1.0)


def beaten(answers_us: list[int], naps_us: list[int]) -> Pulse:
    stats = Stats()
    pulse = Pulse(stats)
    pulse.beat(0.0, 0.0)
    for duration in answers_us:
        stats.answer.add(duration)
    for duration in naps_us:
        stats.loop.add(duration)
    pulse.beat(0.5, 0.0)
    return pulse


def test_a_face_is_late_with_what_its_frame_waited_before_it_was_seen():
    fast, slow = 1000, FRAME_US - 2000
    assert beaten([fast] * 90, [0] * 10).late == 0.0
    assert beaten([FRAME_US + 1] * 90, [0] * 10).late == 1.0
    assert beaten([slow] * 90, [1000] * 8 + [3000] * 2).late == pytest.approx(0.2)
    assert beaten([fast] * 45 + [slow] * 45, [3000] * 10).late == pytest.approx(0.5)


def test_of_few_faces_nothing_is_said():
    assert beaten([10**6] * (FEW - 1), [0] * 10).late == 0.0
    assert beaten([10**6] * FEW, [0] * 10).late == 1.0


def test_the_newest_durations_are_found_where_others_were_forgotten():
    durations = Durations()
    for duration in range(LAST + 10):
        durations.add(duration)
    assert durations.count == LAST + 10
    assert sorted(durations.last(3)) == [LAST + 7, LAST + 8, LAST + 9]
    assert len(durations.last(10**6)) == LAST


def test_it_remembers_the_seconds_of_the_last_minute_in_which_there_were_faces():
    stats = Stats()
    pulse = Pulse(stats)
    for beat in range(round(2 * MEMORY_S / BEAT_S)):
        if beat * BEAT_S < MEMORY_S / 2:
            stats.answer.add(FRAME_US + 1)
            stats.answer.add(1)
        stats.loop.add(0)
        pulse.beat(beat * BEAT_S, beat * BEAT_S / 4)
        if beat * BEAT_S == MEMORY_S / 2:
            assert len(pulse.seconds) == MEMORY_S / 2
            second = pulse.seconds[-1][1]
            assert second == pytest.approx((2 / BEAT_S, 0.25, 0.5), rel=0.1)
    assert not pulse.seconds
