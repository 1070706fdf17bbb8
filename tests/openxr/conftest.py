"""The stub runtime, built once, and OpenXR's loader led to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.openxr.stub import Stub, build

ROOT = Path(__file__).resolve().parents[2]


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
