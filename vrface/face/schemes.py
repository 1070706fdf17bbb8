"""Schemes: other standards' blendshape lists, and the one engine that reads and writes them.

A scheme is a table (`vrface.face.scheme_table`) that states the fate of each of its shapes. Reading
makes canonical weights and extras of its values and says of each whether it is measured, copied
(the standard has one value where there are two shapes) or absent; writing makes its values of
weights and extras. What is missing is NaN, and makes nothing else missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.face.expression import Source
from vrface.face.extras import in_order
from vrface.face.mixture import Mixture
from vrface.face.scheme_table import Fate, Row, SchemeTable, parse

_TABLES = resources.files("vrface.face").joinpath("tables")

SCHEMES: tuple[str, ...] = tuple(
    sorted(
        entry.name.removeprefix("scheme_").removesuffix(".csv")
        for entry in _TABLES.iterdir()
        if entry.name.startswith("scheme_")
    )
)
"""The schemes that ship: every table there is."""

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Scheme:
    """One standard's blendshape list.

    Attributes:
        name: For example ``"htc"``.
        summary: Which standard it is, one line.
        rows: What the table says of each shape, in the standard's own index order.
        extras: The extras that reading gives behind the 54, in registry order.
        made_of: For each weight that reading gives: the shapes it is made of, and how much of each.
        source: [54 + extras] `Source` of each weight after reading a face that lacks nothing:
            measured, copied or absent.
        reading: From the standard's values to weights.
        writing: From weights to the standard's values; its inputs are the 54, then `writes`.
        writes: The extras that writing looks for.
    """

    name: str
    summary: str
    rows: tuple[Row, ...]
    extras: tuple[str, ...]
    made_of: dict[str, dict[str, float]]
    source: NDArray[np.uint8]
    reading: Mixture
    writing: Mixture
    writes: tuple[str, ...]

    @property
    def shapes(self) -> tuple[str, ...]:
        """The standard's shape names, in its own index order."""
        return tuple(row.shape for row in self.rows)

    @property
    def measured(self) -> tuple[str, ...]:
        """Canonical shapes that the standard holds a value of its own for."""
        return self._canonical(Source.MEASURED)

    @property
    def copied(self) -> tuple[str, ...]:
        """Canonical shapes that only repeat another one's value."""
        return self._canonical(Source.COPIED)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Canonical shapes that the standard cannot carry."""
        return self._canonical(Source.ABSENT)

    @property
    def lost(self) -> tuple[str, ...]:
        """The standard's shapes whose value nothing holds."""
        return tuple(row.shape for row in self.rows if row.fate == Fate.LOST)

    @property
    def unwritten(self) -> tuple[str, ...]:
        """The standard's shapes that no face of ours has a value for."""
        return tuple(row.shape for row in self.rows if not row.ways)

    def read(self, values: ArrayLike) -> NDArray[np.float32]:
        """Weights of the standard's values.

        Args:
            values: [..., shapes] in [0, 1], in the order of `shapes`; NaN = the sender lacks it.

        Returns:
            [..., 54 + extras] in [0, 1]; NaN where the standard holds nothing or a value that it
            is made of is missing.

        Raises:
            BadUse: if the last axis has another length.
        """
        return self.reading.values(_checked(self.name, values, len(self.rows)))

    def write(self, weights: ArrayLike, extras: tuple[str, ...] = ()) -> NDArray[np.float32]:
        """The standard's values of a face.

        Args:
            weights: [..., 54 + extras] in [0, 1]; NaN = absent.
            extras: Names of the weights behind the 54, in any order; those the standard has no use
                for are passed over.

        Returns:
            [..., shapes] in [0, 1]; NaN where no way to write the shape has all it needs.

        Raises:
            BadUse: if the last axis has another length.
        """
        given = _checked(self.name, weights, COUNT + len(extras))
        return self.writing.values(self._placed(given, extras, np.float32(np.nan)))

    def write_source(
        self, source: NDArray[np.uint8], extras: tuple[str, ...] = ()
    ) -> NDArray[np.uint8]:
        """What the values of `write` are worth.

        Args:
            source: [..., 54 + extras] `Source` of each weight.
            extras: As in `write`.

        Returns:
            [..., shapes] `Source` of each value: the worst among those it is made of, and copied
            where one measured value stands for several shapes.

        Raises:
            BadUse: if the last axis has another length.
        """
        if source.shape[-1:] != (COUNT + len(extras),):
            raise _width(self.name, COUNT + len(extras), source.shape)
        return self.writing.source(self._placed(source, extras, np.uint8(Source.ABSENT)))

    def _placed(
        self, given: NDArray[_Number], extras: tuple[str, ...], absent: _Number
    ) -> NDArray[_Number]:
        """[..., 54 + `writes`] the given weights where writing looks for them."""
        here = [k for k, name in enumerate(extras) if name in self.writes]
        placed = np.full((*given.shape[:-1], self.writing.inputs), absent, dtype=given.dtype)
        placed[..., :COUNT] = given[..., :COUNT]
        placed[..., [COUNT + self.writes.index(extras[k]) for k in here]] = given[
            ..., [COUNT + k for k in here]
        ]
        return placed

    def _canonical(self, kind: Source) -> tuple[str, ...]:
        kinds = self.source[:COUNT]
        return tuple(n for n, s in zip(BLENDSHAPES, kinds, strict=True) if s == kind)


