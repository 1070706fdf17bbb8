"""A stub OpenXR runtime that trackers read, led by the test."""

from __future__ import annotations

import pytest

from tests.openxr.conftest import stub as stub
from tests.openxr.conftest import stub_library as stub_library
from vrface.errors import DependencyError
from vrface.trackers.openxr.binding import binding


@pytest.fixture(scope="session")
def pyopenxr():
    """The module, where it runs."""
    try:
        return binding()
    except DependencyError as error:
        pytest.skip(str(error))


@pytest.fixture
def runtime(pyopenxr, stub):
    """The stub, which pyopenxr's loader finds."""
    return stub
