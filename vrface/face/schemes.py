"""Schemes: other standards' blendshape lists, and the one engine that reads and writes them.

A scheme is a table of coefficients between its shapes and the canonical 54. Reading sums
``read * shape`` into each canonical weight and says of every one whether it was measured, copied
(the standard has one value where the canonical set has two) or absent; writing sums ``write *
canonical``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.expression import Source
from vrface.face.table import read_table

SCHEMES: tuple[str, ...] = ("arkit", "htc")
"""The schemes that ship."""

ORDERS: tuple[str, ...] = ("livelink_udp", "livelink_csv", "mediapipe")
"""The three orders in which ARKit's 52 names travel."""


@dataclass(frozen=True)
class Scheme:
    """One standard's blendshape list.

    Attributes:
        name: For example ``"htc"``.
        shapes: The standard's shape names, in its own index order.
        read_matrix: [54, shapes] coefficients from the standard to canonical.
        write_matrix: [shapes, 54] coefficients from canonical to the standard.
        source: [54] `Source` of each canonical weight after reading: measured, copied or absent.
    """

    name: str
    shapes: tuple[str, ...]
    read_matrix: NDArray[np.float32]
    write_matrix: NDArray[np.float32]
    source: NDArray[np.uint8]

    @property
    def measured(self) -> tuple[str, ...]:
        """Canonical shapes that the standard holds a value of its own for."""
        return tuple(
            n for n, s in zip(BLENDSHAPES, self.source, strict=True) if s == Source.MEASURED
        )

    @property
    def copied(self) -> tuple[str, ...]:
        """Canonical shapes that only repeat another one's value."""
        return tuple(n for n, s in zip(BLENDSHAPES, self.source, strict=True) if s == Source.COPIED)

    @property
    def lost(self) -> tuple[str, ...]:
        """Canonical shapes that the standard cannot carry."""
        return tuple(n for n, s in zip(BLENDSHAPES, self.source, strict=True) if s == Source.ABSENT)

    @property
    def unread(self) -> tuple[str, ...]:
        """The standard's shapes that no canonical shape holds."""
        used = np.flatnonzero(self.read_matrix.any(axis=0))
        return tuple(shape for place, shape in enumerate(self.shapes) if place not in used)

    def read(self, values: ArrayLike) -> NDArray[np.float32]:
        """Canonical weights of the standard's values.

        Args:
            values: [..., shapes] in [0, 1], in the order of `shapes`.

        Returns:
            [..., 54] in [0, 1]; NaN where `source` is absent.

        Raises:
            BadUse: if the last axis has another length.
        """
        weights = np.clip(self._checked(values, len(self.shapes)) @ self.read_matrix.T, 0.0, 1.0)
        return np.where(self.source == Source.ABSENT, np.float32(np.nan), weights)

    def write(self, weights: ArrayLike) -> NDArray[np.float32]:
        """The standard's values of canonical weights, [..., 54] -> [..., shapes] in [0, 1]."""
        values: NDArray[np.float32] = self._checked(weights, COUNT) @ self.write_matrix.T
        return values.clip(0.0, 1.0)

    def _checked(self, values: ArrayLike, length: int) -> NDArray[np.float32]:
        array = np.asarray(values, dtype=np.float32)
        if array.shape[-1:] != (length,):
            raise BadUse(f"scheme {self.name!r} takes {length} values, got shape {array.shape}.")
        return array


@cache
def scheme(name: str) -> Scheme:
    """One of `SCHEMES`, from its table.

    Raises:
        UnknownName: if no such scheme ships.
    """
    if name not in SCHEMES:
        raise UnknownName("scheme", name, SCHEMES)
    rows = read_table("vrface.face", f"scheme_{name}")
    shapes = tuple(dict.fromkeys(row["shape"] for row in rows))
    read = np.zeros((COUNT, len(shapes)), dtype=np.float32)
    write = np.zeros((len(shapes), COUNT), dtype=np.float32)
    source = np.full(COUNT, Source.ABSENT, dtype=np.uint8)
    for row in rows:
        if not row["canonical"]:
            continue
        here, there = index(row["canonical"]), shapes.index(row["shape"])
        read[here, there] += float(row["read"])
        write[there, here] += float(row["write"])
        source[here] = Source[row["as"].upper()]
    return Scheme(name, shapes, read, write, source)


@cache
def arkit_order(order: str) -> tuple[str, ...]:
    """ARKit names in one of the three orders they travel in.

    Args:
        order: One of `ORDERS`.

    Returns:
        52 names for the two Live Link orders; 52 for ``"mediapipe"``, led by ``_neutral`` and
        without ``tongueOut``.

    Raises:
        UnknownName: if there is no such order.
    """
    if order not in ORDERS:
        raise UnknownName("ARKit order", order, ORDERS)
    rows = [row for row in read_table("vrface.face", "arkit_orders") if row[order]]
    names = tuple(row["arkit"] for row in sorted(rows, key=lambda row: int(row[order])))
    return ("_neutral", *names) if order == "mediapipe" else names
