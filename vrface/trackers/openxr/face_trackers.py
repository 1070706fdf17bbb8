"""The senses of a face: four extensions, each with its own word for what is valid.

pyopenxr's own getters hand over no room for the values, so the runtime's functions are called as
they are, with structures that point to the room of `Sense.values`.
"""

from __future__ import annotations

from ctypes import byref
from typing import ClassVar

import numpy as np

from vrface.face.schemes import scheme
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.faces import LOWER, UPPER, lower_shapes, shapes_of
from vrface.trackers.openxr.sense import Sense


class Face2(Sense):
    """XR_FB_face_tracking2, seen by cameras: a face that is guessed from sound is none."""

    names = (*shapes_of("fb2"), LOWER, UPPER)
    _LOOKS = np.array([name.startswith("EYES_LOOK_") for name in names])

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        xr, count = self._xr, len(self.names) - 2
        self._visual = xr.FaceTrackingDataSource2FB.VISUAL.value
        about = xr.FaceTrackerCreateInfo2FB(requested_data_sources=[self._visual])
        self._tracker = self._made("xrCreateFaceTracker2FB", about, xr.FaceTracker2FB)
        self._get = connection.instance.function("xrGetFaceExpressionWeights2FB")
        self._info, self._face = xr.FaceExpressionInfo2FB(), xr.FaceExpressionWeights2FB()
        self._face.weight_count, self._face._weights = count, self._numbers(self.values[:count])
        self._face.confidence_count, self._face._confidences = 2, self._numbers(self.values[count:])

    def _ask(self, time: int) -> int | None:
        face, self._info.time = self._face, time
        result = self._get(self._tracker, byref(self._info), byref(face))
        seen = face.is_valid and face._data_source == self._visual
        if not (self._connection.check(result) and seen):
            return None
        if not face.is_eye_following_blendshapes_valid:
            self.values[self._LOOKS] = np.nan
        return face.time or time


class AndroidFace(Sense):
    """XR_ANDROID_face_tracking: each side of the upper face has a confidence of its own."""

    names = (*shapes_of("android"), LOWER, UPPER)
    _UPPER = np.array([*(not lower for lower in lower_shapes(scheme("android"))), False, False])
    _LEFT = np.array([name.endswith("_L") for name in names]) & _UPPER
    _RIGHT = np.array([name.endswith("_R") for name in names]) & _UPPER

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        xr, count = self._xr, len(self.names) - 2
        self._tracking = xr.FaceTrackingStateANDROID.TRACKING.value
        about = xr.FaceTrackerCreateInfoANDROID()
        self._tracker = self._made("xrCreateFaceTrackerANDROID", about, xr.FaceTrackerANDROID)
        self._get = connection.instance.function("xrGetFaceStateANDROID")
        self._info, self._face = xr.FaceStateGetInfoANDROID(), xr.FaceStateANDROID()
        self._face.parameters_capacity_input = count
        self._face.parameters = self._numbers(self.values[:count])
        self._sure = np.zeros(3, dtype=np.float32)  # lower, left upper, right upper
        self._face.region_confidences_capacity_input = len(self._sure)
        self._face.region_confidences = self._numbers(self._sure)

    def _ask(self, time: int) -> int | None:
        face, self._info.time = self._face, time
        result = self._get(self._tracker, byref(self._info), byref(face))
        seen = face.is_valid and face._face_tracking_state == self._tracking
        if not (self._connection.check(result) and seen):
            return None
        lower, left, right = self._sure.tolist()
        for lost, side in ((left == 0.0, self._LEFT), (right == 0.0, self._RIGHT)):
            if lost:
                self.values[side] = np.nan
        self.values[-2:] = lower, min(left, right) or max(left, right)
        return face.sample_time or time


class BdFace(Sense):
    """XR_BD_facial_simulation in its first mode, which hears no sound: two halves, valid or not."""

    names = shapes_of("bd")
    _LOWER = np.array(lower_shapes(scheme("bd")))

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        xr, count = self._xr, len(self.names)
        about = xr.FaceTrackerCreateInfoBD(mode=xr.FacialSimulationModeBD.DEFAULT)
        self._tracker = self._made("xrCreateFaceTrackerBD", about, xr.FaceTrackerBD)
        self._get = connection.instance.function("xrGetFacialSimulationDataBD")
        self._info, self._face = xr.FacialSimulationDataGetInfoBD(), xr.FacialSimulationDataBD()
        self._face.face_expression_weight_count = count
        self._face._face_expression_weights = self._numbers(self.values)

    def _ask(self, time: int) -> int | None:
        face, self._info.time = self._face, time
        result = self._get(self._tracker, byref(self._info), byref(face))
        upper, lower = face.is_upper_face_data_valid, face.is_lower_face_data_valid
        if not (self._connection.check(result) and (upper or lower)):
            return None
        if not upper:
            self.values[~self._LOWER] = np.nan
        if not lower:
            self.values[self._LOWER] = np.nan
        return face.time or time


class _HtcFace(Sense):
    """XR_HTC_facial_tracking: two trackers, each with a clock of its own."""

    _kind: ClassVar[str]

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        xr = self._xr
        kind = getattr(xr.FacialTrackingTypeHTC, self._kind)
        about = xr.FacialTrackerCreateInfoHTC(facial_tracking_type=kind)
        self._tracker = self._made("xrCreateFacialTrackerHTC", about, xr.FacialTrackerHTC)
        self._get = connection.instance.function("xrGetFacialExpressionsHTC")
        self._face = xr.FacialExpressionsHTC()
        self._face.expression_count = len(self.names)
        self._face._expression_weightings = self._numbers(self.values)

    def _ask(self, time: int) -> int | None:
        result = self._get(self._tracker, byref(self._face))
        if not (self._connection.check(result) and self._face.is_active):
            return None
        return self._face.sample_time or time


class HtcEyes(_HtcFace):
    """Lids and gaze."""

    names = shapes_of("htc_eyes")
    _kind = "EYE_DEFAULT"


class HtcLips(_HtcFace):
    """Mouth, jaw and tongue."""

    names = shapes_of("htc_lips")
    _kind = "LIP_DEFAULT"
