"""Reading faces: out of memory that somebody writes at the same time, and from datagrams."""

import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest

from tests.serving.harness import eventually
from tests.wire.frame_blocks import EXTRAS, OTHER, SESSION, block_of, counting, counts, drawn
from tests.wire.test_codec import same
from vrface.client.frame_block import FaceReader, FaceReceiver
from vrface.errors import BadUse, ServerError
from vrface.face.expression import Expression, Status
from vrface.outputs.frame_block import UdpSink
from vrface.outputs.memory import MemorySink
from vrface.sensors.headset import headset
from vrface.wire.faces_file import FILE_BYTES, block_at, session_at

MS = 1_000_000


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now_ns = 10**12

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vrface" / "faces"


@pytest.fixture
def sink(path, clock):
    with MemorySink(path, clock_ns=clock) as sink:
        yield sink


def reader(path, clock, session_id=None, **options) -> FaceReader:
    return FaceReader(session_id, path=path, clock_ns=clock, **options)


def publish(sink, face, now, session_id=SESSION, **fields) -> None:
    sink.publish(session_id, block_of(face, now(), session_id, **fields))


def seen(faces) -> Expression:
    """The newest face, which must be there."""
    face = faces.latest()
    assert isinstance(face, Expression)
    return face


def newest_is(faces, number: int) -> bool:
    face = faces.latest()
    return face is not None and face.sequence == number


