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

import csv
import re
from collections.abc import Sequence
from math import pi
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, gaze_from_eye_look
from vrface.face.schemes import scheme
from vrface.face.take import Take

_TIMECODE = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;](\d{1,3}(?:\.\d+)?)")
_BASES = (24, 25, 30, 48, 50, 60)
_DAY_S = 86_400

_ANGLES = ("LeftEyeYaw", "LeftEyePitch", "RightEyeYaw", "RightEyePitch")
# Radians. Yaw is ours already, > 0 to the wearer's right; pitch is > 0 when looking down, ours up.
_ANGLE_SIGNS = np.array([1.0, -1.0, 1.0, -1.0])
_MOVES_RAD = 1e-3

_ADVICE = "Give the CSV of a take that Live Link Face recorded with ARKit."


def read_livelink(path: str | Path, person: str | None = None) -> Take:
    """Read a take of Live Link Face.

    Args:
        path: The CSV.
        person: Pseudonym of whose face it is; by default the name of the folder it lies in.

    Returns:
        The take, from time 0. Shapes whose column is missing are absent. Gaze comes from the eye
        angles, or from the eyeLook shapes where the angles are missing or never move.

    Raises:
        TakeError: if it is no such file, or the face is tracked in fewer than two of its rows.
    """
    path = Path(path)
    columns, rows = _read(path)
    rows, time_ns = _timed(rows, columns["timecode"], path)
    shapes = scheme("arkit").shapes
    present = np.array([shape.lower() in columns for shape in shapes])
    values = _numbers(rows, columns, shapes)
    lost = _lost(rows, columns, values[:, present])
    tracked = len(rows) - np.count_nonzero(lost)
    if tracked < 2:
        raise TakeError(
            f"{path} has {len(rows)} rows, but the face is tracked in {tracked} of them.",
            "Record it again with the face in view.",
        )
    weights, source = _weights(np.where(lost[:, None] | ~present, 0.0, values), present)
    weights[lost] = np.nan
    return Take(
        name=path.stem,
        person=person or path.resolve().parent.name or "unknown",
        time_ns=time_ns,
        weights=weights,
        gaze=_gaze(_numbers(rows, columns, _ANGLES), weights, lost),
        source=source,
    )


def _read(path: Path) -> tuple[dict[str, int], list[list[str]]]:
    """The place of each column by its lower-case name, and the rows below the header."""
    if not path.is_file():
        raise TakeError(f"no take at {path}.", _ADVICE)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [row for row in csv.reader(file) if row]
    except (UnicodeDecodeError, csv.Error):
        raise TakeError(f"{path} is not a text of comma-separated values.", _ADVICE) from None
    except OSError as error:
        raise TakeError(f"cannot read the take {path}: {error.strerror}.") from None
    if not lines:
        raise TakeError(f"{path} is empty.", _ADVICE)
    header, *rows = lines
    columns: dict[str, int] = {}
    for place, name in enumerate(header):
        columns.setdefault(name.strip().lower(), place)
    known = [shape for shape in scheme("arkit").shapes if shape.lower() in columns]
    if "timecode" not in columns or not known:
        raise TakeError(
            f"{path} is not a Live Link Face take: it has {len(known)} of the 52 shapes and "
            f"{'a' if 'timecode' in columns else 'no'} column Timecode; its first line starts with "
            f"{','.join(header)[:40]!r}.",
            _ADVICE,
        )
    return columns, rows


def _timed(
    rows: list[list[str]], column: int, path: Path
) -> tuple[list[list[str]], NDArray[np.int64]]:
    """The rows that are later than all before, and their times in nanoseconds from the first."""
    found = [_TIMECODE.fullmatch(_cell(row, column)) for row in rows]
    timed = [row for row, match in zip(rows, found, strict=True) if match]
    parts = np.array([match.groups() for match in found if match], dtype=np.float64)
    if len(parts) < 2:
        raise TakeError(f"{path} has {len(parts)} rows with a timecode.", _ADVICE)
    second = parts[:, :3] @ np.array([3600.0, 60.0, 1.0])
    second[1:] += _DAY_S * np.cumsum(np.diff(second) < -_DAY_S / 2)
    base = _frame_base(second, parts[:, 3], path)
    time_ns = np.round((second - second[0] + parts[:, 3] / base) * 1e9).astype(np.int64)
    later = np.r_[True, time_ns[1:] > np.maximum.accumulate(time_ns)[:-1]]
    if later.sum() < 2:
        raise TakeError(f"{path} stands still: its timecodes never increase.", _ADVICE)
    kept = [timed[k] for k in np.flatnonzero(later)]
    return kept, time_ns[later] - time_ns[0]


def _frame_base(second: NDArray[np.float64], frame: NDArray[np.float64], path: Path) -> int:
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


def _cell(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _numbers(
    rows: list[list[str]], columns: dict[str, int], names: Sequence[str]
) -> NDArray[np.float64]:
    """[rows, names] the cells as numbers; NaN where the column, the cell or a number is missing."""
    values = np.full((len(rows), len(names)), np.nan)
    for place, name in enumerate(names):
        if name.lower() in columns:
            column = columns[name.lower()]
            values[:, place] = [_number(_cell(row, column)) for row in rows]
    return values


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _lost(
    rows: list[list[str]], columns: dict[str, int], values: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """[rows] where the app had no face: it says so, or a cell is missing."""
    lost: NDArray[np.bool_] = np.any(~np.isfinite(values), axis=1)
    if "blendshapecount" in columns:
        lost |= ~(_numbers(rows, columns, ["BlendShapeCount"])[:, 0] > 0)
    return lost


def _weights(
    values: NDArray[np.float64], present: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Canonical weights and their source; absent where the file lacks the column."""
    arkit = scheme("arkit")
    weights = arkit.read(np.clip(values, 0.0, 1.0))
    absent = arkit.read_matrix[:, ~present].any(axis=1)
    weights[:, absent] = np.nan
    return weights, np.where(absent, np.uint8(Source.ABSENT), arkit.source)


def _gaze(
    angles: NDArray[np.float64], weights: NDArray[np.float32], lost: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """[rows, 4] radians in our convention; NaN where there is no face or no sense in the angle."""
    angles = np.where(lost[:, None] | ~(np.abs(angles) <= pi / 2), np.nan, angles * _ANGLE_SIGNS)
    if np.ptp(np.nan_to_num(angles[~lost]), axis=0).min() < _MOVES_RAD:
        return gaze_from_eye_look(weights[:, EYE_LOOK_INDICES])
    return angles.astype(np.float32)
