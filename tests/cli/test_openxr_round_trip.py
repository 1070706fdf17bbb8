"""A Quest Pro's face in, through serve, and out to a game on another runtime: the same face."""

import time

import numpy as np
import pytest

from tests.openxr.client import Client
from tests.openxr.faces import Face2
from tests.openxr.stub import EXTENSIONS, Stub
from tests.trackers.senders import FB2, random_face
from vrface.cli.layer_manifests import NAME
from vrface.cli.serve import READY

FACE2 = "XR_FB_face_tracking2"
WAIT_S = 60


@pytest.fixture
def headset(stub_library, tmp_path):
    """The runtime of the headset, whose face goes in; `runtime` is the game's."""
    (tmp_path / "headset").mkdir()
    with Stub(tmp_path / "headset", stub_library) as stub:
        stub.offer(*EXTENSIONS[:2], FACE2)
        yield stub


def until(read, condition):
    """The first answer of which something holds."""
    began = time.monotonic()
    while not condition(answer := read()):
        assert time.monotonic() - began < WAIT_S, answer
        time.sleep(0.01)
    return answer


def test_a_quest_pro_face_is_the_same_in_a_game(
    vrface, spawn, headset, runtime, layer, tmp_path, monkeypatch
):
    face = random_face(np.random.default_rng(11))
    headset.face2.weights[:] = sent = [face[shape] for shape in FB2]
    runtime.offer(*EXTENSIONS[:2])
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.delenv("VRFACE_OPENXR_LAYER", raising=False)
    assert (
        vrface("openxr", "install", "--for-app", "game", "--library", layer / f"lib{NAME}.so")[0]
        == 0
    )
    with monkeypatch.context() as elsewhere:
        for name, value in headset.environment.items():
            elsewhere.setenv(name, value)
        server = spawn("serve", "--port", 0, "--tracker", "openxr", "--publish", "memory")
    assert server.stdout.readline().startswith(READY), server.stderr.read()
    assert "a server publishes them now" in vrface("openxr", "status")[1]
    monkeypatch.setenv("VRFACE_OPENXR_FOR_GAME", "1")
    with Client(FACE2) as game:
        game.poll()
        read = Face2(game).read
        same = until(read, lambda it: it.valid and np.abs(it.weights - sent).max() <= 1 / 255)
        assert same.eyes
        headset.face2.valid = 0
        until(read, lambda it: not it.valid)
        headset.face2.valid = 1
        until(read, lambda it: it.valid)
        server.kill()
        gone = until(read, lambda it: not it.valid)
        assert not gone.weights.any()
