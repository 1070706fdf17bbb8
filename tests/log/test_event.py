"""Events and calibrations: words on both sides of the log."""

import pytest

from vrface.log import Calibrated, Event, EventKind
from vrface.log.event import MOST_KEPT, EventTally
from vrface.wire.messages import log_pb2, session_pb2

EVENTS = [
    Event.gap("3 frames are missing.", 3, 10, 20),
    Event.drop_out("gaze", 10),
    Event.drop_out("gaze", 10, 2_000_000_010),
    Event.notice("The cable was pulled.", "Plug it in."),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.text)
def test_an_event_comes_back_as_it_was(event):
    assert Event.from_proto(event.to_proto()) == event


def test_kinds_carry_the_numbers_of_the_wire():
    assert {kind.name: int(kind) for kind in EventKind} == {
        name.removeprefix("EVENT_KIND_"): number
        for name, number in log_pb2.EventKind.items()
        if number
    }


def test_a_drop_out_says_how_long_it_was_once_it_is_over():
    assert [event.text for event in EVENTS[1:3]] == ["gaze is silent.", "gaze is back after 2.0 s."]


def test_a_kind_of_a_later_version_and_none_at_all_are_notices():
    later = log_pb2.Event.FromString(log_pb2.Event(text="x").SerializeToString() + b"\x08\x63")
    assert Event.from_proto(later) == Event.notice("x")
    assert Event.from_proto(log_pb2.Event(text="y")) == Event.notice("y")


def test_a_calibration_comes_back_as_it_was():
    calibrated = Calibrated(b"\x00\xff", ("browInnerUpLeft",), "Frown.", 0.25)
    message = session_pb2.Calibrated.FromString(calibrated.to_proto().SerializeToString())
    assert Calibrated.from_proto(message) == calibrated


def test_of_many_events_the_first_of_each_kind_are_kept_and_all_are_counted():
    tally = EventTally()
    for k in range(MOST_KEPT + 500):
        tally.add(k, Event.notice(str(k)))
    tally.add(10**9, Event.gap("3 frames are missing", 3, 0, 1))
    assert tally.count == {EventKind.NOTICE: MOST_KEPT + 500, EventKind.GAP: 1}
    notices = [event.text for _, event in tally.of(EventKind.NOTICE)]
    assert notices == [str(k) for k in range(MOST_KEPT)]
    assert tally.of(EventKind.GAP) == [(10**9, Event.gap("3 frames are missing", 3, 0, 1))]
    assert len(tally.kept) == MOST_KEPT + 1
