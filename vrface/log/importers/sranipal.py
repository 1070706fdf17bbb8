"""SRanipal logs of an HTC Vive Pro Eye: text separated by semicolons, 120 rows a second.

What real files do, and what is done about it:

- ``gaze_direct`` and ``gaze_origin`` have +x to the wearer's left and +z forward
  (``gaze_origin_L.x`` is +38 mm): x and z change sign.
- ``helmet_pos`` and ``helmet_rot`` are Unity's: metres and Euler angles in degrees. The pose is 90
  Hz: a row that repeats the one before holds no new pose.
- ``eye_valid`` is a bit mask; what is not valid, written as 0 or -1, is no value.
- ``wide`` and ``squeeze`` are hardly ever different in the two eyes.
- ``frown`` and ``distance_C`` are 0 throughout: they are not read.
- A row whose ``frame`` repeats the one before holds no new eye data.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.face.gaze import gaze_of_direction
from vrface.log.importers.axes import unit, unity_pose, unity_quaternion
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.sensors import Samples, sensed
from vrface.log.importers.text import Rows, in_order, read_rows

_TIME = "time(100ns)"
_NS = 100

# Bits of `eye_valid` (SRanipal SDK, SingleEyeDataValidity).
_GAZE_DIRECTION, _PUPIL_DIAMETER, _OPENNESS = 1 << 1, 1 << 2, 1 << 3

_EYES = ("L", "R")
_HELMET = tuple(f"helmet_{kind}_{axis}" for kind in ("pos", "rot") for axis in "xyz")
_NUMBERS = (
    "frame",
    *_HELMET,
    *(
        f"{name}_{eye}{rest}"
        for eye in _EYES
        for name, rest in (
            ("eye_valid", ""),
            ("openness", ""),
            ("wide", ""),
            ("squeeze", ""),
            ("pupil_diameter", "(mm)"),
            ("gaze_direct", ".x"),
            ("gaze_direct", ".y"),
            ("gaze_direct", ".z"),
        )
    ),
)


def read(path: Path, person: str | None) -> Imported:
    """Read a log.

    Raises:
        TakeError: if it is none.
    """
    rows = read_rows(path, ";", _TIME, _NUMBERS, int)
    rows, time, notes = in_order(path, rows, _NS)
    seen = np.r_[True, ~(np.diff(rows.together("frame")[:, 0]) == 0)]
    samples: dict[str, Samples] = {
        "gaze": (time[seen], _gaze(rows)[seen]),
        "lids": (time[seen], _lids(rows)[seen]),
        "pupils": (time[seen], _pupils(rows)[seen]),
    }
    if rows.have(*_HELMET):
        helmet = rows.together(*_HELMET)
        moved = np.r_[True, (np.diff(helmet, axis=0) != 0).any(axis=1)]
        pose = unity_pose(helmet[:, :3], unity_quaternion(helmet[:, 3:]))
        samples["head_pose"] = (time[moved], pose[moved])
    recording = sensed(name_of(path), person_of(path, person), "vive_pro_eye", samples)
    return Imported(FORMAT.name, recording, notes)


def _gaze(rows: Rows) -> NDArray[np.float64]:
    """[rows, 4] yaw and pitch of the left eye, then of the right."""
    angles = []
    for eye in _EYES:
        direction = rows.together(*(f"gaze_direct_{eye}.{axis}" for axis in "xyz"))
        turned = gaze_of_direction(unit(direction * [-1, 1, -1]))
        angles.append(_valid(rows, eye, _GAZE_DIRECTION, turned))
    return np.concatenate(angles, axis=1)


def _lids(rows: Rows) -> NDArray[np.float64]:
    """[rows, 6] openness, wide and squeeze, left and right of each."""
    return np.concatenate(
        [
            _valid(rows, eye, _OPENNESS, rows.together(f"{name}_{eye}"))
            for name in ("openness", "wide", "squeeze")
            for eye in _EYES
        ],
        axis=1,
    )


def _pupils(rows: Rows) -> NDArray[np.float64]:
    """[rows, 2] millimetres."""
    diameters = [
        _valid(rows, eye, _PUPIL_DIAMETER, rows.together(f"pupil_diameter_{eye}(mm)"))
        for eye in _EYES
    ]
    return np.concatenate(diameters, axis=1)


def _valid(rows: Rows, eye: str, bit: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values in rows where the mask has the bit."""
    return np.where(rows.has_bit(bit, f"eye_valid_{eye}"), values, np.nan)


def _recognises(head: Head) -> bool:
    return head.has(";", _TIME, "eye_valid_L", "eye_valid_R")


FORMAT = Format("sranipal", "SRanipal CSV of an HTC Vive Pro Eye", _recognises, read)
