"""The application of ``examples/openxr_reader``, which knows nothing of vrface."""

import re
import subprocess
import sys

import pytest

from tests.bindings.openxr_layer.conftest import ALONE, NAME, ROOT


@pytest.fixture
def reader(pyopenxr, stub):
    """Runs it for a second on a runtime that knows of no face."""
    stub.offer(*ALONE)
    script = ROOT / "examples/openxr_reader/reader.py"
    command = [sys.executable, str(script), "--seconds", "1"]

    def run():
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    return run


def test_it_draws_faces_where_the_layer_is(reader, publishing, layer, monkeypatch):
    monkeypatch.setenv("XR_API_LAYER_PATH", str(layer))
    monkeypatch.setenv("XR_ENABLE_API_LAYERS", NAME)
    done = reader()
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    assert re.fullmatch(r"\d+ faces in 1 s", last)
    assert len({line for line in lines if line.startswith("brow up")}) > 1


def test_it_says_where_there_are_none(reader):
    done = reader()
    assert done.returncode == 1
    assert "reader: no face tracking here" in done.stderr
    assert "Traceback" not in done.stderr
