"""What gaze and closures of the lids do to lids, brows and cheeks, and to the eyes behind them."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import indices
from vrface.face.gaze import FULL_SCALE_RAD
from vrface.simulation.behaviour.eye_habits import EyeHabits
from vrface.simulation.behaviour.motion import Floats, smooth

_BLINK = indices(["eyeBlinkLeft", "eyeBlinkRight"])
_WIDE = indices(["eyeWideLeft", "eyeWideRight"])
_SQUINT = indices(["eyeSquintLeft", "eyeSquintRight"])
_CHEEK = indices(["cheekSquintLeft", "cheekSquintRight"])
_BROWS = indices(["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"])
_PITCH, _YAW = [1, 3], [0, 2]  # of the left and the right eye

BLINK_TURN_RAD = np.deg2rad([3.0, 1.2])
"""How far down and towards the nose an eye goes while its lids close all the way: 1-5 degrees, in
a movement shorter than the lid's (search coils)."""

_TURNING_FROM = 0.25  # the eye begins once the lid is this far closed, and is back first; assumed

# Below straight ahead, by unit of eyeLookDown: a wide eye is wide no longer, and squints a little
# less (open Live Link Face takes: .7-1.1 and .13-.19).
_WIDE_LOST, _SQUINT_LOST = 0.9, 0.15

_WINK_EFFORT, _WINK_FROM = 0.35, 0.3
"""What a wink adds to squint and cheek of its side, once one lid is this much further closed than
the other; assumed."""


def eyes_in_blink(gaze: Floats, closure: Floats) -> Floats:
    """Each eye goes down and towards the nose behind a closing lid.

    Args:
        gaze: [times, 4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`.
        closure: [times, 2] of the left and the right eye.

    Returns:
        [times, 4].
    """
    share = smooth((closure - _TURNING_FROM) / (1.0 - _TURNING_FROM))
    turned = gaze.copy()
    turned[:, _PITCH] -= BLINK_TURN_RAD[0] * share
    turned[:, _YAW] += BLINK_TURN_RAD[1] * share * [1.0, -1.0]
    return turned


def move_lids(weights: Floats, closure: Floats, gaze: Floats, habits: EyeHabits) -> None:
    """Lids follow gaze and close, in place; what that pulls along goes with them.

    The mean position of lid and eye is the same (Becker & Fuchs 1988); they start 5 ms apart, which
    no sensor here resolves. A lid that closes is not wide.

    Args:
        weights: [times, 54] of a face whose lids know nothing of gaze and blinks yet.
        closure: [times, 2] of the left and the right eye; 1 = this wearer's full closure.
        gaze: [times, 4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`.
        habits: How strongly lids and brows follow.
    """
    pitch = gaze[:, _PITCH] / FULL_SCALE_RAD
    up, down = pitch.clip(0.0, 1.0), (-pitch).clip(0.0, 1.0)
    lowered = np.clip(weights[:, _BLINK] + habits.lid_down * down, 0.0, 1.0)
    closed = 1.0 - (1.0 - lowered) * (1.0 - habits.lid_strength * closure)
    weights[:, _BLINK] = closed
    wide = weights[:, _WIDE] + habits.wide_up * up - _WIDE_LOST * down
    weights[:, _WIDE] = wide.clip(0.0) * (1.0 - closed)
    alone = (closure - closure[:, ::-1] - _WINK_FROM).clip(0.0) / (1.0 - _WINK_FROM)
    squint = weights[:, _SQUINT] + habits.squint_up * up - _SQUINT_LOST * down
    weights[:, _SQUINT] = squint.clip(0.0) + _WINK_EFFORT * alone
    weights[:, _CHEEK] += _WINK_EFFORT * alone
    raised = habits.brow_up * up + habits.brow_down * down + habits.brow_blink * closure
    weights[:, _BROWS] += np.tile(raised, 2)
