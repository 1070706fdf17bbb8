"""Logs of a Pico Neo 3 Pro Eye, out of Unity and the PICO SDK: tabs, 50 or 90 rows a second.

What real files do, and what is done about it:

- ``Combine Eye Gaze Vector`` has +x to the wearer's right and +z forward, as Unity has: it is
  ``Foveated Gaze Direction``, which the SDK gives in OpenXR's axes, with z mirrored.
- ``Eye Pose Status`` is a bit mask (PICO SDK, pxrEyePoseStatus). Where an eye is not seen, bit 4
  is missing, and the gaze is made up: it swings up while the lids close. Such a gaze is no value.
- ``Eye Gaze Openness`` is 0 or 1, and not in every file. ``Eye Blinking`` is True throughout one
  file and False throughout another, with the eyes open in both: it is not read.
- ``Head Position`` and ``Head Rotation`` are Unity's: metres and Euler angles in degrees.
- Names of users and videos are not read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.log.importers.axes import gaze_angles, unity_pose, unity_quaternion
from vrface.log.importers.format import Format, Head, Imported, person_of
from vrface.log.importers.sensors import Samples, sensed
from vrface.log.importers.text import Rows, in_order, read_rows, seconds

_OPENNESS_VALID, _EYE_SEEN = 1 << 2, 1 << 4

_STATUS = ("Left Eye Pose Status", "Right Eye Pose Status")
_OPENNESS = ("Left Eye Gaze Openness", "Right Eye Gaze Openness")
_GAZE = tuple(f"Combine Eye Gaze Vector. {axis}" for axis in "xyz")
_POSITION = tuple(f"Head Position. {axis}" for axis in "xyz")
_ROTATION = tuple(f"Head Rotation. {axis}" for axis in "xyz")


def read(path: Path, person: str | None) -> Imported:
    """Read a log.

    Raises:
        TakeError: if it is none.
    """
    columns = (*_STATUS, *_OPENNESS, *_GAZE, *_POSITION, *_ROTATION)
    rows = read_rows(path, "\t", "Timeline", columns, seconds)
    rows, time, notes = in_order(path, rows)
    pose = unity_pose(rows.together(*_POSITION), unity_quaternion(rows.together(*_ROTATION)))
    seen = _has(rows, _EYE_SEEN).all(axis=1, keepdims=True)
    angles = gaze_angles(rows.together(*_GAZE) * [1, 1, -1])
    openness = np.where(_has(rows, _OPENNESS_VALID), rows.together(*_OPENNESS), np.nan)
    samples: dict[str, Samples] = {
        "gaze_combined": (time, np.where(seen, angles, np.nan)),
        "lids": (time, openness),
        "head_pose": (time, pose),
    }
    recording = sensed(path.stem, person_of(path, person), "pico_neo_3_pro_eye", samples)
    return Imported(FORMAT.name, recording, notes)


def _has(rows: Rows, bit: int) -> NDArray[np.bool_]:
    """[rows, 2] whether the mask of the left and the right eye has the bit."""
    mask = rows.together(*_STATUS)
    bits = np.where((mask >= 0) & (mask < 1 << 16), mask, 0).astype(np.int64)
    return np.asarray((bits & bit) != 0)


def _recognises(head: Head) -> bool:
    return head.has("\t", "Timeline", *_GAZE, *_ROTATION)


FORMAT = Format("pico", "log of a Pico Neo 3 Pro Eye, out of Unity", _recognises, read)
