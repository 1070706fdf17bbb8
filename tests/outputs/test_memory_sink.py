"""The faces file from the writer's side: who holds it, what it says, what is left of a session."""

import os
import signal
import stat
import struct
import subprocess
import sys
import time

import pytest

from tests.wire.frame_blocks import OTHER, SESSION, block_of, drawn
from vrface.errors import ServerError
from vrface.outputs.memory_sink import MemorySink
from vrface.wire.faces_file import FILE_BYTES, SLOTS, WRITER, block_at, session_at

HOLD = """
import sys, time
from pathlib import Path
from tests.wire.frame_blocks import SESSION, block_of, drawn
from vrface.outputs.memory_sink import MemorySink

sink = MemorySink(Path(sys.argv[1]))
sink.publish(SESSION, block_of(drawn(1)))
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vrface" / "faces"


@pytest.fixture
def holder(path):
    """Another process that holds the file and has a session in it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def session_in(path, slot: int):
    at = session_at(slot)
    return path.read_bytes()[at : at + 16].hex()


def block_in(path, slot: int):
    at = block_at(slot)
    return path.read_bytes()[at : at + 1024]


def lock_in(path, slot: int) -> int:
    return int.from_bytes(block_in(path, slot)[16:24], "little")


def without_lock(block: bytes) -> bytes:
    return block[:16] + block[24:]


def test_the_head_says_who_writes_and_that_it_lives(path):
    now_ns, before_ns = 17, time.time_ns()
    with MemorySink(path, clock_ns=lambda: now_ns) as sink:
        assert path.stat().st_size == FILE_BYTES == 262_144
        head = WRITER.unpack(path.read_bytes()[: WRITER.size])
        assert head[:5] == (b"VRFS", 1, 252, 1024, os.getpid())
        assert before_ns <= head[5] <= time.time_ns()
        assert head[6] == 17
        now_ns = 2**62
        sink.beat()
        assert struct.unpack_from("<q", path.read_bytes(), 24) == (2**62,)
    assert WRITER.unpack(path.read_bytes()[: WRITER.size])[4:] == (0, 0, 0)


def test_the_file_is_for_this_user_alone(path):
    path.parent.mkdir(mode=0o700)
    path.touch(0o666)
    path.chmod(0o666)
    with MemorySink(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_session_has_a_slot_and_gives_it_back_empty(path):
    one, other = block_of(drawn(1)), block_of(drawn(2), session_id=OTHER)
    with MemorySink(path) as sink:
        sink.publish(SESSION, one)
        sink.publish(OTHER, other)
        assert [session_in(path, slot) for slot in range(3)] == [SESSION, OTHER, "00" * 16]
        assert without_lock(block_in(path, 0)) == without_lock(one)
        assert without_lock(block_in(path, 1)) == without_lock(other)
        sink.end(SESSION)
        sink.end(SESSION)
        assert session_in(path, 0) == "00" * 16
        assert without_lock(block_in(path, 0)) == bytes(1016)
        sink.publish("ab" * 16, block_of(drawn(3), session_id="ab" * 16))
        assert session_in(path, 0) == "ab" * 16
    assert path.read_bytes()[64:4096] == bytes(4032)
    assert all(without_lock(block_in(path, slot)) == bytes(1016) for slot in range(3))


def test_the_lock_is_even_and_never_the_same_again(path):
    with MemorySink(path) as sink:
        seen = []
        for seed in range(5):
            sink.publish(SESSION, block_of(drawn(seed)))
            seen.append(lock_in(path, 0))
        sink.end(SESSION)
        seen.append(lock_in(path, 0))
    with MemorySink(path) as sink:
        sink.publish(SESSION, block_of(drawn(9)))
        seen.append(lock_in(path, 0))
    assert all(lock % 2 == 0 for lock in seen)
    assert seen == sorted(set(seen))


def test_a_lock_at_its_end_begins_again(path):
    with MemorySink(path):
        pass
    with path.open("r+b") as file:
        file.seek(block_at(0) + 16)
        file.write(b"\xff" * 8)
    with MemorySink(path) as sink:
        sink.publish(SESSION, block_of(drawn(1)))
        assert lock_in(path, 0) == 2


def test_when_every_slot_is_taken_the_next_session_has_none(path):
    ids = [f"{number:032x}" for number in range(1, SLOTS + 2)]
    with MemorySink(path) as sink:
        for session_id in ids[:-1]:
            sink.publish(session_id, block_of(drawn(1), session_id=session_id))
        with pytest.raises(ServerError, match="all 252 slots"):
            sink.publish(ids[-1], block_of(drawn(1), session_id=ids[-1]))
        sink.end(ids[100])
        sink.publish(ids[-1], block_of(drawn(1), session_id=ids[-1]))
        assert session_in(path, 100) == ids[-1]


def test_a_second_server_is_refused_while_the_first_one_lives(path, holder):
    before = path.read_bytes()
    with pytest.raises(ServerError, match=f"process {holder.pid}") as raised:
        MemorySink(path)
    assert "udp://" in raised.value.advice
    assert path.read_bytes() == before


def test_a_server_that_was_killed_leaves_nothing(path, holder):
    identity = path.stat().st_ino
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert session_in(path, 0) == SESSION
    with MemorySink(path) as sink:
        assert path.read_bytes()[64:4096] == bytes(4032)
        assert without_lock(block_in(path, 0)) == bytes(1016)
        sink.publish(OTHER, block_of(drawn(2), session_id=OTHER))
        assert session_in(path, 0) == OTHER
    assert path.stat().st_ino == identity


def test_a_writer_killed_in_the_middle_of_a_block_leaves_its_lock_odd_for_the_next(path):
    with MemorySink(path):
        pass
    with path.open("r+b") as file:
        file.seek(block_at(0) + 16)
        file.write((77).to_bytes(8, "little"))
    with MemorySink(path):
        assert lock_in(path, 0) == 78


@pytest.mark.parametrize("content", [b"", b"VRFS", bytes(FILE_BYTES), b"\xff" * (FILE_BYTES + 1)])
def test_what_stands_there_is_written_over_and_never_cut(path, content):
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    with MemorySink(path) as sink:
        sink.publish(SESSION, block_of(drawn(1)))
        assert session_in(path, 0) == SESSION
        assert path.read_bytes()[80:4096] == bytes(4016)
    assert path.stat().st_size == max(FILE_BYTES, len(content))


def test_a_folder_or_a_link_in_its_place_is_an_error(path, tmp_path):
    path.parent.mkdir(mode=0o700)
    path.mkdir()
    with pytest.raises(ServerError, match="cannot hand faces out"):
        MemorySink(path)
    path.rmdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServerError, match="cannot hand faces out"):
        MemorySink(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ServerError, match="not a file"):
        MemorySink(path)
    assert not (tmp_path / "elsewhere").exists()


def test_another_users_file_is_not_touched(path, monkeypatch):
    with MemorySink(path):
        pass
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(ServerError, match="another user"):
        MemorySink(path)


def test_a_full_disk_is_an_error_before_anything_is_mapped(path, monkeypatch):
    """Not a bus error later, where a hole in the file could not be filled."""
    import resource

    path.parent.mkdir(mode=0o700)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, limits[1]))
    try:
        with pytest.raises(ServerError, match="File too large"):
            MemorySink(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    with MemorySink(path):
        assert path.stat().st_size == FILE_BYTES


def test_closing_twice_is_once(path):
    sink = MemorySink(path)
    sink.close()
    sink.close()
    with MemorySink(path):
        pass
