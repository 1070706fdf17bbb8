"""Face trackers of an application, by raw functions: what each extension answers, as NumPy."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.openxr.client import Client, xr


@dataclass(frozen=True, eq=False)
class Answer:
    """What a getter answered.

    Attributes:
        result: Its result; on an error the rest is as it was before.
        weights: The values.
        valid: FB's and ANDROID's ``isValid``, HTC's ``isActive``.
        time: FB's ``time``, the others' ``sampleTime``.
        confidences: FB's two, ANDROID's three.
        eyes: FB's ``isEyeFollowingBlendshapesValid``.
        kind: FB's data source, ANDROID's tracking state.
    """

    result: Any
    weights: NDArray[np.float32]
    valid: bool
    time: int
    confidences: NDArray[np.float32] = field(default_factory=lambda: floats(0))
    eyes: bool = False
    kind: int = 0


def floats(count: int) -> NDArray[np.float32]:
    """A list for a runtime to fill; what it leaves alone stays 9."""
    return np.full(count, 9, np.float32)


def pointer(values: NDArray[np.float32]) -> Any:
    return values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))


class Tracker:
    """A face tracker that is there from the start, unless `made` says why not."""

    kind: Any
    create = destroy = ""

    def __init__(self, client: Client, info: Any) -> None:
        self.client = client
        self.handle = self.kind()
        self.made = client.call(self.create, client.session, info, ctypes.byref(self.handle))

    def read(self) -> Answer:
        """The newest face."""
        raise NotImplementedError

    def end(self) -> Any:
        """Destroy it: the result."""
        return self.client.call(self.destroy, self.handle)


class Face2(Tracker):
    """XR_FB_face_tracking2."""

    kind = xr.FaceTracker2FB
    create, destroy = "xrCreateFaceTracker2FB", "xrDestroyFaceTracker2FB"

    def __init__(self, client: Client, *sources: int, expression_set: int = 0) -> None:
        info = xr.FaceTrackerCreateInfo2FB()
        info._face_expression_set = expression_set
        info.requested_data_source_count = len(sources)
        asked = (ctypes.c_int * max(len(sources), 1))(*sources)
        info._requested_data_sources = ctypes.cast(asked, ctypes.POINTER(ctypes.c_int))
        super().__init__(client, info)

    def read(self, time: int | None = None, weights: int = 70, confidences: int = 2) -> Answer:
        """The face for a time, by default now."""
        values, sure, face = floats(70), floats(2), xr.FaceExpressionWeights2FB()
        face.weight_count, face._weights = weights, pointer(values)
        face.confidence_count, face._confidences = confidences, pointer(sure)
        info = xr.FaceExpressionInfo2FB(time=self.client.now() if time is None else time)
        result = self.client.call("xrGetFaceExpressionWeights2FB", self.handle, info, face)
        return Answer(
            *(result, values, bool(face.is_valid), face.time, sure),
            *(bool(face.is_eye_following_blendshapes_valid), face._data_source),
        )


class Facial(Tracker):
    """XR_HTC_facial_tracking: 1 = the eyes, 2 = the lips."""

    kind = xr.FacialTrackerHTC
    create, destroy = "xrCreateFacialTrackerHTC", "xrDestroyFacialTrackerHTC"

    def __init__(self, client: Client, what: int) -> None:
        info = xr.FacialTrackerCreateInfoHTC()
        info._facial_tracking_type = what
        self.count = {1: 14, 2: 37}.get(what, 0)
        super().__init__(client, info)

    def read(self, count: int | None = None) -> Answer:
        """The newest face."""
        values, face = floats(64), xr.FacialExpressionsHTC()
        face.expression_count = self.count if count is None else count
        face._expression_weightings = pointer(values)
        result = self.client.call("xrGetFacialExpressionsHTC", self.handle, face)
        return Answer(result, values[: self.count], bool(face.is_active), face.sample_time)


class Android(Tracker):
    """XR_ANDROID_face_tracking."""

    kind = xr.FaceTrackerANDROID
    create, destroy = "xrCreateFaceTrackerANDROID", "xrDestroyFaceTrackerANDROID"

    def __init__(self, client: Client) -> None:
        super().__init__(client, xr.FaceTrackerCreateInfoANDROID())

    def read(self, time: int | None = None, room: int = 68, regions: int = 3) -> Answer:
        """The face for a time, by default now; `counts` has what it said of the lists' lengths."""
        values, sure, face = floats(68), floats(3), xr.FaceStateANDROID()
        face.parameters_capacity_input, face.parameters = room, pointer(values)
        face.region_confidences_capacity_input, face.region_confidences = regions, pointer(sure)
        info = xr.FaceStateGetInfoANDROID(time=self.client.now() if time is None else time)
        result = self.client.call("xrGetFaceStateANDROID", self.handle, info, face)
        self.counts = (face.parameters_count_output, face.region_confidences_count_output)
        return Answer(
            *(result, values, bool(face.is_valid), face.sample_time, sure),
            kind=face._face_tracking_state,
        )

    def calibrated(self) -> tuple[Any, int]:
        """The calibration's result and state."""
        state = ctypes.c_uint32(9)
        arguments = (self.handle, ctypes.byref(state))
        return self.client.call("xrGetFaceCalibrationStateANDROID", *arguments), state.value
