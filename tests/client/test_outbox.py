"""What goes out on a stream, message by message."""

import pytest

from tests.serving.harness import frames
from vrface.client.outbox import Outbox
from vrface.wire.messages import session_pb2

OPEN = session_pb2.Open(protocol=1)


@pytest.fixture
def outbox():
    def failed(error):
        raise error

    return Outbox(failed)


def test_open_comes_first_frames_once_it_is_the_streams_turn_and_end_last(outbox):
    requests = outbox.requests("one", OPEN)
    assert next(requests).open == OPEN
    outbox.send_on("one")
    for frame in frames(3):
        outbox.put(frame)  # the newest wins, with the samples of those it overtook
    message = next(requests)
    assert (message.frame.sequence, message.ack) == (3, 0)
    assert len(message.frame.samples) == sum(len(frame.samples) for frame in frames(3))
    outbox.acknowledge(3)
    outbox.put(frames(4)[3])
    outbox.end()
    assert (next(requests).ack, next(requests).HasField("end")) == (3, True)
    assert list(requests) == []


def test_an_acknowledgement_goes_alone_where_a_face_is_waited_for(outbox):
    requests = outbox.requests("one", OPEN)
    next(requests)
    outbox.send_on("one")
    for frame in frames(3):
        outbox.put(frame)
        next(requests)
    outbox.acknowledge(2)  # the server may have no credit for the third, and no frame follows
    alone = next(requests)
    assert (alone.ack, alone.WhichOneof("message")) == (2, None)
    outbox.acknowledge(3)
    outbox.end()
    assert next(requests).HasField("end")


def test_another_stream_begins_with_the_frame_that_was_not_answered(outbox):
    one, other = (outbox.requests(name, OPEN) for name in ("one", "other"))
    next(one)
    next(other)
    outbox.send_on("one")
    made = frames(2)
    outbox.put(made[0])
    next(one)
    outbox.send_on("other")
    assert next(one).HasField("end")
    assert next(other).frame.sequence == 1
    outbox.put(made[1])
    assert next(other).frame.sequence == 2


def test_a_stream_that_is_given_up_ends(outbox):
    requests = outbox.requests("one", OPEN)
    next(requests)
    outbox.give_up("one")
    assert next(requests).HasField("end")
