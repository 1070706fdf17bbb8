"""vrface's own plain CSV: any scheme's shapes over time, for whoever has a face and no format.

```
# vrface csv 1; scheme: fb2; person: p1; rate_hz: 72
time_s,JAW_DROP,BROW_LOWERER_L,gaze_left_yaw
0.000,0.12,0.03,-0.05
```
The first line names the scheme (one of `vrface.face.schemes.SCHEMES`; ``canonical`` is the 54) and
may name the person, the rate and, with ``face: simulated``, that there is none. Then a header: one
of `TIMES` (none, and rows are ``1 / rate_hz`` apart), any of the scheme's shapes in any order, and
gaze in our convention as ``gaze_left_yaw`` and so on, radians. An empty cell is no value; a shape
whose cells are all empty is absent, and a row that lacks one of the others lacks the face.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from math import isnan, pi
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError, UnknownName
from vrface.face.blendshapes import COUNT
from vrface.face.gaze import GAZE_CHANNELS, known_gaze
from vrface.face.schemes import SCHEMES, Scheme, scheme
from vrface.log.importers import livelink
from vrface.log.importers.faces import clipped, take_of
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.text import Rows, cells, in_order, number, read_rows, seconds

VERSION = 1

TIMES = ("time_ns", "time_s", livelink.TIMECODE)
"""Columns that say when a row was, best first; the last as Live Link Face counts."""

_FIRST = re.compile(r"#\s*vrface csv\s+(\d{1,9})\s*((?:;[^;]*)*)", re.ASCII)
_KEYS = ("scheme", "person", "rate_hz", "face")
_GAZE = tuple(f"gaze_{channel}" for channel in GAZE_CHANNELS)
_ADVICE = "docs/formats.md describes the plain CSV."
_FEW = 3
"""As many names of a scheme's shapes are there by accident, at most one less."""


@dataclass(frozen=True)
class FirstLine:
    """What the first line says.

    Attributes:
        scheme: The name of whose shapes the columns are.
        person: Pseudonym of whose face it is; None where it does not say.
        rate_hz: Of rows without a time; NaN where it does not say.
        simulated: Whether no real face stands behind it.
    """

    scheme: str
    person: str | None = None
    rate_hz: float = float("nan")
    simulated: bool = False

    def __str__(self) -> str:
        """The line as `first_line` reads it."""
        person = f"; person: {self.person}" if self.person else ""
        rate = "" if isnan(self.rate_hz) else f"; rate_hz: {self.rate_hz}"
        face = "; face: simulated" if self.simulated else ""
        return f"# vrface csv {VERSION}; scheme: {self.scheme}{person}{rate}{face}"


def read(path: Path, person: str | None) -> Imported:
    """Read a plain CSV.

    Raises:
        TakeError: if it is none, its scheme is unknown, or there are fewer than two rows of a face.
    """
    line = first_line(Head.of(path))
    if line is None:
        raise _strange(path, f"its first line is {Head.of(path).first_line[:40]!r}")
    spoken = scheme(line.scheme)
    columns = next(cells(path, ","))
    rows, time_ns, notes = _timed(path, columns, (*spoken.shapes, *_GAZE), line.rate_hz)
    if not any(rows.have(shape) for shape in spoken.shapes):
        raise _strange(path, f"none of its columns is a shape of {spoken.name!r}")
    values, angles = rows.together(*spoken.shapes), rows.together(*_GAZE)
    take = take_of(
        name_of(path),
        person_of(path, person or line.person),
        time_ns,
        spoken,
        values,
        known_gaze(angles),
        line.simulated,
    )
    notes += (
        *clipped(values),
        *_turned_away(angles),
        *_unread(columns, spoken),
        *_not_kept(values, spoken),
    )
    return Imported(FORMAT.name, take, notes, named=line.person is not None)