def _checked(name: str, values: ArrayLike, length: int) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # what float32 cannot hold is no weight: absent
        array = np.asarray(values, dtype=np.float32)
    if array.shape[-1:] != (length,):
        raise _width(name, length, array.shape)
    return array


def _width(name: str, length: int, shape: tuple[int, ...]) -> BadUse:
    return BadUse(f"scheme {name!r} takes {length} values, got shape {shape}.")


def scheme(name: str | Path) -> Scheme:
    """A scheme, from its table.

    Args:
        name: One of `SCHEMES`, or the path of a table (anything that ends in ``.csv``).

    Raises:
        UnknownName: if no such scheme ships.
        BadUse: if there is no file at the path, or it is no such table.
    """
    if str(name).endswith(".csv"):
        path = Path(name)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise BadUse(
                f"scheme {path} cannot be read: {error}.", "Give a shipped name or a table."
            ) from None
        return from_table(path.stem.removeprefix("scheme_"), parse(text, str(path)))
    if name not in SCHEMES:
        raise UnknownName("scheme", str(name), SCHEMES, f"Known: {', '.join(SCHEMES)}.")
    return _shipped(str(name))


@cache
def _shipped(name: str) -> Scheme:
    text = _TABLES.joinpath(f"scheme_{name}.csv").read_text(encoding="utf-8")
    return from_table(name, parse(text, name))


def from_table(name: str, table: SchemeTable) -> Scheme:
    """The scheme that a table tells of."""
    rows = table.rows
    made_of: dict[str, dict[str, float]] = {}
    for row in rows:
        for term in row.into:
            made_of.setdefault(term.name, {})[row.shape] = term.share
    copies = {term.name for row in rows for term in row.into if term.copied}
    extras = in_order(made_of.keys() - set(BLENDSHAPES))
    weights = (*BLENDSHAPES, *extras)
    source = [
        Source.COPIED if name in copies else Source.MEASURED if name in made_of else Source.ABSENT
        for name in weights
    ]
    place = {row.shape: k for k, row in enumerate(rows)}
    writes = in_order(
        t.name for row in rows for way in row.ways for t in way if t.name not in BLENDSHAPES
    )
    inputs = {known: k for k, known in enumerate((*BLENDSHAPES, *writes))}
    return Scheme(
        name=name,
        summary=table.summary,
        rows=rows,
        extras=extras,
        made_of={name: made_of[name] for name in weights if name in made_of},
        source=np.array(source, dtype=np.uint8),
        reading=Mixture.of(
            [
                [[(place[shape], share) for shape, share in parts.items()]] if parts else []
                for parts in (made_of.get(name) for name in weights)
            ],
            [[False]] * len(weights),
            len(rows),
        ),
        writing=Mixture.of(
            [[[(inputs[t.name], t.share) for t in way] for way in row.ways] for row in rows],
            [[way[0].copied for way in row.ways] for row in rows],
            len(inputs),
        ),
        writes=writes,
    )
