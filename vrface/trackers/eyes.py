"""VRChat's native eye inputs: OSC addresses that many senders of gaze know.

There, degrees and pitch > 0 looks down, and in vectors +x is the wearer's right, +y up, +z forward
(docs.vrchat.com, "OSC Eye Tracking"). Ours are radians and pitch > 0 looks up.
"""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, radians

import numpy as np

from vrface.face.gaze import gaze_of_direction
from vrface.trackers.dialect import Named

GAZE: dict[str, tuple[str, ...]] = {
    "gaze.left_yaw": ("left_yaw", "yaw"),
    "gaze.left_pitch": ("left_pitch", "pitch"),
    "gaze.right_yaw": ("right_yaw", "yaw"),
    "gaze.right_pitch": ("right_pitch", "pitch"),
    "gaze.vergence_m": ("vergence_m",),
    "gaze_combined.yaw": ("yaw",),
    "gaze_combined.pitch": ("pitch",),
}
"""Which values give a gaze channel, best first: an eye's own, else the one gaze of both.

One eye's gaze never stands for the other's.
"""


def read(address: str, numbers: tuple[float, ...]) -> tuple[Named, ...]:
    """What a message says of the eyes; nothing where it is none of VRChat's, or misshapen.

    Names: ``left_yaw left_pitch right_yaw right_pitch``, ``yaw pitch`` of both eyes together,
    ``vergence_m``, ``open`` of both lids, 1 = open.
    """
    count, reader = _READERS.get(address, (0, None))
    return reader(*numbers) if reader is not None and len(numbers) == count else ()


def _pitch_yaw(pitch: float, yaw: float) -> tuple[Named, ...]:
    return ("pitch", -radians(pitch)), ("yaw", radians(yaw))


def _pitch_yaw_distance(pitch: float, yaw: float, metres: float) -> tuple[Named, ...]:
    return (*_pitch_yaw(pitch, yaw), ("vergence_m", metres))


def _direction(x: float, y: float, z: float) -> tuple[Named, ...]:
    yaw, pitch = gaze_of_direction((x, y, -z)).tolist()
    return ("yaw", yaw), ("pitch", pitch)


def _point(x: float, y: float, z: float) -> tuple[Named, ...]:
    return (*_direction(x, y, z), ("vergence_m", hypot(x, y, z)))


def _pitches_yaws(
    left_pitch: float, left_yaw: float, right_pitch: float, right_yaw: float
) -> tuple[Named, ...]:
    return (
        ("left_pitch", -radians(left_pitch)),
        ("left_yaw", radians(left_yaw)),
        ("right_pitch", -radians(right_pitch)),
        ("right_yaw", radians(right_yaw)),
    )


def _directions(*both: float) -> tuple[Named, ...]:
    ours = np.reshape(both, (2, 3)) * (1.0, 1.0, -1.0)
    left, right = gaze_of_direction(ours).tolist()
    return (
        ("left_yaw", left[0]),
        ("left_pitch", left[1]),
        ("right_yaw", right[0]),
        ("right_pitch", right[1]),
    )


def _closed(amount: float) -> tuple[Named, ...]:
    return (("open", 1.0 - amount),)


_READERS: dict[str, tuple[int, Callable[..., tuple[Named, ...]]]] = {
    "/tracking/eye/CenterPitchYaw": (2, _pitch_yaw),
    "/tracking/eye/CenterPitchYawDist": (3, _pitch_yaw_distance),
    "/tracking/eye/CenterVec": (3, _direction),
    "/tracking/eye/CenterVecFull": (3, _point),
    "/tracking/eye/LeftRightPitchYaw": (4, _pitches_yaws),
    "/tracking/eye/LeftRightVec": (6, _directions),
    "/tracking/eye/EyesClosedAmount": (1, _closed),
}
