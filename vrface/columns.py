"""`Columns`: what is remembered of W wearers, as arrays with a leading wearer axis.

Whoever remembers keeps one of these, and nothing else that changes from frame to frame. So some of
the wearers can be stepped without the others, and one of them can be cleared, sealed, or moved to
another server, by code that knows none of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray


@dataclass
class Columns:
    """Base of dataclasses of arrays [W, ...], other columns, and lists and dicts of both."""

    def take(self, rows: NDArray[np.intp]) -> Self:
        """A copy of some wearers, in the order asked for."""
        taken: Self = _mapped(self, lambda own: own[rows])
        return taken

    def put(self, rows: NDArray[np.intp], part: Self) -> None:
        """Write what was taken back into its rows, or into those of others."""
        for own, other in zip(leaves(self), leaves(part), strict=True):
            own[rows] = other

    def grown(self, wearers: int) -> Self:
        """The same with room for as many; new rows hold zeros until something is put there."""

        def grow(own: NDArray[Any]) -> NDArray[Any]:
            more = np.zeros((wearers - len(own), *own.shape[1:]), own.dtype)
            return np.concatenate([own, more])

        grown: Self = _mapped(self, grow)
        return grown


PLACE = {"place": True}
"""Metadata of a field that says where a wearer is: no memory, and different wherever they go."""


class Remembering(Protocol):
    """Whoever remembers something of W wearers."""

    held: Any
    """`Columns` of a kind of its own."""


@contextmanager
def only(parts: Sequence[Remembering], rows: NDArray[np.intp]) -> Iterator[None]:
    """Let some parts remember some of their wearers alone, as rows 0, 1, ...; then all again.

    What the parts find out meanwhile is kept; where an error ends it, all is as it was before.

    Args:
        parts: Whose `held` to narrow.
        rows: Which wearers, each once.
    """
    whole = [part.held for part in parts]
    try:
        for part, columns in zip(parts, whole, strict=True):
            part.held = columns.take(rows)
        yield
        for part, columns in zip(parts, whole, strict=True):
            columns.put(rows, part.held)
    finally:
        for part, columns in zip(parts, whole, strict=True):
            part.held = columns


def named(part: Any, prefix: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array that is a memory, with a dotted name."""
    if isinstance(part, Columns):
        inner = [(f.name, getattr(part, f.name)) for f in fields(part) if not f.metadata]
    elif isinstance(part, dict):
        inner = list(part.items())
    elif isinstance(part, list):
        inner = [(str(number), one) for number, one in enumerate(part)]
    else:
        yield prefix, part
        return
    for name, one in inner:
        yield from named(one, f"{prefix}.{name}" if prefix else name)


def leaves(part: Any) -> list[NDArray[Any]]:
    """Every array of columns, in order."""
    if isinstance(part, np.ndarray):
        return [part]
    if isinstance(part, Columns):
        part = [getattr(part, name) for name in _names(type(part))]
    elif isinstance(part, dict):
        part = part.values()
    found: list[NDArray[Any]] = []
    for one in part:
        if isinstance(one, np.ndarray):
            found.append(one)
        else:
            found += leaves(one)
    return found


_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of columns of a kind: to ask a dataclass each time takes longer than to copy."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind))
    return _NAMES[kind]


def _mapped(part: Any, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Any:
    """The same with each of its arrays changed."""
    if isinstance(part, np.ndarray):
        return change(part)
    if isinstance(part, Columns):
        kind = type(part)
        return kind(*(_mapped(getattr(part, name), change) for name in _names(kind)))
    if isinstance(part, dict):
        return {name: _mapped(one, change) for name, one in part.items()}
    return [_mapped(one, change) for one in part]
