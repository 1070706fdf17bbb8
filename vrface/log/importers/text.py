"""Delimited text as other programs write it, read a row at a time.

Columns are found by name, in any order and any case; of two of one name the first counts. A line
that starts with # is a comment, above the header too. Real files come as UTF-8 with and without a
mark, as Latin-1 or UTF-16, with any line ends, and without the last one.
"""

from __future__ import annotations

import csv
from array import array
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from math import isfinite, nan
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError

MOST_BYTES = 1 << 30
"""A longer text is refused: an eye tracker's log of eight hours has that size."""

MOST_LINE = 1 << 16
"""A longer line is no row of sensor values."""

MOST_VALUES = 1 << 26
"""More, rows times columns, are refused: that is six hours of an eye tracker, or five of a phone.
A row that is cut short costs as much as a whole one."""

DAY_S = 86_400

MOST_DAYS = 30
"""A recording that goes on for longer holds a time that is damaged."""

LARGEST = 1e30
"""No sensor has a larger value."""

_CUT = "Cut it into several recordings."


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

    def has_bit(self, bit: int, *masks: str) -> NDArray[np.bool_]:
        """[rows, masks] whether the masks in some columns have a bit; what is no mask has none."""
        numbers = self.together(*masks)
        known = np.where((numbers >= 0) & (numbers < 1 << 16), numbers, 0).astype(np.int64)
        return np.asarray((known & bit) != 0)

    def chosen(self, rows: NDArray[np.bool_]) -> Rows:
        """Only some of the rows."""
        if rows.all():
            return self
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


def first_line(start: bytes) -> str:
    """The first line that is not empty, be it a comment, of a text's first bytes; "" if none is."""
    try:
        return next((line.strip() for line in _lines(BytesIO(start)) if line.strip()), "")
    except csv.Error:
        return ""


def header(start: bytes, delimiter: str) -> list[str]:
    """The names in the header, as `cells` gives them, of a text's first bytes; [] if it is none."""
    try:
        return next(_cells(BytesIO(start), delimiter))
    except csv.Error:
        return []


def cells(path: Path, delimiter: str) -> Iterator[list[str]]:
    """The cells of each line that has any: the header first, without space around its names.

    Where there is no line at all, the header is empty.

    Raises:
        TakeError: if there is no such text, or it is longer than `MOST_BYTES`.
    """
    if not path.is_file():
        raise TakeError(f"there is no file {path}.", "Give one that is there.")
    try:
        with path.open("rb") as file:
            if path.stat().st_size > MOST_BYTES:
                raise TakeError(f"{path} is longer than {MOST_BYTES >> 20} MB.", _CUT)
            yield from _cells(file, delimiter)
    except csv.Error:
        raise TakeError(f"{path} is not a text of separated values.", "Give a recording.") from None
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
        TakeError: as `cells`; also if the time column is missing, no row has a time, or there are
            more than `MOST_VALUES`.
    """
    lines = cells(path, delimiter)
    columns = tuple(next(lines))
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
            times.append(read_time(row[at].strip()))
        except (ValueError, OverflowError, IndexError):
            untimed += 1
            continue
        for place, column in found.values():
            column.append(number(row[place]) if place < len(row) else nan)
        if len(times) * (1 + len(found)) > MOST_VALUES:
            raise TakeError(f"{path} holds more than {MOST_VALUES:,} values.", _CUT)
    if not times:
        raise TakeError(
            f"{path} has {untimed} rows, and none with a time in {time!r}.",
            "Give a whole recording.",
        )
    return Rows(
        columns=columns,
        time=np.frombuffer(times, dtype=np.int64),
        numbers={name: np.frombuffer(column) for name, (_, column) in found.items()},
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
    if span_ns > MOST_DAYS * DAY_S * 10**9:
        raise TakeError(
            f"the times in {path} go over {span_ns / 1e9 / DAY_S:.0f} days.",
            f"No recording is longer than {MOST_DAYS}: take out the row at fault.",
        )
    notes = left_out(rows.untimed, "no time") + left_out(
        int((~kept).sum()), "doubled, or back in time"
    )
    return chosen, (chosen.time - chosen.time[0]) * unit_ns, notes


def left_out(count: int, why: str) -> tuple[str, ...]:
    """A note on rows that were left out, if any were."""
    return (f"{count} {'row' if count == 1 else 'rows'} left out: {why}.",) if count else ()


def later(time: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.bool_]:
    """[rows] which are later than every row before: not doubled, not back in time."""
    kept = np.ones(len(time), dtype=np.bool_)
    kept[1:] = time[1:] > np.maximum.accumulate(time)[:-1]
    return kept


def shown(columns: Sequence[str]) -> str:
    """The start of a header, for an error's one line."""
    return repr(",".join(columns)[:40])


def _cells(file: BinaryIO, delimiter: str) -> Iterator[list[str]]:
    """As `cells`.

    Raises:
        csv.Error: if it is no text.
    """
    rows = csv.reader(_lines(file), delimiter=delimiter)
    told = (row for row in rows if row and not row[0].startswith("#"))
    yield [name.strip() for name in next(told, [])]
    yield from told


def _lines(file: BinaryIO) -> Iterator[str]:
    """Each line, none longer than `MOST_LINE`: a file without line ends would fill the memory.

    Raises:
        csv.Error: if it is no text.
    """
    encoding = _encoding(file.read(MOST_LINE))
    file.seek(0)
    with TextIOWrapper(file, encoding, errors="replace", newline="") as text:
        while line := text.readline(MOST_LINE):
            if len(line) == MOST_LINE or "\0" in line:
                raise csv.Error
            yield line


def _encoding(start: bytes) -> str:
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    try:
        getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"
