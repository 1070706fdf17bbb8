"""Reads a face as an OpenXR game does, through XR_FB_face_tracking2, and draws it in the terminal.

```
python examples/openxr_reader/reader.py [--seconds 10]
```
It is any application: it knows nothing of vrface, and shows what the runtime of this machine, with
whatever API layers it loads, says of a face: brows, lids and smile, how sure that is and how old.
Needs Linux, pyopenxr, and a runtime that lets an application run without pictures
(XR_MND_headless), such as Monado. Exit codes: 0 a face was read; 1 there was none, or no runtime;
130 stopped.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
import time

import xr
from xr.platform.linux import convert_timespec_time_to_time_khr, timespec

COUNT = int(xr.FaceExpression2FB.COUNT)

SHOWN = {
    "brow up": (xr.FaceExpression2FB.INNER_BROW_RAISER_L, xr.FaceExpression2FB.INNER_BROW_RAISER_R),
    "brow down": (xr.FaceExpression2FB.BROW_LOWERER_L, xr.FaceExpression2FB.BROW_LOWERER_R),
    "lids closed": (xr.FaceExpression2FB.EYES_CLOSED_L, xr.FaceExpression2FB.EYES_CLOSED_R),
    "smile": (xr.FaceExpression2FB.LIP_CORNER_PULLER_L, xr.FaceExpression2FB.LIP_CORNER_PULLER_R),
}
"""What is drawn: the left side of the face and the right one."""

CELLS = 8
EVERY_S = 0.25


class Face:
    """A face tracker of a session without pictures.

    Raises:
        xr.XrException: if the runtime has no such session, or shows no faces.
    """

    def __init__(self) -> None:
        extensions = [
            xr.FB_FACE_TRACKING2_EXTENSION_NAME,
            xr.KHR_CONVERT_TIMESPEC_TIME_EXTENSION_NAME,
            xr.MND_HEADLESS_EXTENSION_NAME,
        ]
        self._instance = xr.create_instance(
            xr.InstanceCreateInfo(enabled_extension_names=extensions)
        )
        system = xr.get_system(self._instance, xr.SystemGetInfo())
        self._session = xr.create_session(self._instance, xr.SessionCreateInfo(system_id=system))
        self._tracker = xr.FaceTracker2FB()
        info = xr.FaceTrackerCreateInfo2FB()
        create = self._function("xrCreateFaceTracker2FB")
        given = ctypes.byref(info), ctypes.byref(self._tracker)
        xr.check_result(xr.Result(create(self._session, *given)))
        # pyopenxr's own call passes no lists, which a runtime has to refuse.
        self._read = self._function("xrGetFaceExpressionWeights2FB")
        self.weights = (ctypes.c_float * COUNT)()
        self.confidences = (ctypes.c_float * 2)()

    def _function(self, name: str):
        found = xr.get_instance_proc_addr(self._instance, name)
        return ctypes.cast(found, getattr(xr, f"PFN_{name}"))

    def follow(self) -> None:
        """Begin when the runtime says so; a game does this in its loop anyway."""
        while True:
            try:
                event = xr.poll_event(self._instance)
            except xr.EventUnavailable:
                return
            if event.type != xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED:
                continue
            at = ctypes.POINTER(xr.EventDataSessionStateChanged)
            if ctypes.cast(ctypes.byref(event), at).contents.state == xr.SessionState.READY:
                stereo = xr.ViewConfigurationType.PRIMARY_STEREO
                begin = xr.SessionBeginInfo(primary_view_configuration_type=stereo)
                xr.begin_session(self._session, begin)

    def now(self) -> int:
        """This instant as an XrTime. A game has its frame's predicted display time instead."""
        seconds, rest = divmod(time.clock_gettime_ns(time.CLOCK_MONOTONIC), 10**9)
        instant = timespec(seconds, rest)
        return int(convert_timespec_time_to_time_khr(self._instance, instant).value)

    def read(self, now: int):
        """The face for a time, into `weights` and `confidences`; None where it is not valid."""
        info = xr.FaceExpressionInfo2FB(time=now)
        face = xr.FaceExpressionWeights2FB()
        face.weight_count, face._weights = COUNT, self.weights
        face.confidence_count, face._confidences = 2, self.confidences
        xr.check_result(
            xr.Result(self._read(self._tracker, ctypes.byref(info), ctypes.byref(face)))
        )
        return face if face.is_valid else None

    def close(self) -> None:
        """Destroy the instance, and with it all it has."""
        xr.destroy_instance(self._instance)


def drawn(face: Face, age_s: float) -> str:
    """One line: left and right of each shape, what the runtime is sure of, and how old it is."""
    bars = []
    for name, sides in SHOWN.items():
        values = [face.weights[side] for side in sides]
        cells = ["#" * round(value * CELLS) for value in values]
        bars.append(f"{name} {cells[0]:>{CELLS}}|{cells[1]:<{CELLS}}")
    lower, upper = face.confidences
    return (
        f"{'  '.join(bars)}  sure of lower {lower:.2f} upper {upper:.2f}, {age_s * 1e3:.0f} ms old"
    )


def watch(face: Face, seconds: float) -> int:
    """Draw for so long; how many faces were read."""
    read, due_s = 0, time.monotonic()
    until_s = due_s + seconds
    while time.monotonic() < until_s:
        face.follow()
        now = face.now()
        found = face.read(now)
        read += found is not None
        if time.monotonic() >= due_s:
            due_s += EVERY_S
            line = "no face" if found is None else drawn(face, (now - found.time) / 1e9)
            print(line, flush=True)
        time.sleep(1 / 90)
    return read


def main() -> int:
    """Read for a while, and say how many faces there were."""
    parser = argparse.ArgumentParser(prog="reader", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seconds", type=float, default=10.0, help="how long")
    asked = parser.parse_args()
    try:
        face = Face()
    except xr.XrException as error:
        print(f"reader: no face tracking here: {error}", file=sys.stderr)
        return 1
    try:
        read = watch(face, asked.seconds)
    except KeyboardInterrupt:
        return 130
    finally:
        face.close()
    print(f"{read} faces in {asked.seconds:g} s")
    return 0 if read else 1


if __name__ == "__main__":
    sys.exit(main())
