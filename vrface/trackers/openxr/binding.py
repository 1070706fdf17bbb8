"""`binding`: pyopenxr, imported when it is needed and not before."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from vrface.errors import DependencyError

OFF = {"VRFACE_OPENXR_LAYER": "off", "XR_LOADER_DEBUG": "none"}
"""What the loader is told: without the layer that shows our own faces, and without a word."""


def binding() -> Any:
    """The module ``xr`` of pyopenxr, with a loader of its own.

    Raises:
        DependencyError: if it is not installed, or does not run on this system.
    """
    if sys.platform not in ("linux", "win32"):
        raise DependencyError("there is no OpenXR on this system.", "It is for Linux and Windows.")
    if find_spec("xr") is None:
        raise DependencyError(
            "OpenXR is spoken by the package pyopenxr, which is not installed.",
            "pip install 'vrface[openxr]'.",
        )
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints where it has no loader
            return import_module("xr")
    except Exception as error:  # whatever it finds missing: a loader, libGL, a system it knows
        raise DependencyError(
            f"pyopenxr does not run on this system: {type(error).__name__}: {error}.",
            "It has loaders for Linux and Windows, and on Linux needs libGL (Debian: libgl1).",
        ) from None


@contextmanager
def quiet_loader() -> Iterator[None]:
    """While it holds, the loader leaves our own layer out: what it shows would come back to us."""
    before = {name: os.environ.get(name) for name in OFF}
    os.environ.update(OFF)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
