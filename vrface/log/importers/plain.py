"""vrface's own plain CSV: any scheme's shapes over time, for whoever has a face and no format.

```
# vrface csv 1; scheme: fb2; person: p1; rate_hz: 72
time_s,JAW_DROP,BROW_LOWERER_L,gaze_left_yaw
0.000,0.12,0.03,-0.05
```
The first line names the scheme (one of `vrface.face.schemes.SCHEMES`, or ``canonical`` for the 54)
and may name the person, the rate and, with ``face: simulated``, that there is none. Then a header:
``time_s`` or ``time_ns`` (neither, and rows are ``1 / rate_hz`` apart), any of the scheme's shapes
in any order, and gaze in our convention as ``gaze_left_yaw`` and so on, radians. An empty cell is
no value; a row that lacks one of its shapes lacks the face.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.face.gaze import GAZE_CHANNELS
from vrface.face.scheme_table import parse
from vrface.face.schemes import SCHEMES, Scheme, from_table, scheme
from vrface.log.importers.faces import take_of
from vrface.log.importers.format import Format, Head, Imported, person_of
from vrface.log.importers.text import Rows, cells, in_order, number, read_rows, seconds

VERSION = 1

CANONICAL = "canonical"
"""The scheme of the 54 themselves."""

_FIRST = re.compile(r"#\s*vrface csv\s+(\d{1,9})\s*((?:;[^;]*)*)", re.ASCII)
_KEYS = ("scheme", "person", "rate_hz", "face")
_GAZE = tuple(f"gaze_{channel}" for channel in GAZE_CHANNELS)
_ADVICE = "docs/formats.md describes the plain CSV."


@dataclass(frozen=True)
class _Line:
    """What the first line says."""

    scheme: Scheme
    person: str | None
    rate_hz: float
    simulated: bool


def read(path: Path, person: str | None) -> Imported:
    """Read a plain CSV.

    Raises:
        TakeError: if it is none, its scheme is unknown, or there are fewer than two rows of a face.
    """
    line = _line(path, Head.of(path).first_line)
    columns = next(cells(path, ","), [])
    rows, time_ns, notes = _timed(path, columns, line)
    shapes = line.scheme.shapes
    present = np.array([rows.have(shape) for shape in shapes], dtype=np.bool_)
    if not present.any():
        raise _strange(path, f"none of its columns is a shape of {line.scheme.name!r}")
    take = take_of(
        path.stem,
        person_of(path, person or line.person),
        time_ns,
        line.scheme,
        rows.together(*shapes),
        present,
        _gaze(rows),
        line.simulated,
    )
    known = {name.lower() for name in (*shapes, *_GAZE, "time_s", "time_ns")}
    unread = [name for name in columns if name.lower() not in known]
    if unread:
        notes += (f"Columns not read: {', '.join(unread)[:200]}.",)
    if line.scheme.extras:
        notes += (f"A take holds the {COUNT}; not kept: {', '.join(line.scheme.extras)}.",)
    return Imported(FORMAT.name, take, notes)


def _line(path: Path, text: str) -> _Line:
    match = _FIRST.fullmatch(text.strip())
    if match is None:
        raise _strange(path, f"its first line is {text[:40]!r}")
    if int(match[1]) > VERSION:
        raise TakeError(
            f"{path} is a plain CSV of version {match[1]}; this vrface reads {VERSION}.",
            "Use a newer vrface.",
        )
    pairs = [part.partition(":") for part in match[2].split(";") if part.strip()]
    words = {key.strip().lower(): value.strip() for key, _, value in pairs}
    if words.keys() - set(_KEYS):
        strange = sorted(words.keys() - set(_KEYS))[0]
        raise _strange(path, str(UnknownName("word of the first line", strange, _KEYS)))
    rate_hz = number(words.get("rate_hz", "nan"))
    if "rate_hz" in words and not 0 < rate_hz <= 4000:
        raise _strange(path, f"its rate_hz is {words['rate_hz'][:20]!r}, not one in (0, 4000]")
    if words.get("face", "real") not in ("real", "simulated"):
        raise _strange(path, f"its face is {words['face'][:20]!r}, not real or simulated")
    return _Line(
        scheme=_scheme(path, words.get("scheme", "")),
        person=words.get("person") or None,
        rate_hz=rate_hz,
        simulated=words.get("face") == "simulated",
    )


def _scheme(path: Path, name: str) -> Scheme:
    """A scheme by name: what a file says is never taken for a path."""
    if name == CANONICAL:
        return _canonical()
    if name not in SCHEMES:
        raise _strange(path, str(UnknownName("scheme", name, (CANONICAL, *SCHEMES))))
    return scheme(name)


@cache
def _canonical() -> Scheme:
    rows = "".join(f"{name},{name},{name},measured,\n" for name in BLENDSHAPES)
    text = f"# the canonical {COUNT}\nshape,into,from,fate,note\n{rows}"
    return from_table(CANONICAL, parse(text, CANONICAL))


def _timed(
    path: Path, columns: list[str], line: _Line
) -> tuple[Rows, NDArray[np.int64], tuple[str, ...]]:
    """The rows in order of time, their nanoseconds from the first, and notes."""
    wanted = (*line.scheme.shapes, *_GAZE)
    there = {name.lower() for name in columns}
    if "time_ns" in there:
        return in_order(path, read_rows(path, ",", "time_ns", wanted, int))
    if "time_s" in there:
        return in_order(path, read_rows(path, ",", "time_s", wanted, seconds))
    if not columns or np.isnan(line.rate_hz):
        raise _strange(path, "it has no column time_s or time_ns and its first line no rate_hz")
    order = count()
    rows = read_rows(path, ",", columns[0], wanted, lambda _: next(order))
    rows, time, notes = in_order(path, rows)
    return rows, np.round(time * (1e9 / line.rate_hz)).astype(np.int64), notes


def _gaze(rows: Rows) -> NDArray[np.float32]:
    angles = rows.together(*_GAZE)
    return np.where(np.abs(angles) <= np.pi / 2, angles, np.nan).astype(np.float32)


def _strange(path: Path, found: str) -> TakeError:
    return TakeError(f"{path} is no plain CSV of vrface: {found.rstrip('.')}.", _ADVICE)


def _recognises(head: Head) -> bool:
    return _FIRST.match(head.first_line.strip()) is not None


FORMAT = Format("plain", "vrface's plain CSV of any scheme", _recognises, read)
