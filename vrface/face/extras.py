"""Extras: named shapes beyond the canonical 54, so that no measured value is lost on the way.

A face carries the extras its headset measures, behind the 54. An extra is never inferred: it is
measured (or copied), or it is absent.
"""

from __future__ import annotations

from collections.abc import Iterable

from vrface.errors import UnknownName
from vrface.face.table import read_table

MOST_EXTRAS = 42
"""The most extras of one face: 96 weights in all, the room of a frame block."""

_ROWS = read_table("vrface.face", "extras")

EXTRAS: tuple[str, ...] = tuple(row["name"] for row in _ROWS)
"""Every extra anybody knows, in the order in which a face carries them."""

CORE: dict[str, str] = {row["name"]: row["core"] for row in _ROWS if row["core"]}
"""The canonical shape that an extra is a part of, where it is part of one."""

_PLACE = {name: place for place, name in enumerate(EXTRAS)}


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The names once each, in the order in which a face carries them.

    Raises:
        UnknownName: if one of them is no extra, with the nearest ones.
    """
    given = set(names)
    for name in sorted(given - _PLACE.keys()):
        raise UnknownName("extra", name, EXTRAS)
    return tuple(sorted(given, key=_PLACE.__getitem__))
