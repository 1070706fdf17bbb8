"""Reading faces out of memory that somebody writes at the same time."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.client.faces import MS, seen
from tests.serving.harness import eventually
from tests.wire.frame_blocks import EXTRAS, OTHER, SESSION, block_of, counts, drawn
from tests.wire.test_codec import same
from vrface.client.face_reader import FaceReader
from vrface.client.faces_file import FacesFile
from vrface.errors import BadUse, ServerError
from vrface.face.expression import Status
from vrface.outputs.memory_sink import MemorySink
from vrface.sensors.headset import headset
from vrface.wire.faces_file import FILE_BYTES, HEAD, SLOTS, block_at, session_at


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


def poke(path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


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
    with reader(path, clock, OTHER, extras=EXTRAS) as faces:
        assert same(seen(faces), drawn(2, EXTRAS))


@pytest.fixture
def looked_into(monkeypatch):
    """The slots whose blocks were read."""
    slots: list[int] = []
    read = FacesFile.read

    def counted(self, slot, names):
        slots.append(slot)
        return read(self, slot, names)

    monkeypatch.setattr(FacesFile, "read", counted)
    return slots


def test_many_stale_sessions_cost_no_look_into_their_blocks(sink, path, clock, looked_into):
    ids = [f"{number:032x}" for number in range(1, SLOTS)]
    for session_id in ids:
        publish(sink, drawn(1), clock, session_id)
    clock.now_ns += 3001 * MS
    sink.beat()
    with reader(path, clock) as faces, reader(path, clock, ids[-1]) as wanted:
        assert faces.latest() is None
        assert looked_into == []
        assert seen(wanted).status == Status.STALE
        assert looked_into == [len(ids) - 1]
        publish(sink, drawn(2), clock)
        assert same(seen(faces), drawn(2))
        assert looked_into == [len(ids) - 1, len(ids)]


def test_nobody_is_looked_for_once_the_heart_has_stopped(sink, path, clock, looked_into):
    publish(sink, drawn(1), clock, period_us=10**6)
    clock.now_ns += 1001 * MS
    with reader(path, clock) as faces, reader(path, clock, SESSION) as wanted:
        assert faces.latest() is None
        assert looked_into == []
        assert seen(wanted).valid
        sink.beat()
        assert same(seen(faces), drawn(1))


@pytest.mark.parametrize("head", [b"VRFT", b"VRFS\2", b"VRFS\1\0\xfd", bytes(12)])
def test_a_file_of_another_kind_or_version_has_no_face(sink, path, clock, head):
    publish(sink, drawn(1), clock)
    with reader(path, clock) as before, reader(path, clock, SESSION) as faces:
        assert before.latest() is not None
        poke(path, 0, head)
        for one in (before, faces):
            assert one.latest() is None
            assert not one.alive
        poke(path, 0, HEAD)
        assert before.latest() is not None


def test_closing_the_file_twice_is_once(sink, path):
    file = FacesFile.open(path)
    assert file is not None
    file.close()
    file.close()


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


HAMMER = """
import random, sys, time
from pathlib import Path
from tests.wire.frame_blocks import SESSION, block_of, counting
from vrface.outputs.memory_sink import MemorySink

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
