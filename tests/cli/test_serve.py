"""serve and watch: a server with a tracker, and the view of it in a pipe and in a terminal."""

import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import termios
import time

import pytest

from vrface.cli.serve import READY
from vrface.cli.watch import _target
from vrface.client import ServerFile

WAIT_S = 60


def ready_address(process):
    line = process.stdout.readline()
    assert line.startswith(READY), process.stderr.read()
    return line.removeprefix(READY).split()[0]


def test_others_may_not_listen_in(fails):
    assert "--insecure-lan" in fails(3, "serve", "--host", "0.0.0.0")


def test_a_busy_port(fails):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = fails(1, "serve", "--port", taken.getsockname()[1])
    assert "--port" in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tracker", "synthetik"], "Did you mean 'synthetic'"),
        (["--tracker", "synthetik", "--seed", "1"], "Did you mean 'synthetic'"),
        (["--tracker", "replay"], "Add --log LOG.mcap."),
        (["--log", "a.mcap"], "--tracker replay"),
        (["--headset", "nosuch"], "--headset goes with --tracker synthetic"),
        (["--seed", "0"], "--seed goes with --tracker synthetic"),
        (["--tracker", "synthetic", "--log", "a.mcap"], "--log goes with --tracker replay"),
        (["--tracker", "replay", "--log", "a.mcap", "--headset", "foam_16"], "--headset goes with"),
        (["--tracker", "replay", "--log", "a.mcap", "--seed", "0"], "--seed goes with"),
        (["--tracker", "synthetic", "--headset", "nosuch"], "unknown headset 'nosuch'"),
        (["--port", "70000"], "65535"),
        (["--model", "defualt"], "Did you mean 'default'"),
        (["--smooth", "brows=1:1"], "Did you mean 'brow'"),
    ],
    ids=" ".join,
)
def test_bad_use(fails, arguments, says):
    assert says in fails(2, "serve", *arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--session", "a"], "--token"),
        (["--session", "a", "--token", "00"], "host:port"),
        (["localhost:1", "--session", "a", "--token", "zz"], "hexadecimal"),
    ],
    ids=" ".join,
)
def test_watch_needs_address_session_and_token(fails, arguments, says):
    assert says in fails(2, "watch", *arguments)


def test_watch_without_a_server(fails, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert "vrface serve --tracker" in fails(1, "watch")


def test_the_token_goes_to_its_own_server_alone(fails, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    ServerFile("127.0.0.1:1", "ab" * 16, "cd" * 16).write()
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        stranger.settimeout(0.2)
        port = stranger.getsockname()[1]
        for address in (f"127.0.0.1:{port}", f"localhost:{port}"):
            assert "--session and --token" in fails(2, "watch", address)
        with pytest.raises(TimeoutError):
            stranger.accept()
    assert _target("localhost:1", None, None)[0] == "127.0.0.1:1"


def test_a_tampered_file_is_one_line(fails, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    path = ServerFile("127.0.0.1:1", "ab" * 16, "cd" * 16).write()
    path.write_text(path.read_text().replace("cd", "xy"))
    assert "not a server's file" in fails(1, "watch")


@pytest.mark.parametrize("address", ["http://localhost:50515", "localhost:99999", "localhost:abc"])
def test_a_malformed_address_is_bad_use(fails, address):
    assert "not the address" in fails(2, "watch", address)
    assert "not the address" in fails(2, "watch", address, "--session", "a", "--token", "00")


def test_it_ends_with_its_stdin(spawn):
    server = spawn("serve", "--port", 0, "--until-stdin-closes", stdin=subprocess.PIPE)
    ready_address(server)
    server.stdin.close()
    assert server.wait(WAIT_S) == 0


def test_serve_and_watch(spawn, tmp_path):
    server = spawn("serve", "--port", 0, "--tracker", "synthetic", "--headset", "mouth_only")
    ready_address(server)
    _watch_in_a_pipe(spawn)
    _watch_in_a_terminal(spawn)
    server.send_signal(signal.SIGTERM)
    assert server.wait(WAIT_S) == 0
    assert not (tmp_path / "runtime" / "vrface" / "server.json").exists()


def test_a_log_that_is_over_is_told_there_and_to_who_comes_to_watch(spawn, vrface, tmp_path):
    log = tmp_path / "a.mcap"
    where = ("--headset", "mouth_only", "--minutes", 0.04)
    assert vrface("simulate", *where, "-o", log)[0] == 0
    server = spawn("serve", "--port", 0, "--tracker", "replay", "--log", log)
    ready_address(server)
    assert server.stderr.readline() == "the log is over\n"
    late = spawn("watch")
    _, err = late.communicate(timeout=WAIT_S)
    assert late.returncode == 1
    assert "or its log is over" in err
    server.send_signal(signal.SIGTERM)
    assert server.wait(WAIT_S) == 0
    assert "the log is over" not in server.stderr.read()


def _watch_in_a_pipe(spawn):
    watch = spawn("watch")
    lines = [watch.stdout.readline() for _ in range(2)]
    assert all(line.startswith("face at ") for line in lines), watch.stderr.read()
    watch.send_signal(signal.SIGINT)
    assert watch.wait(WAIT_S) == 130
    assert watch.stderr.read() == ""


def _watch_in_a_terminal(spawn):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    watch = spawn("watch", stdin=theirs, stdout=theirs, text=False)
    os.close(theirs)
    screen = _read_until(ours, b"on your right")
    os.write(ours, b"q")
    assert "browInnerUp" in screen
    assert "inferred" in screen
    assert _read_until(ours, None) is not None
    assert watch.wait(WAIT_S) == 0
    os.close(ours)


def _read_until(terminal, wanted):
    """What appears up to `wanted`; up to the end where that is None."""
    seen, deadline = b"", time.monotonic() + WAIT_S
    while time.monotonic() < deadline and (wanted is None or wanted not in seen):
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            seen += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
    return seen.decode("utf-8", "replace")
