"""Logs of a Pico Neo 3 Pro Eye, out of Unity and the PICO SDK: tabs, 50 or 90 rows a second.

What real files do, and what is done about it:

- ``Combine Eye Gaze Vector`` has +x to the wearer's right and +z forward, as Unity has: it is
  ``Foveated Gaze Direction``, which the SDK gives in OpenXR's axes, with z mirrored.
- ``Eye Pose Status`` is a bit mask (PICO SDK, pxrEyePoseStatus). Where an eye is not seen, bit
  16 is missing, and the gaze is made up: it swings up while the lids close. Such a gaze is no
  value.
- ``Eye Gaze Openness`` is 0 or 1, and not in every file. ``Eye Blinking`` is True throughout one
  file and False throughout another, with the eyes open in both: it is not read.
- ``Head Position`` and ``Head Rotation`` are Unity's: metres and Euler angles in degrees.
- Names of users and videos are not read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vrface.face.gaze import gaze_of_direction
from vrface.log.importers.axes import unit, unity_pose, unity_quaternion
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.sensors import Samples, sensed
from vrface.log.importers.text import in_order, read_rows, seconds

# Bits of `Eye Pose Status`: 4 and 16.
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
    seen = rows.has_bit(_EYE_SEEN, *_STATUS).all(axis=1, keepdims=True)
    angles = gaze_of_direction(unit(rows.together(*_GAZE) * [1, 1, -1]))
    vouched = rows.has_bit(_OPENNESS_VALID, *_STATUS)
    openness = np.where(vouched, rows.together(*_OPENNESS), np.nan)
    samples: dict[str, Samples] = {
        "gaze_combined": (time, np.where(seen, angles, np.nan)),
        "lids": (time, openness),
        "head_pose": (time, pose),
    }
    recording = sensed(name_of(path), person_of(path, person), "pico_neo_3_pro_eye", samples)
    return Imported(FORMAT.name, recording, notes)


def _recognises(head: Head) -> bool:
    return head.has("\t", "Timeline", *_GAZE, *_ROTATION)


FORMAT = Format("pico", "log of a Pico Neo 3 Pro Eye, out of Unity", _recognises, read)
