"""A CSV of a scheme's shapes, read a block of rows at a time, and written in another scheme."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, VrfaceError
from vrface.face.schemes import Scheme
from vrface.log.importers.text import cells, number, shown

_LARGEST = 1e6
"""No weight is larger, whatever a standard counts it in."""

_BLOCK = 1 << 10
"""Rows held at a time."""

NO_NUMBER, ABOVE, BELOW = "No number, left empty", "Above 1, taken as 1", "Below 0, taken as 0"
"""What can be wrong with a value."""

Block = tuple[list[list[str]], NDArray[np.float64]]
"""Rows of cells, each as long as the header, and [rows, shapes] what they say; NaN = nothing."""


@dataclass(frozen=True)
class WeightsCsv:
    """A CSV whose header names shapes of a scheme.

    Attributes:
        file: Where it is.
        scheme: Whose shapes.
        header: Every name.
        places: Which column each shape stands in; only those that are there.
    """

    file: Path
    scheme: Scheme
    header: tuple[str, ...]
    places: dict[str, int]

    @classmethod
    def open(cls, scheme: Scheme, file: Path) -> WeightsCsv:
        """Read a header; upper and lower case are the same.

        Raises:
            TakeError: if there is no such text.
            VrfaceError: if it is empty.
            BadUse: if no column, or two, are one shape's.
        """
        header = next(cells(file, ","))
        if not header:
            raise VrfaceError(f"{file} is empty.")
        shapes = {shape.lower(): shape for shape in scheme.shapes}
        places: dict[str, int] = {}
        for place, name in enumerate(header):
            shape = shapes.get(name.lower())
            if shape in places:
                raise BadUse(f"{file} has two columns for {shape}.")
            if shape is not None:
                places[shape] = place
        if not places:
            raise BadUse(
                f"{file} has no column of scheme {scheme.name}; its first line starts with "
                f"{shown(header)}.",
                f"Its shapes are called {', '.join(scheme.shapes[:3])} ...",
            )
        return cls(file, scheme, tuple(header), places)

    @property
    def others(self) -> tuple[int, ...]:
        """The columns that are no shape's."""
        taken = set(self.places.values())
        return tuple(place for place in range(len(self.header)) if place not in taken)

    @property
    def other_names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(self.header[place] for place in self.others)

    def blocks(self) -> Iterator[Block]:
        """The rows, some at a time.

        Raises:
            VrfaceError: if a row is longer than the header.
        """
        lines = cells(self.file, ",")
        width, rows = len(next(lines)), list[list[str]]()
        for read, row in enumerate(lines, 1):
            if len(row) > width:
                raise VrfaceError(
                    f"row {read} of {self.file} has {len(row)} cells for {width} names."
                )
            rows.append(row + [""] * (width - len(row)))
            if len(rows) == _BLOCK:
                yield rows, self._values(rows)
                rows = []
        if rows:
            yield rows, self._values(rows)

    def _values(self, rows: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        values = np.full((len(rows), len(self.scheme.rows)), np.nan)
        for k, shape in enumerate(self.scheme.shapes):
            if shape in self.places:
                values[:, k] = [number(row[self.places[shape]]) for row in rows]
        return np.where(np.abs(values) < _LARGEST, values, np.nan)


@dataclass(frozen=True)
class Tally:
    """What stands in a CSV.

    Attributes:
        rows: How many there are.
        given: The shapes that have a value in some row.
        made: Those of the scheme it is written in that do.
        wrong: What is wrong with values (`NO_NUMBER`, `ABOVE`, `BELOW`), and how many of each
            column.
    """

    rows: int
    given: tuple[str, ...]
    made: tuple[str, ...]
    wrong: dict[str, Counter[str]]


def tally(given: WeightsCsv, second: Scheme) -> Tally:
    """Read a CSV once through, before anything is written.

    Raises:
        VrfaceError: as `WeightsCsv.blocks`.
    """
    first, count = given.scheme, 0
    there = np.zeros(len(first.rows), dtype=np.bool_)
    made = np.zeros(len(second.rows), dtype=np.bool_)
    wrong: dict[str, Counter[str]] = {what: Counter() for what in (NO_NUMBER, ABOVE, BELOW)}
    for rows, values in given.blocks():
        count += len(rows)
        there |= np.isfinite(values).any(axis=0)
        made |= np.isfinite(_across(first, second, values)).any(axis=0)
        for shape, column in zip(first.shapes, values.T, strict=True):
            if shape in given.places:
                place, missing = given.places[shape], np.flatnonzero(np.isnan(column))
                wrong[NO_NUMBER][shape] += sum(bool(rows[k][place].strip()) for k in missing)
                wrong[ABOVE][shape] += int((column > 1).sum())
                wrong[BELOW][shape] += int((column < 0).sum())
    return Tally(
        rows=count,
        given=tuple(np.array(first.shapes)[there]),
        made=tuple(np.array(second.shapes)[made]),
        wrong={what: +counts for what, counts in wrong.items()},
    )


def write(
    given: WeightsCsv, second: Scheme, shapes: Sequence[str], output: Path, first_line: str
) -> None:
    """Write a CSV in another scheme.

    Args:
        given: What is read; its columns that are no shape's are passed through.
        second: Which scheme.
        shapes: The shapes of it that get a column.
        output: The CSV; what stands there is replaced.
        first_line: A comment above the header; "" = none.

    Raises:
        VrfaceError: as `WeightsCsv.blocks`.
    """
    kept = [second.shapes.index(shape) for shape in shapes]
    others = given.others
    with output.open("w", encoding="utf-8", newline="") as opened:
        if first_line:
            opened.write(f"{first_line}\n")
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow([*given.other_names, *shapes])
        for rows, values in given.blocks():
            made = _across(given.scheme, second, values)[:, kept]
            for row, weights in zip(rows, made, strict=True):
                numbers = ["" if np.isnan(weight) else str(weight) for weight in weights]
                writer.writerow([*(row[place] for place in others), *numbers])


def _across(first: Scheme, second: Scheme, values: NDArray[np.float64]) -> NDArray[np.float32]:
    return second.write(first.read(values), first.extras)
