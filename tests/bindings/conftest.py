"""A server, and the clients of other languages, each made once a run."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving.harness import RunningServer, small_model

ROOT = Path(__file__).resolve().parents[2]


def run(*command: object) -> None:
    """Run a command in the checkout; fail with what it said."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Makes a thing in a folder of its own, once for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make_once(name: str, make: Callable[[Path], None]) -> Path:
        folder: Path = shared / name
        done = shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def buf(once):
    """How scripts/buf judges a folder: its exit code and what it says."""
    once("proto-modules", lambda _: run("scripts/node-modules", "proto"))

    def judge(*arguments: object) -> tuple[int, str]:
        command = ["scripts/buf", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert not done.stdout
        return done.returncode, done.stderr

    return judge


@pytest.fixture(scope="session")
def node(once):
    """The Node client's command."""
    once("node-modules", lambda _: run("scripts/node-modules", "bindings/node"))
    return ["node", str(ROOT / "bindings/node/track.js")]


@pytest.fixture(scope="session")
def cpp(once):
    """The C++ client's command, built."""

    def build(folder: Path) -> None:
        flags = "-DCMAKE_CXX_FLAGS_RELEASE=-O1"
        run("cmake", "-S", "bindings/cpp", "-B", folder, flags)
        run("cmake", "--build", folder, "--parallel", 2)

    return [str(once("cpp-build", build) / "track")]


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Where a server with a small model answers."""
    model = small_model(tmp_path_factory.mktemp("model") / "small")
    with RunningServer({"small": model}, max_sessions=8) as server:
        yield server.address
