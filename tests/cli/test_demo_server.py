"""The demo's server does not outlive the demo, whatever ends it."""

import os
import signal
import time
from pathlib import Path

import pytest

EXIT = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129, "SIGKILL": -9}


def servers(folder: Path) -> list[int]:
    """The processes whose runtime folder lies in `folder`."""
    wanted = f"XDG_RUNTIME_DIR={folder}/vrface-demo-".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def connected(pid: int) -> bool:
    """Whether a process has a socket: the demo has one once faces cross."""
    try:
        links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(link.startswith("socket:") for link in links)


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not come about in time"
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="a system without /proc")
@pytest.mark.parametrize("serving", [False, True], ids=["starting", "serving"])
@pytest.mark.parametrize("name", EXIT)
def test_an_ended_demo_leaves_no_server(spawn, tmp_path, monkeypatch, name, serving):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    demo = spawn("demo", "--seconds", 300, "-o", tmp_path / "out")
    wait_for(lambda: servers(folder) != [])
    if serving:
        wait_for(lambda: connected(demo.pid))
    demo.send_signal(getattr(signal, name))
    assert demo.wait(60) == EXIT[name]
    assert demo.stderr.read() == ""
    wait_for(lambda: servers(folder) == [], seconds=15)
    if name != "SIGKILL":
        assert list(folder.iterdir()) == []
