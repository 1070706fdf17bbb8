"""A stub OpenXR runtime that trackers read, led by the test."""

from __future__ import annotations

import pytest

from tests.openxr.conftest import pyopenxr as pyopenxr
from tests.openxr.conftest import stub as stub
from tests.openxr.conftest import stub_library as stub_library
from tests.trackers.asked import Asked


@pytest.fixture
def runtime(pyopenxr, stub):
    """The stub, which pyopenxr's loader finds."""
    return stub


@pytest.fixture
def ask(runtime):
    """Opens a connection to the stub, offering some extensions of a face."""
    opened: list[Asked] = []

    def begin(*extensions):
        opened.append(Asked(runtime, *extensions))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()
    assert runtime.refusal == ""  # whatever we asked, we asked rightly
    assert runtime.live.session == runtime.live.space == runtime.live.face2 == 0
