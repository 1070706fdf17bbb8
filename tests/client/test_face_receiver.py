"""Receiving faces as datagrams."""

import socket
import time
from functools import partial

import pytest

from tests.client.faces import MS, newest_is, seen
from tests.serving.harness import eventually
from tests.wire.frame_blocks import EXTRAS, OTHER, SESSION, block_of, counting, counts, drawn
from vrface.client.face_receiver import FaceReceiver
from vrface.errors import BadUse, ServerError
from vrface.outputs.sinks import UdpSink


@pytest.fixture
def receiver(clock):
    with FaceReceiver(port=0, extras=EXTRAS, clock_ns=clock) as receiver:
        yield receiver


def arrive(receiver, data: bytes) -> bool:
    """Hand a datagram to a receiver as if it had come; whether it was kept."""
    before = receiver.ignored
    receiver._take(data)
    return bool(receiver.ignored == before)


def test_a_face_is_sent_and_received():
    with (
        FaceReceiver(port=0, extras=EXTRAS) as receiver,
        UdpSink("127.0.0.1", receiver.port) as sink,
    ):
        assert receiver.latest() is None
        for number in (1, 2, 3):
            sent_ns = time.perf_counter_ns()
            sink.publish(SESSION, block_of(counting(number), 0))
            eventually(partial(newest_is, receiver, number))
            face = seen(receiver)
            assert counts(face)
            assert sent_ns <= face.received_ns <= time.perf_counter_ns()
        assert receiver.block is not None
        assert receiver.block.session_id == SESSION
        assert receiver.ignored == 0


def test_late_and_double_faces_are_left_out(receiver):
    assert arrive(receiver, block_of(counting(5)))
    for number in (5, 4, 1):
        assert not arrive(receiver, block_of(counting(number)))
    assert arrive(receiver, block_of(counting(7)))
    assert not arrive(receiver, block_of(counting(6)))
    face = seen(receiver)
    assert face.sequence == 7
    assert receiver.ignored == 4


def test_staleness_is_by_arrival_not_by_the_senders_clock(receiver, clock):
    for published_ns in (0, 2**62):
        number = 1 + published_ns % 3
        assert arrive(receiver, block_of(counting(number), published_ns))
        for age_ms, status in ((0, 1), (100, 1), (101, 4)):
            clock.now_ns += age_ms * MS
            face = seen(receiver)
            assert face.status == status
            clock.now_ns -= age_ms * MS
        clock.now_ns += 10**9


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        block_of(counting(9))[:-1],
        block_of(counting(9)) + b"\0",
        bytes(1024),
        block_of(counting(9))[:-1] + b"\0",
        b"VRFB\2" + block_of(counting(9))[5:],
    ],
    ids=len,
)
def test_what_is_not_a_block_is_left_out(receiver, data):
    assert arrive(receiver, block_of(counting(1)))
    assert not arrive(receiver, data)
    face = seen(receiver)
    assert face.sequence == 1


def test_datagrams_of_any_size_are_survived():
    with (
        FaceReceiver(port=0) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        for size in (0, 1, 1023, 1025, 2048, 60_000):
            sender.sendto(bytes(size), ("127.0.0.1", receiver.port))
        sender.sendto(block_of(drawn(1)), ("127.0.0.1", receiver.port))
        eventually(lambda: receiver.latest() is not None)
        assert receiver.ignored == 6


def test_another_session_waits_until_the_first_is_stale(receiver, clock):
    assert arrive(receiver, block_of(counting(50)))
    assert not arrive(receiver, block_of(counting(90), 0, OTHER))
    clock.now_ns += 101 * MS
    assert arrive(receiver, block_of(counting(1), 0, OTHER))
    face = seen(receiver)
    assert face.sequence == 1
    assert not arrive(receiver, block_of(counting(51)))


def test_a_forged_sequence_does_not_keep_the_true_ones_out_for_long(receiver, clock):
    forged = drawn(1, sequence=2**64 - 1)
    assert arrive(receiver, block_of(forged, 0, period_us=2**32 - 1))
    assert not arrive(receiver, block_of(counting(2)))
    clock.now_ns += 3001 * MS
    assert arrive(receiver, block_of(counting(3)))


def test_a_wanted_session_is_the_only_one(clock):
    with FaceReceiver(port=0, session_id=OTHER.upper(), clock_ns=clock) as receiver:
        assert not arrive(receiver, block_of(drawn(1)))
        assert receiver.latest() is None
        assert arrive(receiver, block_of(drawn(1), 0, OTHER))


def test_a_port_that_is_taken_is_said(receiver):
    with pytest.raises(ServerError, match=f"127.0.0.1:{receiver.port}") as raised:
        FaceReceiver(port=receiver.port)
    assert "another port" in raised.value.advice


def test_it_listens_no_more_once_closed():
    receiver = FaceReceiver(port=0)
    receiver.close()
    receiver.close()
    FaceReceiver(port=receiver.port).close()


@pytest.mark.parametrize("session_id", ["", "12", "xy" * 16, "00" * 16])
def test_what_is_no_session_id_is_bad_use(session_id):
    with pytest.raises(BadUse, match="32 hexadecimal digits"):
        FaceReceiver(port=0, session_id=session_id)
