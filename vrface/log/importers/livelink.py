"""Live Link Face CSV: ARKit's 52 shapes and the eye angles, as Epic's iPhone app records them.

What real files do, and what is done about it:

- The order of columns and the spelling of ``BlendShapeCount`` vary: columns are found by name.
- ``Timecode`` is ``HH:MM:SS:FF.fraction``, and how many frames a second has is not said; some takes
  of 30 frames a second count 60, two a frame: the base is found from the data.
- Where the app lost the face the count is 0 and the cells are missing: the row stays, as NaN.
- Weights reach 1.08: they are clipped.
- The head's columns are often all 0: they are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.face.schemes import scheme
from vrface.log.importers.faces import clipped, moving, take_of
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.text import DAY_S, Rows, cells, in_order, read_rows, shown
from vrface.wire.livelink import EYE_ANGLES, gaze

TIMECODE = "Timecode"
"""The column of times."""

_TIMECODE = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;](\d{1,3}(?:\.\d+)?)", re.ASCII)
_BASES = (24, 25, 30, 48, 50, 60)
_FRAME = 10**6

_COUNT = "BlendShapeCount"
_ADVICE = "Give the CSV of a take that Live Link Face recorded with ARKit."


def read(path: Path, person: str | None) -> Imported:
    """Read a take.

    Shapes whose column is missing or empty are absent. Gaze comes from the eye angles, or from the
    eyeLook shapes where the angles are missing or never move.

    Raises:
        TakeError: if it is none, or the face is tracked in fewer than two of its rows.
    """
    arkit = scheme("arkit")
    _check(path, arkit.shapes)
    rows, time_ns, notes = timed(path, (_COUNT, *arkit.shapes, *EYE_ANGLES))
    values = rows.together(*arkit.shapes)
    if rows.have(_COUNT):
        values[~(rows.numbers[_COUNT] > 0)] = np.nan
    take = take_of(
        name_of(path),
        person_of(path, person),
        time_ns,
        arkit,
        values,
        moving(gaze(rows.together(*EYE_ANGLES))),
    )
    return Imported(FORMAT.name, take, notes + clipped(values))


def _check(path: Path, shapes: Sequence[str]) -> None:
    """See that the header is one of Live Link Face."""
    header = next(cells(path, ","))
    if not header:
        raise TakeError(f"{path} is empty.", _ADVICE)
    columns = {name.lower() for name in header}
    known = [shape for shape in shapes if shape.lower() in columns]
    if "timecode" not in columns or not known:
        raise TakeError(
            f"{path} is not a Live Link Face take: it has {len(known)} of the 52 shapes and "
            f"{'a' if 'timecode' in columns else 'no'} column Timecode; its first line starts with "
            f"{shown(header)}.",
            _ADVICE,
        )


def timed(path: Path, columns: Sequence[str]) -> tuple[Rows, NDArray[np.int64], tuple[str, ...]]:
    """The rows that are later than all before, by the app's timecodes.

    Args:
        path: A CSV with a column `TIMECODE`.
        columns: The columns of numbers.

    Returns:
        The rows, their nanoseconds from the first, and notes.

    Raises:
        TakeError: if it has no such column, or its times are none.
    """
    rows = read_rows(path, ",", TIMECODE, columns, _timecode)
    if len(rows.time) < 2:
        raise TakeError(f"{path} has {len(rows.time)} rows with a timecode.", _ADVICE)
    second, frame = rows.time // 10**9, rows.time % 10**9 / _FRAME
    second[1:] += DAY_S * np.cumsum(np.diff(second) < -DAY_S / 2)
    base = _frame_base(second, frame, path)
    time_ns = np.round((second - second[0] + frame / base) * 1e9).astype(np.int64)
    rows, time_ns, notes = in_order(path, replace(rows, time=time_ns))
    if len(time_ns) < 2:
        raise TakeError(f"{path} stands still: its timecodes never increase.", _ADVICE)
    return rows, time_ns, notes


def _timecode(cell: str) -> int:
    """Seconds of a timecode as billions, frames as millions: what a frame is worth comes later."""
    match = _TIMECODE.fullmatch(cell)
    if match is None:
        raise ValueError(cell)
    hour, minute, second = map(int, match.groups()[:3])
    return (hour * 3600 + minute * 60 + second) * 10**9 + round(float(match[4]) * _FRAME)


def _frame_base(second: NDArray[np.int64], frame: NDArray[np.float64], path: Path) -> int:
    """How many frames the timecode counts in a second: the base that spaces the rows most evenly.

    A wrong base leaves a gap or an overlap at each full second. A take too short to cross one does
    not tell: then it is the smallest base that its frame numbers allow.
    """
    bases = [base for base in _BASES if base > frame.max()]
    if not bases:
        raise TakeError(
            f"{path} counts frames up to {frame.max():g} a second in its timecodes.",
            f"Known are {', '.join(map(str, _BASES))} frames a second.",
        )

    def unevenness(base: int) -> float:
        steps = np.diff(second + frame / base)
        return round(float(np.abs(steps / max(np.median(steps), 1e-3) - 1.0).mean()), 6)

    return min(bases, key=unevenness)


def _recognises(head: Head) -> bool:
    shapes = {shape.lower() for shape in scheme("arkit").shapes}
    return head.has(",", TIMECODE) and bool(shapes & head.columns(","))


FORMAT = Format("livelink", "Live Link Face CSV of an ARKit face", _recognises, read)
