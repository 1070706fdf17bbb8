"""What gaze and blinks do to lids and brows."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import indices
from vrface.simulation.behaviour.motion import Floats
from vrface.simulation.wearer import Wearer

_BLINK = indices(["eyeBlinkLeft", "eyeBlinkRight"])
_WIDE = indices(["eyeWideLeft", "eyeWideRight"])
_SQUINT = indices(["eyeSquintLeft", "eyeSquintRight"])
_BROWS = indices(["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"])
_INNER_BROW = _BROWS[:2]
_LOOK_UP = indices(["eyeLookUpLeft", "eyeLookUpRight"])
_LOOK_DOWN = indices(["eyeLookDownLeft", "eyeLookDownRight"])


def eyes(both: Floats, blink: Floats, wearer: Wearer) -> Floats:
    """[times, 4] gaze angles: both eyes converge, and turn 3 degrees down in a blink.

    1-5 degrees down in a blink: search-coil studies.
    """
    half = wearer.convergence / 2
    down = np.deg2rad(3.0) * blink
    yaw, pitch = both[:, :1], both[:, 1:]
    left, right = (yaw + half, pitch - down[:, :1]), (yaw - half, pitch - down[:, 1:])
    return np.concatenate([*left, *right], axis=1)


def move_lids(weights: Floats, blink: Floats, wearer: Wearer) -> None:
    """Lids follow gaze and blink, in place; what gaze and blink pull along goes with them."""
    up, down = weights[:, _LOOK_UP], weights[:, _LOOK_DOWN]
    lowered = np.clip(weights[:, _BLINK] + wearer.lid_down * down, 0.0, 1.0)
    closed = 1.0 - (1.0 - lowered) * (1.0 - blink)
    weights[:, _BLINK] = closed
    weights[:, _WIDE] = (weights[:, _WIDE] + wearer.wide_up * up) * (1.0 - closed)
    weights[:, _SQUINT] += wearer.squint_up * up
    weights[:, _BROWS] += wearer.brow_up * np.tile(up, 2)
    weights[:, _INNER_BROW] += wearer.brow_blink * blink
