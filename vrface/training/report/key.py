"""`key`: what finished jobs are kept under, another one wherever another figure could come out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from vrface.simulation.occlusion.wear import SENSORS_VERSION
from vrface.simulation.simulate import SIMULATION_VERSION
from vrface.training.evaluate import PROTOCOL
from vrface.training.report.options import Options

_SOURCES = Path(__file__).resolve().parents[2]

_APART = (
    "cli",
    "render",
    "serving",
    "training/report",
    "training/words.py",
    "training/workers.py",
)
"""Sources that no figure passes through."""

_MEASURING = ("jobs.py", "options.py", "stretches.py")
"""Of this folder, those that do measure."""

_LIBRARIES = ("jax", "jaxlib", "numpy")


def key(options: Options, digest: bytes) -> str:
    """The key of a report's jobs, 16 hexadecimal digits.

    How many wearers were asked for is not in it: parts of a report are parts of a larger one too.

    Args:
        options: What was asked for.
        digest: Of the model; its name says nothing.
    """
    asked = {
        "digest": digest.hex(),
        "protocol": PROTOCOL,
        "sensors": SENSORS_VERSION,
        "simulation": SIMULATION_VERSION,
        "seconds": options.seconds,
        "seed": options.seed,
        "takes": [hashed([path]) for path in options.takes],
        "rig": hashed(sorted(options.rig.iterdir())) if options.rig is not None else None,
        "sources": hashed(_measuring()),
        "libraries": libraries(),
    }
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def libraries() -> list[str]:
    """Versions of the libraries that figures pass through."""
    return [version(name) for name in _LIBRARIES]


def sources() -> list[Path]:
    """The package's sources that figures pass through: all but `_APART`."""
    files = [path for kind in ("py", "toml", "csv") for path in _SOURCES.rglob(f"*.{kind}")]
    apart = {_SOURCES / name for name in _APART}
    return sorted(path for path in files if not apart.intersection((path, *path.parents)))


def _measuring() -> list[Path]:
    """Those, and what measures of this folder."""
    return sorted([*sources(), *(Path(__file__).with_name(name) for name in _MEASURING)])


def hashed(paths: Iterable[Path]) -> str:
    """SHA-256 of the contents of files, hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
