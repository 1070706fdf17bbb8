import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.sensors import Sample, SensorFrame
from vrface.session.inbox import MAX_WINDOW, Credit, Inbox


def taken_from(inbox: Inbox, now_ns: int = 0) -> tuple[SensorFrame, int]:
    taken = inbox.take(now_ns)
    assert taken is not None
    return taken


def frame(sequence: int, samples: int = 1) -> SensorFrame:
    return SensorFrame(
        sequence,
        sequence * 1000,
        tuple(
            Sample(0, sequence * 1000 + i, np.array([sequence], np.float32)) for i in range(samples)
        ),
    )


def test_the_newest_frame_wins_and_keeps_the_samples_of_those_it_overtook():
    inbox = Inbox()
    for sequence in (1, 2, 3):
        inbox.put(frame(sequence, samples=2), 0)
    taken, _ = taken_from(inbox)
    assert (taken.sequence, taken.frame_time_ns) == (3, 3000)
    assert [s.sample_time_ns for s in taken.samples] == [1000, 1001, 2000, 2001, 3000, 3001]
    assert inbox.overtaken == 2
    assert inbox.take(0) is None


@given(st.lists(st.booleans(), max_size=60))
def test_no_sample_is_lost_or_doubled_whatever_the_order_of_puts_and_takes(puts):
    inbox, given_times, taken_times = Inbox(), [], []
    for sequence, put in enumerate([*puts, True], 1):
        if put:
            inbox.put(frame(sequence), 0)
            given_times.append(sequence * 1000)
        elif taken := inbox.take(0):
            taken_times += [s.sample_time_ns for s in taken[0].samples]
    taken_times += [s.sample_time_ns for s in taken_from(inbox)[0].samples]
    assert taken_times == given_times


def test_a_consumer_that_stalls_does_not_make_the_frame_grow_without_end():
    inbox = Inbox()
    for sequence in range(1, 5001):
        inbox.put(frame(sequence), 0)
    taken, _ = taken_from(inbox)
    assert len(taken.samples) <= 1000
    assert taken.samples[-1].sample_time_ns == 5_000_000


def test_how_long_a_frame_waited_is_counted_from_its_own_arrival():
    inbox = Inbox()
    inbox.put(frame(1), 0)
    inbox.put(frame(2), 5_000_000)
    assert taken_from(inbox, 7_000_000)[1] == 2_000_000


def test_a_frame_past_its_deadline_gives_its_samples_to_the_next_one():
    inbox = Inbox(deadline_us=1000)
    inbox.put(frame(1), 0)
    late_ns = 1_001_000
    assert inbox.take(late_ns) is None
    assert inbox.take(late_ns) is None
    inbox.put(frame(2), late_ns)
    taken, queue_ns = taken_from(inbox, late_ns)
    assert [s.sample_time_ns for s in taken.samples] == [1000, 2000]
    assert (queue_ns, inbox.late, inbox.overtaken) == (0, 1, 0)


def test_credit_allows_a_window_of_faces_and_an_ack_gives_it_back():
    credit = Credit(2)
    credit.sent(1)
    assert credit.allows()
    credit.sent(5)
    assert not credit.allows()
    credit.acknowledge(4)
    assert credit.allows()
    credit.sent(6)
    credit.acknowledge(6)
    credit.sent(7)
    assert credit.allows()


def test_a_window_of_0_never_runs_out():
    credit = Credit(0)
    for sequence in range(10_000):
        credit.sent(sequence)
    assert credit.allows()


def test_a_huge_window_is_bounded():
    credit = Credit(2**32 - 1)
    for sequence in range(1, MAX_WINDOW + 1):
        assert credit.allows()
        credit.sent(sequence)
    assert not credit.allows()


def test_a_face_that_was_acknowledged_before_it_was_said_to_be_sent_takes_no_credit():
    credit = Credit(1)
    for sequence in (1, 2, 3):
        assert credit.allows()
        credit.acknowledge(sequence)
        credit.sent(sequence)
    assert credit.allows()
    credit.sent(4)
    assert not credit.allows()
