"""Manifests of the API layer, where OpenXR's loader finds them.

They make it an implicit layer, which needs nothing of an application but its environment. That of
one application lets it in only where a variable is set, which the manifest names. Where loaders
look: OpenXR-SDK-Source, specification/loader/api_layer.adoc.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vrface.errors import BadUse, VrfaceError

CHECKOUT = Path(__file__).parents[2]
NAME = "vrface_openxr_layer"
"""What the layer's files are called: the library, and the manifest that is built beside it."""

ENTRY = "xrNegotiateLoaderApiLayerInterface"
"""The function that a loader looks for in it."""

FOR = "VRFACE_OPENXR_FOR_"
"""How the variables begin that let the layer in, one for each application."""

REGISTRY = r"Software\Khronos\OpenXR\1\ApiLayers\Implicit"
"""The key below HKEY_CURRENT_USER whose values name manifests."""


class Registry(Protocol):
    """What a loader on Windows looks into beside the manifests: names, each with 0 = enabled."""

    def add(self, name: str) -> None:
        """Let loaders find a manifest."""
        ...

    def drop(self, name: str) -> None:
        """Let them find it no more, if they did."""
        ...


@dataclass(frozen=True)
class Place:
    """Where manifests go.

    Attributes:
        folder: Their folder.
        registry: Where each has to be named too; None = its place is enough.
    """

    folder: Path
    registry: Registry | None = None

    @classmethod
    def here(cls) -> Place:
        """That of this user on this system.

        Raises:
            BadUse: if OpenXR has no loader for it.
        """
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
            return cls(Path(local) / "vrface" / "openxr", _UserRegistry())
        if sys.platform == "darwin":
            raise BadUse("there is no OpenXR on macOS.", "Its loaders are for Linux and Windows.")
        home = Path(os.environ.get("XDG_DATA_HOME", ""))
        data = home if home.is_absolute() else Path.home() / ".local" / "share"
        return cls(data / "openxr/1/api_layers/implicit.d")


@dataclass(frozen=True)
class Installed:
    """One manifest that is there.

    Attributes:
        path: Where.
        variable: What lets the layer in; empty = nothing need be set.
        library: The layer; None where the manifest cannot be read.
    """

    path: Path
    variable: str
    library: Path | None

    def fault(self) -> str:
        """Why a loader could not use it; empty = it can."""
        if self.library is None:
            return "the manifest cannot be read"
        if not self.library.is_file():
            return "the library is gone"
        try:
            return "" if hasattr(ctypes.CDLL(str(self.library)), ENTRY) else "no API layer"
        except OSError as error:
            return f"the library cannot be loaded: {error}"


def built_library() -> Path:
    """Where building the layer in a checkout puts it."""
    folder = CHECKOUT / "build" / "openxr_layer"
    if sys.platform == "win32":
        return folder / "windows" / f"{NAME}.dll"
    return folder / f"lib{NAME}.so"


def variable_of(application: str) -> str:
    """The environment variable that lets the layer into an application.

    Raises:
        BadUse: if nothing of the name can stand in a variable.
    """
    stem = re.sub(r"[^A-Z0-9]+", "_", application.upper()).strip("_")
    if not stem:
        raise BadUse(f"{application!r} is no name of an application.", "Use letters and digits.")
    return FOR + stem


def install(place: Place, library: Path, variable: str = "") -> Path:
    """Put a manifest where the loader finds it; one that is there is replaced.

    Args:
        place: Where.
        library: The layer; the manifest that was built lies beside it.
        variable: What has to be set for the layer to be loaded; empty = nothing.

    Returns:
        The manifest.

    Raises:
        BadUse: if there is no layer at `library`.
        VrfaceError: if the manifest cannot be written.
    """
    manifest = _built(library)
    manifest["api_layer"]["library_path"] = str(library.resolve())
    if variable:
        manifest["api_layer"]["enable_environment"] = variable
    path = place.folder / _file_name(variable)
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place.folder, prefix=".vrface-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=2)
        os.replace(draft, path)
        if place.registry is not None:
            place.registry.add(str(path))
    except OSError as error:
        raise VrfaceError(f"cannot write {path}: {error.strerror}.") from None
    return path


def remove(place: Place, variable: str | None = None) -> tuple[Path, ...]:
    """Take manifests back.

    Args:
        place: Where they are.
        variable: Of which; empty = that of all applications, None = every one.

    Returns:
        Those that were there.

    Raises:
        VrfaceError: if one cannot be removed.
    """
    gone = []
    for each in installed(place):
        if variable not in (None, each.variable):
            continue
        try:
            if place.registry is not None:
                place.registry.drop(str(each.path))
            each.path.unlink()
        except OSError as error:
            raise VrfaceError(f"cannot remove {each.path}: {error.strerror}.") from None
        gone.append(each.path)
    return tuple(gone)


def installed(place: Place) -> tuple[Installed, ...]:
    """The manifests that are there, that of all applications first."""
    found = {path: _read(path) for path in sorted(place.folder.glob(f"{NAME}*.json"))}
    each = (Installed(path, _variable(path), library) for path, library in found.items())
    return tuple(sorted(each, key=lambda one: one.variable))


def _file_name(variable: str) -> str:
    return f"{NAME}-{variable.removeprefix(FOR).lower()}.json" if variable else f"{NAME}.json"


def _variable(path: Path) -> str:
    """The variable of a manifest, by its file's name: it may hold anything."""
    application = path.stem.removeprefix(NAME).removeprefix("-")
    return variable_of(application) if application else ""


def _built(library: Path) -> dict[str, Any]:
    """The manifest that lies beside the layer."""
    advice = "Build it (make -C bindings/openxr_layer, in a checkout), or say --library."
    if not library.is_file():
        raise BadUse(f"there is no API layer at {library}.", advice)
    beside = library.with_name(f"{NAME}.json")
    try:
        manifest: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
        manifest["api_layer"]["library_path"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadUse(f"{beside} is no manifest of the layer: {error}.", advice) from None
    return manifest


def _read(path: Path) -> Path | None:
    """The library that a manifest names; None = it cannot be read."""
    try:
        return Path(json.loads(path.read_text(encoding="utf-8"))["api_layer"]["library_path"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


class _UserRegistry:
    """The registry of this user, on Windows."""

    def add(self, name: str) -> None:
        """Let loaders find a manifest."""
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, REGISTRY) as key:
                winreg.SetValueEx(key, name, 0, winreg.REG_DWORD, 0)

    def drop(self, name: str) -> None:
        """Let them find it no more, if they did."""
        if sys.platform == "win32":
            import winreg

            with (
                contextlib.suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, REGISTRY, 0, winreg.KEY_SET_VALUE) as key,
            ):
                winreg.DeleteValue(key, name)
