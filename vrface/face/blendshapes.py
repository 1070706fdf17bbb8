"""The canonical blendshape set, version 1: 54 names in a fixed order, and what belongs together.

Weights are in [0, 1]; left and right are the wearer's. The set is append-only under a new version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.errors import UnknownName
from vrface.face.table import read_table

SET_NAME = "vrface"
SET_VERSION = 1

_ROWS = read_table("vrface.face", "blendshapes")

BLENDSHAPES: tuple[str, ...] = tuple(row["name"] for row in _ROWS)
"""The 54 names, in the order of every weight array."""

COUNT = len(BLENDSHAPES)

GROUPS: tuple[str, ...] = ("lid", "brow", "cheek", "nose", "mouth", "gaze")
"""What scores are reported by; every blendshape is in exactly one."""

REGIONS: tuple[str, ...] = ("lower", "upper_left", "upper_right")
"""The three parts of a face that carry a confidence, in the order of `Expression.confidence`."""

ALIASES: dict[str, tuple[str, str]] = {
    "browInnerUp": ("browInnerUpLeft", "browInnerUpRight"),
    "cheekPuff": ("cheekPuffLeft", "cheekPuffRight"),
}
"""ARKit names that the canonical set splits; an alias answers with the mean of both."""

_INDEX = {name: index for index, name in enumerate(BLENDSHAPES)}
_GROUP = {row["name"]: row["group"] for row in _ROWS}
_REGION = {row["name"]: row["region"] for row in _ROWS}


def index(name: str) -> int:
    """Where `name` stands in a weight array.

    Raises:
        UnknownName: if it is not one of the 54, with the nearest names.
    """
    try:
        return _INDEX[name]
    except KeyError:
        raise UnknownName("blendshape", name, (*BLENDSHAPES, *ALIASES)) from None


def indices(names: Iterable[str]) -> NDArray[np.intp]:
    """Where each of `names` stands in a weight array."""
    return np.array([index(name) for name in names], dtype=np.intp)


def group_of(name: str) -> str:
    """The score group of one blendshape: one of `GROUPS`."""
    return _GROUP[BLENDSHAPES[index(name)]]


def group_indices(group: str) -> NDArray[np.intp]:
    """The blendshapes of one score group."""
    if group not in GROUPS:
        raise UnknownName("group", group, GROUPS)
    return indices(name for name in BLENDSHAPES if _GROUP[name] == group)


def region_indices(region: str) -> NDArray[np.intp]:
    """The blendshapes of one confidence region."""
    if region not in REGIONS:
        raise UnknownName("region", region, REGIONS)
    return indices(name for name in BLENDSHAPES if _REGION[name] == region)


def mask(names: Sequence[str]) -> NDArray[np.bool_]:
    """A [54] mask that is true at `names`."""
    chosen = np.zeros(COUNT, dtype=np.bool_)
    chosen[indices(names)] = True
    return chosen


def mirrored(name: str) -> str:
    """The same shape on the other side of the face; `name` itself when it has no sides."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


EYE_LOOK: tuple[str, ...] = tuple(name for name in BLENDSHAPES if _GROUP[name] == "gaze")
"""The eight shapes that derive from the gaze angles."""

MIRROR: NDArray[np.intp] = np.array([_INDEX[mirrored(name)] for name in BLENDSHAPES])
"""`weights[..., MIRROR]` is the same face mirrored."""

PAIR: NDArray[np.intp] = np.minimum(np.arange(COUNT), MIRROR)
"""[54] for each shape, which one stands for it and its mirror image."""
