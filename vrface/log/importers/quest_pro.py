"""Pose logs of a Meta Quest Pro, out of Unity: where the head was, fifty times a second.

What a real file does, and what is done about it:

- Decimal commas between semicolons; a title in the text's language, so UTF-8 or Latin-1.
- One file holds many sequences, and ``SequenceTime`` is the time within the scene that was shown:
  from one sequence to the next it jumps either way. Each sequence follows the one before after
  `APART_NS`; how far apart they were is not in the file.
- ``CenterEyePos`` and ``CenterEyeRot`` are Unity's: metres and a quaternion x y z w.
- Hands, titles and numbers of persons are not read. There is no face and no gaze in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.log.importers.axes import unity_pose
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.sensors import sensed
from vrface.log.importers.text import DAY_S, MOST_DAYS, Rows, later, left_out, read_rows, seconds

APART_NS = 1_000_000_000
"""What is put between two sequences."""

_POSITION = tuple(f"CenterEyePos{axis}" for axis in "XYZ")
_ROTATION = tuple(f"CenterEyeRot{axis}" for axis in "XYZW")


def read(path: Path, person: str | None) -> Imported:
    """Read a log.

    Raises:
        TakeError: if it is none.
    """
    rows = read_rows(path, ";", "SequenceTime", ("Sequence", *_POSITION, *_ROTATION), seconds)
    rows, time, sequences, late = _joined(path, rows)
    pose = unity_pose(rows.together(*_POSITION), rows.together(*_ROTATION))
    samples = {"head_pose": (time, pose)}
    recording = sensed(name_of(path), person_of(path, person), "quest_pro_pose", samples)
    notes = left_out(rows.untimed, "no time") + left_out(late, "doubled, or back in time")
    if sequences > 1:
        notes += (
            f"{sequences} sequences, put {APART_NS / 1e9:g} s apart: the file does not say how far "
            "apart they were.",
        )
    return Imported(FORMAT.name, recording, notes)


def _joined(path: Path, rows: Rows) -> tuple[Rows, NDArray[np.int64], int, int]:
    """The sequences one behind the other: rows, their times, how many, rows left out."""
    number = rows.together("Sequence")[:, 0]
    starts = [0, *np.flatnonzero(np.diff(number) != 0) + 1] if rows.have("Sequence") else [0]
    kept = np.zeros(len(rows.time), dtype=np.bool_)
    time = np.zeros(len(rows.time), dtype=np.int64)
    end = -APART_NS
    for start, stop in zip(starts, [*starts[1:], len(rows.time)], strict=True):
        within = rows.time[start:stop]
        kept[start:stop] = later(within)
        begin, span = end + APART_NS, int(within.max()) - int(within[0])
        end = begin + span
        if end > MOST_DAYS * DAY_S * 10**9:
            raise TakeError(f"the times in {path} go over more than {MOST_DAYS} days.")
        time[start:stop] = np.maximum(within - within[0], 0) + begin
    return rows.chosen(kept), time[kept], len(starts), int((~kept).sum())


def _recognises(head: Head) -> bool:
    return head.has(";", "SequenceTime", *_POSITION, *_ROTATION)


FORMAT = Format("quest_pro", "head pose log of a Meta Quest Pro, out of Unity", _recognises, read)
