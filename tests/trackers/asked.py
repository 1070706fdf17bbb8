"""What tests of OpenXR share: a connection to the stub, asked when they say, and faces to show."""

from __future__ import annotations

import numpy as np

from tests.openxr.stub import EXTENSIONS, Stub
from vrface.closing import Closing
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.perception import Perception
from vrface.trackers.openxr.profile import headset_of

FACES = {
    "fb2": ("XR_FB_face_tracking2", "xrGetFaceExpressionWeights2FB"),
    "android": ("XR_ANDROID_face_tracking", "xrGetFaceStateANDROID"),
    "bd": ("XR_BD_facial_simulation", "xrGetFacialSimulationDataBD"),
    "htc": ("XR_HTC_facial_tracking", "xrGetFacialExpressionsHTC"),
}
"""The extension of each scheme, and the function that gives a face."""

GAZE, GAZES = "XR_EXT_eye_gaze_interaction", "XR_FB_eye_tracking_social"


class Asked(Closing):
    """A connection to the stub, asked whenever the test says, on the runtime's own clock."""

    def __init__(self, stub: Stub, *extensions: str) -> None:
        if extensions:
            stub.offer(*EXTENSIONS[:2], *extensions)
        self.connection = Connection()
        self.headset = headset_of(self.connection.instance.offer)
        for _ in range(20):
            self.connection.poll()
        assert self.connection.running
        self.perception = Perception(self.connection, self.headset)

    def samples(self):
        """Name -> sample."""
        now_ns = self.connection.now()
        samples = self.perception.samples(now_ns, now_ns)
        return {self.headset.streams[sample.stream].name: sample for sample in samples}

    def heard(self):
        """(stream, channel) -> value of everything that has one."""
        return {
            (name, channel): value
            for name, sample in self.samples().items()
            for channel, value in zip(
                self.headset.streams[self.headset.stream_index(name)].channels,
                sample.values.tolist(),
                strict=True,
            )
            if not np.isnan(value)
        }

    def close(self):
        self.connection.close()


def show(stub, name, values):
    """Have the stub's face of a scheme show values."""
    if name == "fb2":
        stub.face2.weights[:] = values
    elif name == "android":
        stub.android.parameters[:] = values
    elif name == "bd":
        stub.bd.face[:] = values
    else:
        stub.facial.eye[:], stub.facial.lip[:] = values[:14], values[14:]
