"""The stub runtime, built once, and OpenXR's loader led to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.openxr.binding import bound
from tests.openxr.stub import Stub, build

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def pyopenxr():
    """The module, where it runs."""
    return bound()


@pytest.fixture(scope="session")
def stub_library(compiler, tmp_path_factory):
    """The stub runtime, compiled."""
    return build(tmp_path_factory.mktemp("stub"), compiler("gcc"))


@pytest.fixture
def stub(stub_library, tmp_path, monkeypatch):
    """A runtime that this process's loader finds, and how to steer it."""
    with Stub(tmp_path, stub_library) as stub:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        yield stub


@pytest.fixture(scope="session")
def layer(compiler, tmp_path_factory):
    """The folder that holds the built API layer and its manifest."""
    folder = tmp_path_factory.mktemp("layer")
    compiler("g++")
    source = ROOT / "bindings/openxr_layer"
    command = [compiler("make"), "-C", source, f"OUT={folder}", "OPTIMISE=-O1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder
