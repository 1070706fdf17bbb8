"""serve --publish, from the command line."""

import signal

import pytest

from tests.cli.test_serve import WAIT_S, ready_address
from tests.serving.harness import eventually
from vrface.client import FaceReader
from vrface.face.expression import Status
from vrface.outputs.memory_sink import MemorySink


@pytest.mark.parametrize(
    ("code", "target", "says"),
    [
        (2, "nowhere", "Say memory or udp://127.0.0.1:50516"),
        (2, "udp://127.0.0.1:99999", "Say memory or udp://127.0.0.1:50516"),
        (3, "udp://192.168.1.2:50516", "--insecure-lan"),
    ],
)
def test_targets_are_checked_before_anything_is_loaded(fails, code, target, says):
    assert says in fails(code, "serve", "--publish", "memory", "--publish", target)


def test_a_file_that_another_server_holds(fails, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with MemorySink():
        assert "another server" in fails(1, "serve", "--port", 0, "--publish", "memory")


def test_a_killed_server_leaves_a_stale_face_and_the_next_one_takes_over(spawn, tmp_path):
    arguments = ("serve", "--port", 0, "--tracker", "synthetic", "--publish", "memory")
    with FaceReader(path=tmp_path / "runtime" / "vrface" / "faces") as reader:
        for seed in (1, 2):
            server = spawn(*arguments, "--seed", seed)
            ready_address(server)
            eventually(lambda: getattr(reader.latest(), "valid", False), WAIT_S)
            server.send_signal(signal.SIGKILL if seed == 1 else signal.SIGTERM)
            assert server.wait(WAIT_S) in (0, -signal.SIGKILL)
            if seed == 1:
                eventually(lambda: getattr(reader.latest(), "status", 0) == Status.STALE)
                eventually(lambda: not reader.alive)
        assert reader.latest() is None
