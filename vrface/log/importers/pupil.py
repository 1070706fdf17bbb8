"""Exports of Pupil Labs' glasses, Invisible and Neon: a folder with ``gaze.csv`` and ``imu.csv``.

Axes after Pupil Labs' docs (pupil-docs, invisible and neon, "Data Streams"; "Transform IMU Data"):

- Gaze is seen from the scene camera: azimuth > 0 to the right, elevation > 0 up, degrees. The scene
  camera stands for the head here; by how much it is turned against the head is not in the export.
- Invisible's IMU has x to the right, y down and z forward.
- Neon's has x to the right, y forward and z up, turned by 102 degrees about x against the scene
  camera; its quaternion (w x y z) turns the IMU's axes into a world of x right, y north, z up.
- Rotation in degrees a second, acceleration in g, gravity included.

``worn`` 0 is no value, and neither is a gaze while ``blink id`` says that a blink hides the eyes.
Pixels, fixations, ``blinks.csv``, Euler angles and Neon's eye states are not read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.log.importers.axes import about_x, unit
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.sensors import Samples, sensed
from vrface.log.importers.text import DAY_S, Rows, in_order, read_rows
from vrface.sensors.rotation import product

GRAVITY = 9.80665
"""Metres a second squared in a g."""

_FRAMES_EVERY_NS = 5_000_000

_TIME = "timestamp [ns]"
_ANGLES = ("azimuth [deg]", "elevation [deg]")
_GYRO = tuple(f"gyro {axis} [deg/s]" for axis in "xyz")
_ACCELERATION = tuple(f"acceleration {axis} [g]" for axis in "xyz")
_QUATERNION = tuple(f"quaternion {axis}" for axis in "xyzw")

# Rotations about x, degrees: from the IMU's axes to the head's, and from Neon's world to ours.
_INVISIBLE_IMU, _NEON_IMU, _NEON_WORLD = 180.0, -78.0, -90.0


def read(path: Path, person: str | None) -> Imported:
    """Read an export.

    Args:
        path: Its folder, or a file in it.
        person: As ever; by default the folder that the export lies in.

    Raises:
        TakeError: if it is none.
    """
    folder = path if path.is_dir() else path.absolute().parent
    gaze = read_rows(folder / "gaze.csv", ",", _TIME, ("worn", "blink id", *_ANGLES), int)
    gaze, time, notes = in_order(folder, gaze)
    samples: dict[str, Samples] = {"gaze_combined": (time, _gaze(gaze))}
    headset = "pupil_invisible"
    if (folder / "imu.csv").is_file():
        imu_columns = (*_GYRO, *_ACCELERATION, *_QUATERNION)
        imu = read_rows(folder / "imu.csv", ",", _TIME, imu_columns, int)
        imu, imu_time, more = in_order(folder, imu)
        imu_time = imu_time + _offset(folder, int(imu.time[0]) - int(gaze.time[0]))
        turns = unit(imu.together(*_QUATERNION))
        neon = bool(np.isfinite(turns).any())
        headset = "pupil_neon" if neon else headset
        samples["imu"] = (imu_time, _imu(imu, _NEON_IMU if neon else _INVISIBLE_IMU))
        samples["head_pose"] = (imu_time, _head(turns))
        notes += more
    blinks = float(np.isfinite(gaze.together("blink id")).mean())
    if blinks:
        notes += (f"{blinks:.0%} of the gaze lies in blinks and is no value.",)
    recording = sensed(
        name_of(folder), person_of(folder, person), headset, samples, _FRAMES_EVERY_NS
    )
    return Imported(FORMAT.name, recording, notes)


def _gaze(rows: Rows) -> NDArray[np.float64]:
    """[rows, 2] yaw and pitch, radians."""
    hidden = (rows.together("worn") == 0) | np.isfinite(rows.together("blink id"))
    return np.where(hidden, np.nan, np.radians(rows.together(*_ANGLES)))


def _imu(rows: Rows, degrees: float) -> NDArray[np.float64]:
    """[rows, 6] angular velocity and acceleration in the head's axes."""
    return np.concatenate(
        [
            about_x(np.radians(rows.together(*_GYRO)), degrees),
            about_x(rows.together(*_ACCELERATION) * GRAVITY, degrees),
        ],
        axis=1,
    )


def _head(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """[rows, 4] how the scene camera is turned in our world, of how Neon's IMU is in its own."""
    return product(product(_turn(_NEON_WORLD), turns), _turn(-_NEON_IMU))


def _turn(degrees: float) -> NDArray[np.float64]:
    half = np.radians(degrees) / 2
    return np.array([[np.sin(half), 0.0, 0.0, np.cos(half)]])


def _offset(folder: Path, nanoseconds: int) -> int:
    if abs(nanoseconds) > DAY_S * 10**9:
        raise TakeError(
            f"gaze.csv and imu.csv in {folder} start {abs(nanoseconds) / 3.6e12:.0f} hours apart.",
            "Give files of one recording.",
        )
    return nanoseconds


def _recognises(head: Head) -> bool:
    if head.path.is_dir():
        return "gaze.csv" in head.names
    return head.path.name in ("gaze.csv", "imu.csv") and head.has(",", "section id", _TIME)


FORMAT = Format("pupil", "export of Pupil Invisible or Neon glasses, a folder", _recognises, read)
