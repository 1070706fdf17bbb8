"""The senses that are poses: the head, the gaze of each eye, one gaze of both.

A gaze points along -z of its pose (OpenXR registry 1.1.62, XR_FB_eye_tracking_social and
XR_EXT_eye_gaze_interaction), and is asked for in the space VIEW, which is the head.
"""

from __future__ import annotations

from ctypes import byref, c_void_p, cast, pointer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.face.gaze import GAZE_CHANNELS, gaze_of_direction
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.faces import GAZES, HEAD_CHANNELS
from vrface.trackers.openxr.instance import Unwilling, refusals
from vrface.trackers.openxr.sense import Sense

# Of XrSpaceLocationFlagBits: an orientation that was sensed rather than guessed; a position, which
# runtimes may guess: of a simulated headset Monado 25 calls none sensed.
ORIENTATION, POSITION = 0x1 | 0x4, 0x2

_PROFILE = "/interaction_profiles/ext/eye_gaze_interaction"
_GAZE_POSE = "/user/eyes_ext/input/gaze_ext/pose"


class Head(Sense):
    """The pose of the head in LOCAL, at the very time that is asked for."""

    names = HEAD_CHANNELS

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._locate = connection.instance.function("xrLocateSpace")
        self._location = self._xr.SpaceLocation()

    def _ask(self, time: int) -> int | None:
        spaces = self._connection.view, self._connection.local
        result = self._locate(*spaces, time, byref(self._location))
        flags = self._location._location_flags
        if not self._connection.check(result) or flags & ORIENTATION != ORIENTATION:
            return None
        at, turn = self._location.pose.position, self._location.pose.orientation
        self.values[:] = at.x, at.y, at.z, turn.x, turn.y, turn.z, turn.w
        if not flags & POSITION:
            self.values[:3] = np.nan
        return time


class Gazes(Sense):
    """XR_FB_eye_tracking_social: each eye has a pose, and is valid by itself."""

    names = (*GAZE_CHANNELS, GAZES)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        xr = self._xr
        about = xr.EyeTrackerCreateInfoFB()
        self._tracker = self._made("xrCreateEyeTrackerFB", about, xr.EyeTrackerFB)
        self._get = connection.instance.function("xrGetEyeGazesFB")
        self._info = xr.EyeGazesInfoFB(base_space=connection.view)
        self._eyes = xr.EyeGazesFB()

    def _ask(self, time: int) -> int | None:
        self._info.time = time
        result = self._get(self._tracker, byref(self._info), byref(self._eyes))
        if not self._connection.check(result):
            return None
        eyes = self._eyes.gaze
        sure = [eye.gaze_confidence if eye.is_valid else 0.0 for eye in eyes]
        if not any(sure):
            return None
        self.values[:4] = gaze_of_direction(_ahead([eye.gaze_pose for eye in eyes])).ravel()
        self.values[np.repeat(np.array(sure) == 0.0, 2).nonzero()] = np.nan
        self.values[4] = min(filter(None, sure))
        return self._eyes.time or time


class Gaze(Sense):
    """XR_EXT_eye_gaze_interaction: one gaze of both eyes, by way of an action."""

    names = ("yaw", "pitch")

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        xr = self._xr
        with refusals(xr, "the runtime refused the gaze", Unwilling):
            self._space, self._actions = _action_space(connection)
        self._sync = connection.instance.function("xrSyncActions")
        self._locate = connection.instance.function("xrLocateSpace")
        self._sampled = xr.EyeGazeSampleTimeEXT()
        self._location = xr.SpaceLocation(next=cast(pointer(self._sampled), c_void_p))

    def _ask(self, time: int) -> int | None:
        check = self._connection.check
        if not check(self._sync(self._connection.handle, byref(self._actions))):
            return None
        self._sampled.time = 0
        spaces = self._space, self._connection.view
        result = self._locate(*spaces, time, byref(self._location))
        flags = self._location._location_flags
        if not check(result) or flags & ORIENTATION != ORIENTATION:
            return None
        self.values[:] = gaze_of_direction(_ahead([self._location.pose]))[0]
        return self._sampled.time or time


def _ahead(poses: list[Any]) -> NDArray[np.float64]:
    """[n, 3] where -z of each pose points."""
    turns = (pose.orientation for pose in poses)
    x, y, z, w = np.array([(q.x, q.y, q.z, q.w) for q in turns], dtype=np.float64).T
    return np.stack([-2 * (x * z + w * y), 2 * (w * x - y * z), 2 * (x * x + y * y) - 1], axis=-1)


def _action_space(connection: Connection) -> tuple[Any, Any]:
    """The space of the gaze's action, and what is handed to xrSyncActions."""
    xr, instance = connection.xr, connection.instance.handle
    actions = xr.create_action_set(
        instance,
        xr.ActionSetCreateInfo(action_set_name="face", localized_action_set_name="Face"),
    )
    gaze = xr.create_action(
        actions,
        xr.ActionCreateInfo(
            action_name="gaze",
            action_type=xr.ActionType.POSE_INPUT,
            localized_action_name="Gaze",
        ),
    )
    binding = xr.ActionSuggestedBinding(gaze, xr.string_to_path(instance, _GAZE_POSE))
    xr.suggest_interaction_profile_bindings(
        instance,
        xr.InteractionProfileSuggestedBinding(
            interaction_profile=xr.string_to_path(instance, _PROFILE),
            suggested_bindings=[binding],
        ),
    )
    attach = xr.SessionActionSetsAttachInfo(action_sets=[actions])
    xr.attach_session_action_sets(connection.handle, attach)
    space = xr.create_action_space(connection.handle, xr.ActionSpaceCreateInfo(action=gaze))
    return space, xr.ActionsSyncInfo(active_action_sets=[xr.ActiveActionSet(actions, 0)])
