"""The compile cache: what JAX compiled once, kept on disk, so that a second start compiles nothing.

It holds machine code that is loaded and run, so it lives in a folder that nobody but the user can
write. JAX keeps one cache for the whole process: its other functions are kept there too. Whoever
gives JAX a cache of their own keeps that; ``VRFACE_CACHE`` names another folder, or is ``off``.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import platform
import stat
import sys
import warnings
from functools import cache
from pathlib import Path

import jax
import jax.monitoring

LARGEST_BYTES = 64 * 1024**2
"""Entries beyond this go, oldest first: a step is 0.1 MB for each size of batch, a training step
0.3 MB, so this is room for a hundred networks of different size."""

_COMPILED = "/jax/core/compile/backend_compile_duration"
"""What JAX says when it has compiled, and written its entry."""

_log = logging.getLogger(__name__)


@cache
def enable() -> Path | None:
    """Let JAX keep what it compiles from now on, and look there first; decided once a process.

    Nothing that goes wrong with the cache is worth a session: then everything is compiled, as if
    there were none.

    Returns:
        The folder; None where it is off, cannot be written or is not the user's alone, or where
        JAX has been given a cache by someone else.
    """
    if jax.config.jax_compilation_cache_dir is not None:  # type: ignore[attr-defined]
        return None
    if os.environ.get("VRFACE_CACHE") == "off":
        return None
    try:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = folder.resolve()
        if not _is_private(folder):
            _log.warning("%s is not the user's alone: nothing compiled is kept there.", folder)
            return None
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return None
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home
        _log.info("no compile cache: %s", error)
        return None
    with contextlib.suppress(OSError):  # another process may be tidying too
        _tidy(folder)
    for name, value in {
        "jax_compilation_cache_dir": str(folder),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": -1,
        "jax_raise_persistent_cache_errors": False,
    }.items():
        jax.config.update(name, value)  # type: ignore[no-untyped-call]
    # Of an entry that cannot be read or written JAX warns, and compiles.
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache entry")
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, *_, **__: _seal(folder) if event == _COMPILED else None
    )
    return folder


def _folder() -> Path:
    """This machine's folder, in the user's folder for what can be made again."""
    named = os.environ.get("VRFACE_CACHE")
    if named:
        base = Path(named).expanduser().absolute()
    elif sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        base = (Path(local) if local else Path.home() / "AppData" / "Local") / "vrface" / "cache"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches" / "vrface"
    else:
        # A relative one is to be ignored: XDG Base Directory Specification.
        shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = (shared if shared.is_absolute() else Path.home() / ".cache") / "vrface"
    return base / f"jax-{_processor()}"


def _processor() -> str:
    """What tells processors apart that do not run each other's code: one home may serve many.

    JAX's own key names versions and flags, and of the processor what its runtime sees fit to.
    """
    told = [platform.system(), platform.machine()]
    if sys.platform == "linux":
        wanted = ("vendor_id", "cpu family", "model", "flags", "CPU ", "Features")
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        told += sorted({line for line in lines if line.startswith(wanted)})
    else:
        told += [platform.processor(), platform.version()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _is_private(folder: Path) -> bool:
    """Whether nobody else can put anything into a folder, or another folder in its place.

    Of the folders above, the user's own group may write: on many systems it is theirs alone.
    """
    if sys.platform == "win32":  # the user's own folders are, by their access lists
        return True
    trusted = (0, os.getuid())
    own = folder.stat()
    if own.st_uid not in trusted or own.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    for place in folder.parents:
        seen = place.stat()
        # In a sticky folder, such as /tmp, nobody removes what is another's.
        by_group = seen.st_mode & stat.S_IWGRP and seen.st_gid not in (0, os.getgid())
        writable = by_group or seen.st_mode & stat.S_IWOTH
        replaceable = writable and not seen.st_mode & stat.S_ISVTX
        if seen.st_uid not in trusted or replaceable:
            return False
    return True


def read(entry: Path) -> bytes:
    """What an entry of our own holds.

    Raises:
        FileNotFoundError: if there is none, or it is not whole.
    """
    data = entry.read_bytes()
    if _seal_of(entry).read_bytes() != hashlib.sha256(data).digest():
        raise FileNotFoundError(entry)
    return data


def keep(entry: Path, data: bytes) -> None:
    """Write an entry of our own, if that can be done; until it is sealed it is none."""
    with contextlib.suppress(OSError):
        entry.write_bytes(data)
        _seal_of(entry).write_bytes(hashlib.sha256(data).digest())


def _tidy(folder: Path) -> None:
    """Remove entries that are not whole, and of the others the oldest beyond `LARGEST_BYTES`.

    JAX writes in place, replaces nothing, and would run what a failing disk made of an entry.
    """
    room = LARGEST_BYTES
    for entry in sorted(_entries(folder), key=lambda entry: entry.stat().st_mtime, reverse=True):
        room -= entry.stat().st_size
        seal = _seal_of(entry)
        if room < 0 or not seal.exists() or seal.read_bytes() != _digest(entry):
            entry.unlink(missing_ok=True)
            seal.unlink(missing_ok=True)


def _seal(folder: Path) -> None:
    """Write down the digest of every entry that has none yet."""
    with contextlib.suppress(OSError):
        for entry in _entries(folder):
            if not _seal_of(entry).exists():
                _seal_of(entry).write_bytes(_digest(entry))


def _entries(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".sha256"]


def _seal_of(entry: Path) -> Path:
    return entry.with_name(f"{entry.name}.sha256")


def _digest(entry: Path) -> bytes:
    return hashlib.sha256(entry.read_bytes()).digest()
