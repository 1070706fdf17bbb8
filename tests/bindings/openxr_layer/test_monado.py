"""The layer on a real runtime, and our declarations beside the real headers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.bindings.openxr_layer.conftest import FACES, NAME, ROOT, written
from tests.openxr.declarations import against_real
from tests.openxr.monado import Monado
from vrface.face.schemes import scheme

pytestmark = pytest.mark.system("xr")
TRACKERS = {
    "fb2": ("fb2", slice(0, 70)),
    "eyes": ("htc", slice(0, 14)),
    "lips": ("htc", slice(14, 51)),
    "android": ("android", slice(0, 68)),
}
WANTED = 10


@pytest.fixture(scope="module")
def folder():
    """Monado's folder, filled at the first run."""
    done = subprocess.run([ROOT / "scripts/xr-runtime"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture
def monado(folder, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    with Monado(folder, run) as monado:
        yield monado


def test_our_declarations_are_the_real_ones(folder, compiler, tmp_path):
    count, said = against_real(compiler("g++"), tmp_path, folder / "usr/include")
    assert said == ""
    assert count > 300


@pytest.fixture
def run(monado):
    """Runs this Python as an application on Monado."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            monado.command(Path(sys.executable).resolve(), *words),
            env=os.environ | monado.environment | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def with_layer(layer):
    """What an application's environment needs beside."""
    return {"XR_API_LAYER_PATH": str(layer), "XR_ENABLE_API_LAYERS": NAME}


def test_the_example_draws_faces_on_monado(run, publishing, with_layer):
    words = "examples/openxr_reader/reader.py", "--seconds", "2"
    done = run(*words, **with_layer)
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    assert re.fullmatch(r"\d+ faces in 2 s", last)
    assert len({line for line in lines if line.startswith("brow up")}) > 1
    without = run(*words)
    assert without.returncode == 1
    assert "reader: no face tracking here" in without.stderr


def test_an_application_on_monado_sees_faces(run, publishing, with_layer):
    done = run("-m", "tests.bindings.openxr_layer.monado_client", str(WANTED), **with_layer)
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[0] == {"what": "system", "name": "Monado: Simulated HMD"}
    assert said[1] == {"what": "supports", "visual": 1}
    assert set(said[-1].values()) == {"ended", "SUCCESS"}
    for name, (standard, part) in TRACKERS.items():
        known = np.array([written(scheme(standard), face)[part] for face in FACES])
        read = [each for each in said if each["what"] == name]
        assert len(read) >= WANTED
        for each in read:
            apart = np.abs(known - np.array(each["weights"], np.float32)).max(axis=1)
            assert apart.min() < 1e-6
            assert 30_000_000 <= each["age_ns"] < 30_000_000 + 200_000_000
