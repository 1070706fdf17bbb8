"""The layer under sanitizers, in an application that is loader and runtime too: nothing ends it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.bindings.openxr_layer.conftest import LAYER, ROOT, Service, live
from tests.bindings.openxr_layer.service_process import DEAD
from vrface.wire.faces_file import block_at

LENGTH = int(os.environ.get("VRFACE_FAULTS", "1"))
HERE = ROOT / "tests/bindings/openxr_layer"
CHECKS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@pytest.fixture(scope="module")
def host(compiler, tmp_path_factory):
    """Runs the application and gives what it printed; every fault of it is a failure."""
    folder = tmp_path_factory.mktemp("host")
    sources = [*sorted(LAYER.glob("*.cpp")), HERE / "host.cpp"]
    (folder / "all.cpp").write_text("".join(f'#include "{path}"\n' for path in sources))
    includes = (f"-I{LAYER}", f"-I{LAYER.parent / 'c'}", f"-I{HERE}")
    options = ("-std=c++17", "-g", "-Wall", "-Wextra", "-Werror", *CHECKS, *includes)
    command = [compiler("g++"), *options, folder / "all.cpp", "-o", folder / "host", "-ldl"]
    subprocess.run([*command, "-pthread"], check=True)
    return folder / "host"


def run(host, *arguments: object) -> list[int]:
    command = [str(host), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert (done.returncode, done.stderr) == (0, "")
    return [int(word) for word in done.stdout.split()]


def test_instances_sessions_and_trackers_come_and_go(host, service):
    service.show(live(1))
    run(host, "cycles", 1000 * LENGTH)


def test_threads_use_it_at_once(host, service):
    service.show(live(1))
    run(host, "threads", 1000 * LENGTH)


def test_wrong_uses_are_answered(host, path):
    run(host, "wrong")


@pytest.mark.parametrize("one", [True, False], ids=["one library", "two libraries"])
def test_twice_in_a_chain_it_works_once(host, layer, tmp_path, path, one):
    first, second = layer / "libvrface_openxr_layer.so", tmp_path / "copy.so"
    shutil.copy(first, second)
    run(host, "chain", first, first if one else second)


def test_any_bytes_are_a_face_or_none(host, path):
    with Service(path) as service:
        service.show(live(1))
        whole = path.read_bytes()
    path.write_bytes(whole)  # as a server leaves it that is killed
    assert whole[block_at(0) : block_at(0) + 4] == b"VRFB"
    (faces,) = run(host, "fuzz", 1000 * LENGTH, 7, path)
    assert 500 * LENGTH < faces < 1000 * LENGTH


def test_services_are_killed_and_come_again_under_a_client_that_reads(host, path):
    """A face is shown for 150 ms at most after the service died: host.cpp checks each read."""
    lives = 10 * LENGTH
    command = [sys.executable, "-m", "tests.bindings.openxr_layer.service_process"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, cwd=ROOT, **pipes) as services,
        subprocess.Popen([host, "watch"], stderr=subprocess.PIPE, **pipes) as client,
    ):
        assert services.stdin
        assert services.stdout
        assert client.stdout
        for _ in range(lives):
            services.stdin.write(f"{path}\n")
            services.stdin.flush()
            process = int(services.stdout.readline())
            assert client.stdout.readline() == "1\n"
            os.kill(process, signal.SIGKILL)
            assert client.stdout.readline() == "0\n"
            assert services.stdout.readline().strip() == DEAD
        services.stdin.close()
        _, fault = client.communicate(timeout=30)
    assert (client.returncode, fault) == (0, "")
