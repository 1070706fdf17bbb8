"""Gaze angles and the eight eyeLook weights that derive from them.

Angles are the truth. Yaw > 0 looks to the wearer's right, pitch > 0 looks up, both in radians, in
the head's frame (OpenXR VIEW: +x the wearer's right, +y up, -z forward). An array of gaze holds
``left_yaw, left_pitch, right_yaw, right_pitch`` in its last axis; NaN = no value.
"""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vrface.columns import Numbers
from vrface.face.blendshapes import EYE_LOOK, indices

GAZE_CHANNELS: tuple[str, ...] = ("left_yaw", "left_pitch", "right_yaw", "right_pitch")

FULL_SCALE_RAD = pi / 4
"""The angle at which an eyeLook weight is 1: 45 degrees, as VRCFaceTracking normalises gaze."""

EYE_LOOK_INDICES = indices(EYE_LOOK)

# Per eyeLook shape: which gaze channel it reads, and with which sign. A left eye that looks to the
# wearer's right looks in, towards the nose; a right eye that does looks out.
_CHANNEL_AND_SIGN = {
    "eyeLookInLeft": (0, 1.0),
    "eyeLookOutLeft": (0, -1.0),
    "eyeLookUpLeft": (1, 1.0),
    "eyeLookDownLeft": (1, -1.0),
    "eyeLookInRight": (2, -1.0),
    "eyeLookOutRight": (2, 1.0),
    "eyeLookUpRight": (3, 1.0),
    "eyeLookDownRight": (3, -1.0),
}


def eye_look_of(channel: str) -> tuple[str, ...]:
    """The eyeLook shapes that derive from one of `GAZE_CHANNELS`."""
    place = GAZE_CHANNELS.index(channel)
    return tuple(name for name in EYE_LOOK if _CHANNEL_AND_SIGN[name][0] == place)


_CHANNEL = np.array([_CHANNEL_AND_SIGN[name][0] for name in EYE_LOOK])
_SIGN = np.array([_CHANNEL_AND_SIGN[name][1] for name in EYE_LOOK], dtype=np.float32)


def eye_look_from_gaze(gaze: ArrayLike) -> NDArray[np.float32]:
    """The eight eyeLook weights of gaze angles.

    Args:
        gaze: [..., 4] radians, in the order of `GAZE_CHANNELS`; NaN = no value.

    Returns:
        [..., 8] in [0, 1], in the order of `EYE_LOOK`; NaN where the angle is NaN.
    """
    found: NDArray[np.float32] = looks_of(np.asarray(gaze, dtype=np.float32))
    return found


def looks_of(gaze: Numbers) -> Numbers:
    """The same of float32 numbers, of NumPy or of JAX."""
    sign = _SIGN.reshape(*(1,) * (gaze.ndim - 1), -1)
    return (gaze[..., _CHANNEL] * sign / np.float32(FULL_SCALE_RAD)).clip(0.0, 1.0)


def gaze_from_eye_look(eye_look: ArrayLike) -> NDArray[np.float32]:
    """Gaze angles of eyeLook weights: for recordings that hold no angles, never in the frame path.

    Args:
        eye_look: [..., 8] in [0, 1], in the order of `EYE_LOOK`.

    Returns:
        [..., 4] radians, in the order of `GAZE_CHANNELS`.
    """
    signed = np.asarray(eye_look, dtype=np.float32) * _SIGN * np.float32(FULL_SCALE_RAD)
    return np.stack([signed[..., c == _CHANNEL].sum(-1) for c in range(4)], axis=-1)


def known_gaze(angles: ArrayLike) -> NDArray[np.float32]:
    """Gaze angles as they came from elsewhere; NaN where one is no number or over a quarter turn.

    Args:
        angles: [...] radians.
    """
    given = np.asarray(angles, dtype=np.float64)
    return np.where(np.abs(given) <= pi / 2, given, np.nan).astype(np.float32)


def gaze_of_direction(direction: ArrayLike) -> NDArray[np.float64]:
    """Yaw and pitch of a direction in the head: the inverse of `direction_in_head`.

    Args:
        direction: [..., 3] vectors of any length.

    Returns:
        [..., 2] radians; NaN where a vector has no direction: 0, or no finite number in it.
    """
    vectors = np.asarray(direction, dtype=np.float64)
    known = np.isfinite(vectors).all(axis=-1) & (vectors != 0.0).any(axis=-1)
    x, y, z = np.moveaxis(np.where(known[..., None], vectors, np.nan), -1, 0)
    with np.errstate(over="ignore"):
        level = np.hypot(x, z)
    # 0 - z, for -0 would turn what looks straight up to the back.
    return np.stack([np.arctan2(x, 0.0 - z), np.arctan2(y, level)], axis=-1)


def direction_in_head(yaw: ArrayLike, pitch: ArrayLike) -> NDArray[np.float64]:
    """Unit vector of a gaze: ``(sin yaw cos pitch, sin pitch, -cos yaw cos pitch)``, [..., 3]."""
    yaw, pitch = np.asarray(yaw, dtype=np.float64), np.asarray(pitch, dtype=np.float64)
    return np.stack(
        [np.sin(yaw) * np.cos(pitch), np.sin(pitch), -np.cos(yaw) * np.cos(pitch)], axis=-1
    )