def poke(path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


# Memory


def test_what_is_published_is_read(sink, path, clock):
    with reader(path, clock) as faces:
        assert faces.latest() is None
        for seed in range(3):
            publish(sink, drawn(seed), clock, period_us=11_111, clock=2)
            face = seen(faces)
            assert same(face, drawn(seed))
            assert face.received_ns == clock()
        assert faces.block is not None
        assert (faces.block.session_id, faces.block.period_us) == (SESSION, 11_111)


def test_the_same_face_is_the_same_object_until_there_is_another(sink, path, clock):
    with reader(path, clock) as faces:
        publish(sink, drawn(1), clock)
        assert faces.latest() is faces.latest()


def test_a_reader_may_be_there_before_the_server_and_after_it(path, clock):
    with reader(path, clock) as faces:
        for seed in range(3):
            assert faces.latest() is None
            assert not faces.alive
            with MemorySink(path, clock_ns=clock) as sink:
                publish(sink, drawn(seed), clock)
                face = seen(faces)
                assert same(face, drawn(seed))
                assert faces.alive


def test_a_session_that_ends_takes_its_face_along(sink, path, clock):
    with reader(path, clock) as faces, reader(path, clock, SESSION) as wanted:
        publish(sink, drawn(1), clock)
        assert faces.latest() is not None
        assert wanted.latest() is not None
        sink.end(SESSION)
        assert faces.latest() is None
        assert faces.block is None
        publish(sink, drawn(2), clock, OTHER)
        assert same(seen(faces), drawn(2))
        assert wanted.latest() is None


def test_without_a_session_it_stays_with_the_first_that_lives(sink, path, clock):
    publish(sink, drawn(1), clock)
    clock.now_ns += 101 * MS
    publish(sink, drawn(2), clock, OTHER)
    with reader(path, clock) as faces:
        assert same(seen(faces), drawn(2))
        publish(sink, drawn(3), clock)
        assert same(seen(faces), drawn(2))
        clock.now_ns += 101 * MS
        face = seen(faces)
        assert face.status == Status.STALE
        sink.end(OTHER)
        publish(sink, drawn(3), clock)
        assert same(seen(faces), drawn(3))


def test_a_wanted_session_is_read_stale_or_not(sink, path, clock):
    publish(sink, drawn(1), clock)
    publish(sink, drawn(2), clock, OTHER)
    clock.now_ns += 10**10
    with reader(path, clock, OTHER) as faces:
        face = seen(faces)
        assert (face.sequence, face.status) == (drawn(2).sequence, Status.STALE)


@pytest.mark.parametrize(("period_us", "fresh_ms"), [(11_111, 100), (50_000, 150)])
def test_a_face_that_nothing_follows_becomes_stale(sink, path, clock, period_us, fresh_ms):
    publish(sink, drawn(1), clock, period_us=period_us)
    with reader(path, clock) as faces:
        for age_ms, status in ((0, 1), (fresh_ms, 1), (fresh_ms + 1, 4), (10**6, 4)):
            later_ns = age_ms * MS
            clock.now_ns += later_ns
            face = seen(faces)
            assert face.status == status, age_ms
            assert face.valid == (status == 1)
            np.testing.assert_array_equal(face.weights, drawn(1).weights)
            clock.now_ns -= later_ns
        publish(sink, drawn(2), clock)
        assert faces.latest() == faces.latest()


def test_a_face_from_before_a_restart_of_the_machine_is_stale(sink, path, clock):
    publish(sink, drawn(1), clock)
    with reader(path, clock, SESSION) as faces:
        clock.now_ns = 5
        face = seen(faces)
        assert face.status == Status.STALE


def test_the_heart_of_a_server_tells_whether_it_lives(sink, path, clock):
    with reader(path, clock) as faces:
        lives = [faces.alive]
        for step_ns in (1000 * MS, 1, -1001 * MS - 1):
            clock.now_ns += step_ns
            lives.append(faces.alive)
        sink.beat()
        assert [*lives, faces.alive] == [True, True, False, False, True]


def test_a_block_that_stays_odd_leaves_the_last_face(sink, path, clock):
    publish(sink, drawn(1), clock)
    with reader(path, clock) as faces, reader(path, clock) as late:
        before = faces.latest()
        poke(path, block_at(0) + 16, (99).to_bytes(8, "little"))
        poke(path, block_at(0) + 400, b"half of another")
        assert faces.latest() is before
        assert late.latest() is None
        poke(path, block_at(0) + 16, (100).to_bytes(8, "little"))
        assert faces.latest() is before
        publish(sink, drawn(2), clock)
        for one in (faces, late):
            assert same(seen(one), drawn(2))


def test_a_block_of_a_later_version_is_not_read(sink, path, clock):
    publish(sink, drawn(1), clock)
    with reader(path, clock) as faces:
        poke(path, block_at(0) + 4, b"\2")
        assert faces.latest() is None


def test_a_slot_that_changes_hands_is_never_somebody_elses_face(sink, path, clock):
    """Between the look at the directory and that at the block."""
    publish(sink, drawn(1), clock)
    with reader(path, clock, SESSION) as faces, reader(path, clock) as any_of_them:
        assert faces.latest() is not None
        poke(path, block_at(0), block_of(drawn(2), clock(), OTHER))
        poke(path, block_at(0) + 16, (1000).to_bytes(8, "little"))
        assert same(seen(faces), drawn(1))
        assert any_of_them.latest() is None
        poke(path, session_at(0), bytes.fromhex(OTHER))
        assert faces.latest() is None
        assert same(seen(any_of_them), drawn(2))


def test_extras_of_shipped_headsets_have_their_names(sink, path, clock):
    names = headset("quest_pro").extras
    assert names
    publish(sink, drawn(1, names), clock)
    publish(sink, drawn(2, EXTRAS), clock, OTHER)
    with reader(path, clock, SESSION) as faces, reader(path, clock, OTHER) as unknown:
        assert same(seen(faces), drawn(1, names))
        face = seen(unknown)
        assert (face.extras, len(face.weights)) == ((), 54)
        assert unknown.block is not None
        assert unknown.block.unnamed == 42
    with reader(path, clock, OTHER, extras=EXTRAS) as faces:
        assert same(seen(faces), drawn(2, EXTRAS))


@pytest.mark.parametrize("content", [b"", b"VRFS", bytes(FILE_BYTES - 1), bytes(FILE_BYTES)])
def test_a_file_of_another_size_or_of_nobody_has_no_face(path, clock, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with reader(path, clock) as faces:
        assert faces.latest() is None
        assert not faces.alive


def test_a_pipe_in_its_place_does_not_block(path, clock):
    path.parent.mkdir()
    os.mkfifo(path)
    with reader(path, clock) as faces:
        assert faces.latest() is None


def test_another_users_file_is_an_error(sink, path, clock, monkeypatch):
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with reader(path, clock) as faces, pytest.raises(ServerError, match="another user"):
        faces.latest()


def test_a_file_that_was_removed_is_left_once_its_server_is_gone(path, clock):
    with reader(path, clock) as faces:
        with MemorySink(path, clock_ns=clock) as sink:
            publish(sink, drawn(1), clock)
            assert faces.latest() is not None
            path.unlink()
            assert faces.latest() is not None
        with MemorySink(path, clock_ns=clock) as sink:
            publish(sink, drawn(2), clock)
            assert same(seen(faces), drawn(2))


@pytest.mark.parametrize("session_id", ["", "12", "xy" * 16, "00" * 16])
def test_what_is_no_session_id_is_bad_use(session_id):
    with pytest.raises(BadUse, match="32 hexadecimal digits"):
        FaceReader(session_id)
    with pytest.raises(BadUse, match="32 hexadecimal digits"):
        FaceReceiver(port=0, session_id=session_id)


HAMMER = """
import random, sys, time
from pathlib import Path
from tests.wire.frame_blocks import SESSION, block_of, counting
from vrface.outputs.memory import MemorySink

blocks = [block_of(counting(number), time.perf_counter_ns()) for number in range(1, 400)]
pauses = random.Random(0)
with MemorySink(Path(sys.argv[1])) as sink:
    sink.publish(SESSION, blocks[0])
    print("hammering", flush=True)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for block in blocks:
            sink.publish(SESSION, block)
            for _ in range(pauses.randrange(30)):
                pass
"""


@pytest.fixture
def hammer(path):
    """Another process that writes one face after another, without rest."""
    with subprocess.Popen(
        [sys.executable, "-c", HAMMER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hammering\n"
        yield process
        process.kill()


def test_no_face_is_torn_while_another_process_writes(hammer, path):
    with FaceReader(SESSION, extras=EXTRAS, path=path) as faces:
        accepted, block = 0, None
        until = time.monotonic() + 4  # on a busy machine the two take turns, and few are new
        while accepted < 5_000 and time.monotonic() < until:
            face = faces.latest()
            if face is not None and faces.block is not block:
                assert counts(face), face.sequence
                accepted, block = accepted + 1, faces.block
        assert accepted > 50


def test_a_server_that_is_killed_leaves_a_stale_face(hammer, path):
    with FaceReader(SESSION, extras=EXTRAS, path=path) as faces:
        eventually(lambda: faces.latest() is not None)
        hammer.send_signal(signal.SIGKILL)
        hammer.wait()
        time.sleep(0.11)
        face = seen(faces)
        assert counts(face)
        assert face.status == Status.STALE
        with MemorySink(path):
            assert faces.latest() is None


# Datagrams


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
