"""`Columns`: what is remembered of W wearers, as arrays with a leading wearer axis.

Whoever remembers keeps one of these, and nothing else that changes from frame to frame. So some of
the wearers can be stepped without the others, and one of them can be cleared, sealed, or moved to
another server, by code that knows none of the parts.

What a compiled step remembers is one array in which all numbers of a wearer lie behind each other
(`Packing`): rows are gathered and scattered in two copies, whatever the parts are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from math import prod
from typing import Any, Generic, Protocol, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = Any
"""An array of NumPy or of JAX: what takes it asks it for its functions (the Python array API)."""

T = TypeVar("T")


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
        inner = [(f.name, getattr(part, f.name)) for f in fields(part)]
    elif isinstance(part, dict):
        inner = list(part.items())
    elif isinstance(part, list):
        inner = [(str(number), one) for number, one in enumerate(part)]
    else:
        yield prefix, part
        return
    for name, one in inner:
        yield from named(one, f"{prefix}.{name}" if prefix else name)


def leaves(part: Any) -> list[Numbers]:
    """Every array of columns, or of named tuples, lists and dicts of arrays, in order."""
    if isinstance(part, np.ndarray):
        return [part]
    if isinstance(part, Columns):
        part = [getattr(part, name) for name in _names(type(part))]
    elif isinstance(part, dict):
        part = part.values()
    elif not isinstance(part, list | tuple):
        return [part]  # of JAX
    return [leaf for one in part for leaf in leaves(one)]


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


class Packing(Generic[T]):
    """How the numbers of a wearer lie behind each other in one row.

    Args:
        example: A named tuple of arrays [W, ...], of others of its kind, or of dicts of arrays.

    Attributes:
        width: How many there are.
    """

    def __init__(self, example: T) -> None:
        self._shape = _shapes(example)
        self.width = _width(self._shape)

    def views(self, rows: Numbers) -> T:
        """What rows [W, width] hold: of an array of NumPy, views to read and write."""
        found: T = _unpacked(self._shape, rows, 0)[0]
        return found

    def packed(self, part: T) -> Numbers:
        """The rows [W, width] of what is like the example."""
        flat = [leaf.reshape(len(leaf), -1).astype(np.float32) for leaf in leaves(part)]
        return flat[0].__array_namespace__().concat(flat, axis=1)


def _shapes(part: Any) -> Any:
    """The same, of the shapes of a wearer's arrays."""
    if isinstance(part, dict):
        return {name: _shapes(one) for name, one in part.items()}
    if isinstance(part, tuple):
        return type(part)(*map(_shapes, part))
    return list(part.shape[1:])


def _width(shape: Any) -> int:
    if isinstance(shape, list):
        return prod(shape)
    return sum(map(_width, shape.values() if isinstance(shape, dict) else shape))


def _unpacked(shape: Any, rows: Numbers, start: int) -> tuple[Any, int]:
    """What begins somewhere in rows, and where it ends."""
    if isinstance(shape, list):
        stop = start + prod(shape)
        return rows[:, start:stop].reshape(len(rows), *shape), stop
    made: list[Any] = []
    for one in shape.values() if isinstance(shape, dict) else shape:
        found, start = _unpacked(one, rows, start)
        made.append(found)
    if isinstance(shape, dict):
        return dict(zip(shape, made, strict=True)), start
    return type(shape)(*made), start
