"""Logs of the data set IER_2023 (SimonGeb): openness and pupil diameter of each eye.

What the 80 files do, and what is done about it:

- ``timestamp`` is ``2022-12-16 12:36:00.0128``, with four decimals throughout: a plain fraction of
  a second. About a second is missing after the second row of each file; that gap stays.
- Openness rests at 1 in two samples of three: the tracker saturates.
- A pupil diameter of -1 is a lost pupil: no value.
- ``blink`` was put in later by the authors' own code, out of these very columns: it is not read.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.sensors import sensed
from vrface.log.importers.text import DAY_S, in_order, read_rows

_LIDS = ("openness_L", "openness_R")
_PUPILS = ("pupil_diam_L", "pupil_diam_R")
_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()


def read(path: Path, person: str | None) -> Imported:
    """Read a log.

    Raises:
        TakeError: if it is none.
    """
    rows = read_rows(path, ";", "timestamp", (*_LIDS, *_PUPILS), nanoseconds)
    rows, time, notes = in_order(path, rows)
    samples = {
        "lids": (time, rows.together(*_LIDS)),
        "pupils": (time, rows.together(*_PUPILS)),
    }
    recording = sensed(name_of(path), person_of(path, person), "ier_2023", samples)
    return Imported(FORMAT.name, recording, notes)


def nanoseconds(timestamp: str) -> int:
    """A timestamp as nanoseconds since 1970, in whatever time zone it was written.

    Raises:
        ValueError: if it is none.
    """
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise ValueError(timestamp)
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError(timestamp)
    days = date(year, month, day).toordinal() - _EPOCH
    seconds = days * DAY_S + hour * 3600 + minute * 60 + second
    return seconds * 10**9 + int((match[7] or "").ljust(9, "0"))


def _recognises(head: Head) -> bool:
    return head.has(";", "timestamp", *_LIDS, *_PUPILS)


FORMAT = Format("ier", "eye log of the data set IER_2023", _recognises, read)
