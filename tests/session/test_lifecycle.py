"""A session's life, told event by event; tests/faults/test_life.py tells it by lot."""

import numpy as np
import pytest

from tests.serving.harness import profile
from vrface.sensors import Sample, SensorFrame
from vrface.session.lifecycle import (
    IDLE_NS,
    KEEP_NS,
    Finish,
    GoAway,
    Keep,
    Life,
    Show,
    State,
    Tell,
)
from vrface.wire.notice_code import Code

MS = 1_000_000
AWAY = GoAway("the server stops", 2_000 * MS)


def born(**options) -> Life:
    return Life(profile(), 0, **options)


def frame(sequence: int) -> SensorFrame:
    gaze = Sample(profile().stream_index("gaze"), sequence * 11 * MS, np.zeros(4, np.float32))
    return SensorFrame(sequence, sequence * 11 * MS, (gaze,))


def show(life: Life, now_ns: int = 0) -> int:
    """The sequence of the face that is shown now; 0 = none is."""
    output = life.next(now_ns)
    if output is None:
        return 0
    assert isinstance(output, Show)
    life.shown(output.frame.sequence)
    return output.frame.sequence


def test_each_frame_is_shown_and_then_there_is_nothing_to_do():
    life = born()
    for sequence in (1, 2, 3):
        life.frame(frame(sequence), 0)
        assert show(life) == sequence
        assert life.next(0) is None


def test_while_one_face_is_made_no_other_is_asked_for():
    life = born()
    life.frame(frame(1), 0)
    assert isinstance(life.next(0), Show)
    life.frame(frame(2), 0)
    assert life.next(0) is None
    life.shown(1)
    assert show(life) == 2


def test_the_newest_frame_wins_while_there_is_no_credit():
    life = born(window=1)
    life.frame(frame(1), 0)
    assert show(life) == 1
    for sequence in (2, 3, 4):
        life.frame(frame(sequence), 0)
        assert life.next(0) is None
    life.acknowledge(1, 0)
    assert show(life) == 4
    assert life.overtaken == 2


def test_what_it_takes_to_resume_is_given_each_second_of_faces_and_before_going():
    life = born()
    given = []
    for sequence in range(1, 400):
        now = sequence * 10 * MS
        life.frame(frame(sequence), now)
        while (output := life.next(now)) is not None:
            if isinstance(output, Show):
                life.shown(sequence)
            else:
                assert output == Keep()
                given.append(now)
    assert len(given) == 3
    assert (np.diff(given) >= KEEP_NS).all()
    life.go_away(AWAY, now)
    assert [life.next(now), life.next(now), life.next(now)] == [Keep(), AWAY, None]


def test_a_session_without_a_face_has_nothing_to_resume():
    life = born()
    life.go_away(AWAY, 0)
    assert life.next(10 * KEEP_NS) == AWAY


def test_notices_come_first_and_some_once_only():
    life = born()
    life.tell(Code.CUE)
    for sequence in (5, 4, 3, 6):
        life.frame(frame(sequence), 0)
    life.tell(Code.CUE)
    assert [life.next(0), life.next(0)] == [Tell(Code.CUE), Tell(Code.FRAME_ORDER)]
    assert show(life) == 6
    life.frame(frame(2), 0)
    life.tell(Code.CUE)
    assert life.next(0) == Tell(Code.CUE)
    assert life.next(0) is None
    assert (life.frames, life.ignored) == (5, 3)


def test_the_end_comes_after_what_waits():
    life = born()
    life.frame(frame(1), 0)
    life.end("the client said End")
    life.end("another reason")
    assert show(life) == 1
    assert life.next(0) == Finish("the client said End")
    assert life.state is State.ENDED
    assert life.next(0) is None
    assert not life.vanished


def test_without_credit_the_end_waits_for_nothing():
    life = born(window=1)
    life.frame(frame(1), 0)
    show(life)
    life.frame(frame(2), 0)
    life.end("done")
    assert life.next(0) == Finish("done")


def test_the_end_waits_for_the_face_that_is_being_made():
    life = born()
    life.frame(frame(1), 0)
    life.next(0)
    life.end("done")
    assert life.next(0) is None
    life.shown(1)
    assert life.next(0) == Finish("done")


def test_who_is_asked_to_leave_is_served_until_the_grace_is_over():
    life = born()
    life.go_away(AWAY, 0)
    life.go_away(GoAway("again", 1), 0)
    assert life.next(0) == AWAY
    assert life.next(0) is None
    life.frame(frame(1), 1_999 * MS)
    assert show(life, 1_999 * MS) == 1
    assert life.wake_ns == 2_000 * MS
    assert life.next(2_000 * MS) == Finish("the time to leave is over")


def test_who_left_on_being_asked_ends_as_one_who_said_so():
    life = born()
    life.go_away(AWAY, 0)
    life.next(0)
    life.end("the client said End")
    assert life.next(5 * MS) == Finish("the client said End")


def test_a_client_that_says_nothing_is_gone_in_the_end():
    life = born()
    life.frame(frame(1), 10 * MS)
    show(life, 10 * MS)
    life.acknowledge(0, 20 * MS)
    assert life.wake_ns == 20 * MS + IDLE_NS
    assert life.next(18 * MS + IDLE_NS) == Keep()
    assert life.next(19 * MS + IDLE_NS) is None
    assert life.next(20 * MS + IDLE_NS) == Finish("nothing was heard for 60 s")
    assert life.wake_ns is None


@pytest.mark.parametrize("before", ["nothing", "end", "go_away"])
def test_vanishing_counts_unless_the_client_had_said_end(before: str):
    life = born()
    if before == "end":
        life.end("the client said End")
    elif before == "go_away":
        life.go_away(AWAY, 0)
        life.next(0)
    life.vanish()
    assert life.vanished == (before != "end")
    assert isinstance(life.next(0), Finish)


def test_after_the_end_frames_are_counted_and_not_shown():
    life = born()
    life.end("done")
    life.frame(frame(1), 0)
    assert life.next(0) == Finish("done")
    life.frame(frame(2), 0)
    assert life.next(0) is None
    assert life.frames == 2


def test_a_late_frame_is_not_shown_and_its_samples_are_not_lost():
    life = born(deadline_us=5_000)
    life.frame(frame(1), 0)
    assert life.next(6 * MS) is None
    life.frame(frame(2), 11 * MS)
    output = life.next(11 * MS)
    assert isinstance(output, Show)
    assert [sample.sample_time_ns for sample in output.frame.samples] == [11 * MS, 22 * MS]
    assert life.late == 1