def first_line(head: Head) -> FirstLine | None:
    """What the first line of a plain CSV says; None where it does not call itself one.

    Raises:
        TakeError: if it says what nobody understands.
    """
    path, match = head.path, _FIRST.fullmatch(head.first_line)
    if match is None:
        return None
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
    named = words.get("scheme", "")
    if named not in SCHEMES:  # what a file says is never taken for a path
        raise _strange(path, str(UnknownName("scheme", named, SCHEMES)))
    rate_hz = number(words.get("rate_hz", "nan"))
    if "rate_hz" in words and not 0 < rate_hz <= 4000:
        raise _strange(path, f"its rate_hz is {words['rate_hz'][:20]!r}, not one in (0, 4000]")
    if words.get("face", "real") not in ("real", "simulated"):
        raise _strange(path, f"its face is {words['face'][:20]!r}, not real or simulated")
    return FirstLine(named, words.get("person") or None, rate_hz, words.get("face") == "simulated")


def timed(columns: Iterable[str]) -> bool:
    """Whether one of the columns says when a row was."""
    return not {name.lower() for name in columns}.isdisjoint(name.lower() for name in TIMES)


def hint(head: Head) -> str:
    """What makes a plain CSV of a file that lacks no more than the first line; "" if it is none."""
    columns = head.columns(",")
    spoken = _scheme_of(columns)
    if not spoken:
        return ""
    late = ", and name its time column time_s or time_ns, or add `; rate_hz: 30` or what it is"
    return (
        f"Its columns are those of scheme {spoken}: put `{FirstLine(spoken)}` on its first line"
        f"{'' if timed(columns) else late}."
    )


def _scheme_of(columns: frozenset[str]) -> str:
    """The scheme most of whose shapes are among the columns, of those the smallest; "" if none."""

    def fit(name: str) -> tuple[int, int]:
        shapes = {shape.lower() for shape in scheme(name).shapes}
        return len(shapes & columns), -len(shapes)

    best = max(SCHEMES, key=fit)
    return best if fit(best)[0] >= _FEW else ""


def _timed(
    path: Path, columns: list[str], wanted: tuple[str, ...], rate_hz: float
) -> tuple[Rows, NDArray[np.int64], tuple[str, ...]]:
    """The rows in order of time, their nanoseconds from the first, and notes."""
    there = {name.lower() for name in columns}
    if "time_ns" in there:
        return in_order(path, read_rows(path, ",", "time_ns", wanted, int))
    if "time_s" in there:
        return in_order(path, read_rows(path, ",", "time_s", wanted, seconds))
    if livelink.TIMECODE.lower() in there:
        return livelink.timed(path, wanted)
    if not columns or isnan(rate_hz):
        raise _strange(path, "it has no column time_s or time_ns and its first line no rate_hz")
    order = count()
    rows = read_rows(path, ",", columns[0], wanted, lambda _: next(order))
    rows, time, notes = in_order(path, rows)
    return rows, np.round(time * (1e9 / rate_hz)).astype(np.int64), notes


def _turned_away(angles: NDArray[np.float64]) -> tuple[str, ...]:
    """A note on gaze that no eye reaches."""
    beyond = np.abs(angles) > pi / 2
    if not beyond.any():
        return ()
    lost = f"Gaze angles over a quarter turn, taken as no value: {np.count_nonzero(beyond)}."
    degrees = np.abs(angles[beyond]).max() <= 90
    return (f"{lost} They look like degrees: give radians." if degrees else lost,)


def _unread(columns: list[str], spoken: Scheme) -> tuple[str, ...]:
    known = {name.lower() for name in (*spoken.shapes, *_GAZE, *TIMES)}
    unread = [name for name in columns if name.lower() not in known]
    return (f"Columns not read: {', '.join(unread)[:200]}.",) if unread else ()


def _not_kept(values: NDArray[np.float64], spoken: Scheme) -> tuple[str, ...]:
    """A note on the extras that could be made of the file's shapes."""
    there = np.flatnonzero(np.isfinite(values).any(axis=0))
    given = {spoken.shapes[k] for k in there}
    lost = [extra for extra in spoken.extras if spoken.made_of[extra].keys() <= given]
    return (f"A take holds the {COUNT}; not kept: {', '.join(lost)}.",) if lost else ()


def _strange(path: Path, found: str) -> TakeError:
    stop = "" if found.endswith((".", "?")) else "."
    return TakeError(f"{path} is no plain CSV of vrface: {found}{stop}", _ADVICE)


def _recognises(head: Head) -> bool:
    return _FIRST.match(head.first_line) is not None


FORMAT = Format("plain", "vrface's plain CSV of any scheme", _recognises, read)
