"""pyopenxr, for the tests that speak OpenXR."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import system_on
from vrface.errors import DependencyError
from vrface.trackers.openxr import binding


def bound() -> Any:
    """The module ``xr``: where it does not run tests skip, or fail if CI promised it."""
    try:
        return binding.binding()
    except DependencyError as error:
        if system_on():
            pytest.fail(f"VRFACE_SYSTEM=1 promises pyopenxr: {error}")
        pytest.skip(str(error), allow_module_level=True)
