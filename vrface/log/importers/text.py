"""Delimited text as other programs write it, read a row at a time.

Columns are found by name, in any order and any case; of two of one name the first counts. A line
that starts with # is a comment. Real files come as UTF-8 with and without a mark, as Latin-1 or
UTF-16, with any line ends, and without the last one.
"""

from __future__ import annotations

import csv
from array import array
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError

MOST_BYTES = 1 << 30
"""A longer text is refused: an eye tracker's log of eight hours has that size."""

MOST_LINE = 1 << 16
"""A longer line is no row of sensor values."""


MOST_DAYS = 30
"""A recording that goes on for longer holds a time that is damaged."""


LARGEST = 1e30
"""No sensor has a larger value."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What stands below a header, rows in the order of the file.

    Attributes:
        columns: Every name in the header, as it stands there.
        time: [rows] what the time column says, as its reader gave it.
        numbers: By column, [rows] numbers; NaN where a cell is empty or holds none. Only those
            asked for and there.
        untimed: How many rows were left out because their time made no sense.
    """

    columns: tuple[str, ...]
    time: NDArray[np.int64]
    numbers: dict[str, NDArray[np.float64]]
    untimed: int

    def together(self, *names: str) -> NDArray[np.float64]:
        """[rows, names] numbers of several columns; NaN where one is missing."""
        missing = np.full(len(self.time), np.nan)
        return np.stack([self.numbers.get(name, missing) for name in names], axis=-1)

    def have(self, *names: str) -> bool:
        """Whether every one of the columns asked for is there."""
        return set(names) <= self.numbers.keys()

    def chosen(self, rows: NDArray[np.bool_]) -> Rows:
        """Only some of the rows."""
        numbers = {name: values[rows] for name, values in self.numbers.items()}
        return Rows(self.columns, self.time[rows], numbers, self.untimed)


def number(cell: str) -> float:
    """A cell as a number, with a point or a comma before the decimals.

    NaN where it holds none, or an infinite one; what is beyond `LARGEST` comes as that, so that no
    arithmetic on it overflows.
    """
    try:
        value = float(cell)
    except ValueError:
        try:
            value = float(cell.replace(",", ".", 1))
        except ValueError:
            return nan
    return max(-LARGEST, min(value, LARGEST)) if isfinite(value) else nan


def cells(path: Path, delimiter: str) -> Iterator[list[str]]:
    """The cells of each line that has any, the header first; space around them is left out.

    Raises:
        TakeError: if there is no such text, or it is longer than `MOST_BYTES`.
    """
    if not path.is_file():
        raise TakeError(f"no take at {path}.", "Give a recording.")
    try:
        with path.open("rb") as file:
            encoding = _encoding(file.read(MOST_LINE))
        if path.stat().st_size > MOST_BYTES:
            raise TakeError(
                f"{path} is longer than {MOST_BYTES >> 20} MB.", "Cut it into several recordings."
            )
        with path.open(encoding=encoding, errors="replace", newline="") as text:
            for row in csv.reader(_lines(text, path), delimiter=delimiter):
                if row and not row[0].startswith("#"):
                    yield [cell.strip() for cell in row]
    except (UnicodeError, csv.Error):
        raise not_text(path) from None
    except OSError as error:
        raise TakeError(f"cannot read {path}: {error.strerror}.") from None


def read_rows(
    path: Path,
    delimiter: str,
    time: str,
    numbers: Sequence[str],
    read_time: Callable[[str], int],
) -> Rows:
    """Read the columns asked for; of all others, nothing is kept.

    Args:
        path: The text, its header first.
        delimiter: Between its cells.
        time: The time column.
        numbers: The columns of numbers.
        read_time: The integer that a cell of the time column stands for; `ValueError` if none.

    Raises:
        TakeError: as `cells`; also if the time column is missing, or no row has a time.
    """
    lines = cells(path, delimiter)
    columns = tuple(next(lines, ()))
    places = {name.lower(): place for place, name in reversed(list(enumerate(columns)))}
    if time.lower() not in places:
        raise TakeError(
            f"{path} has no column {time!r}; its first line starts with {shown(columns)}."
        )
    at = places[time.lower()]
    found = {name: (places[name.lower()], array("d")) for name in numbers if name.lower() in places}
    times, untimed = array("q"), 0
    for row in lines:
        try:
            times.append(read_time(row[at]))
        except (ValueError, OverflowError, IndexError):
            untimed += 1
            continue
        for place, column in found.values():
            column.append(number(row[place]) if place < len(row) else float("nan"))
    if not times:
        raise TakeError(
            f"{path} has {untimed} rows, and none with a time in {time!r}.",
            "Give a whole recording.",
        )
    return Rows(
        columns=columns,
        time=np.array(times, dtype=np.int64),
        numbers={name: np.array(column) for name, (_, column) in found.items()},
        untimed=untimed,
    )


def seconds(cell: str) -> int:
    """Seconds as nanoseconds.

    Raises:
        ValueError, OverflowError: if the cell holds no number that can be a time.
    """
    return round(number(cell) * 1e9)


def in_order(
    path: Path, rows: Rows, unit_ns: int = 1
) -> tuple[Rows, NDArray[np.int64], tuple[str, ...]]:
    """The rows that are later than all before, and when.

    Args:
        path: What they are of.
        rows: As they stand in the file.
        unit_ns: What their time counts in.

    Returns:
        The rows, their nanoseconds from the first of them, and notes on what was left out.

    Raises:
        TakeError: if they span more than `MOST_DAYS`.
    """
    kept = later(rows.time)
    chosen = rows.chosen(kept)
    span_ns = (int(chosen.time[-1]) - int(chosen.time[0])) * unit_ns
    if span_ns > MOST_DAYS * 86_400 * 10**9:
        raise TakeError(
            f"the times in {path} go over {span_ns / 86_400e9:.0f} days.",
            f"No recording is longer than {MOST_DAYS}: take out the row at fault.",
        )
    notes = left_out(rows.untimed, "no time") + left_out(
        int((~kept).sum()), "doubled, or back in time"
    )
    return chosen, (chosen.time - chosen.time[0]) * unit_ns, notes


def left_out(count: int, why: str) -> tuple[str, ...]:
    """A note on rows that were left out, if any were."""
    return (f"{count} rows left out: {why}.",) if count else ()


def later(time: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.bool_]:
    """[rows] which are later than every row before: not doubled, not back in time."""
    kept = np.ones(len(time), dtype=np.bool_)
    kept[1:] = time[1:] > np.maximum.accumulate(time)[:-1]
    return kept


def shown(columns: Sequence[str]) -> str:
    """The start of a header, for an error's one line."""
    return repr(",".join(columns)[:40])


def not_text(path: Path) -> TakeError:
    """What to say of a file that is no delimited text."""
    return TakeError(f"{path} is not a text of separated values.", "Give a recording.")


def _encoding(start: bytes) -> str:
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    try:
        getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _lines(text: TextIO, path: Path) -> Iterator[str]:
    """Each line, none longer than `MOST_LINE`: a file without line ends would fill the memory."""
    while line := text.readline(MOST_LINE):
        if len(line) == MOST_LINE or "\0" in line:
            raise not_text(path)
        yield line
