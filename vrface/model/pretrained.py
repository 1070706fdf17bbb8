"""Models by name: what ships in the package, and checkpoints in folders of one's own.

JAX is loaded by `load` alone: naming the models costs nothing.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from vrface.errors import UnknownName

if TYPE_CHECKING:
    from vrface.model.model import Model

DEFAULT = "default"
"""What is loaded where nothing else is asked for."""

RIDGE = "ridge"
"""The ridge that travels in `default`: the strongest simple rival, as a model."""

WEIGHTS = Path(str(resources.files("vrface.model"))) / "weights"
"""The folder of the models that ship, one checkpoint each, with their digests in `released.csv`."""


def released() -> dict[str, str]:
    """Name -> digest of each model that ships, as recorded when it was made."""
    lines = (WEIGHTS / "released.csv").read_text(encoding="utf-8").splitlines()
    return dict(line.split(",") for line in lines[1:])


def names() -> tuple[str, ...]:
    """Every name that `load` knows: what ships, and the ridge of `default`."""
    return (*released(), RIDGE)


def record_release(name: str, digest: bytes) -> None:
    """Write the digest that model `name` must have from now on."""
    digests = {**released(), name: digest.hex()}
    lines = [f"{name},{digests[name]}" for name in sorted(digests)]
    (WEIGHTS / "released.csv").write_text("\n".join(["name,digest", *lines, ""]), encoding="utf-8")


def find(name: str | Path) -> Path:
    """The checkpoint's folder that a name stands for; nothing in it is read yet.

    Args:
        name: As for `load`.

    Raises:
        UnknownName: if it is neither one of `names` nor a folder.
    """
    if str(name) in names():
        return WEIGHTS / (DEFAULT if str(name) == RIDGE else str(name))
    path = Path(name)
    if path.is_dir() or len(path.parts) > 1:
        return path
    raise UnknownName(
        "model",
        str(name),
        names(),
        f"Known: {', '.join(names())}; or give a checkpoint's folder.",
    )


def load(name: str | Path = DEFAULT) -> Model:
    """Load a model.

    Args:
        name: One of `names`, or the path of a checkpoint folder (anything with a path separator,
            or a folder that is there).

    Raises:
        UnknownName: if it is neither.
        CheckpointError: if the checkpoint is incomplete or was altered.
    """
    folder = find(name)
    if str(name) in names():
        return _released(str(name))
    from vrface.model import checkpoint

    return checkpoint.load(folder)


@cache
def _released(name: str) -> Model:
    from vrface.model import checkpoint

    if name == RIDGE:
        return _released(DEFAULT).ridge
    return checkpoint.load(WEIGHTS / name, name=name, digest=released()[name])
