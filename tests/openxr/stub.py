"""The stub runtime: OpenXR without a headset, which does at any instant what a test says.

`build` compiles it; a `Stub` is the small file that steers it and the environment that leads
OpenXR's loader to it. Every process that opens the file may steer, and read what was called.

```python
with Stub(folder, build(folder)) as stub:
    os.environ |= stub.environment
    stub.face2.weights[24] = 0.5
    stub.answer("xrGetFaceExpressionWeights2FB", xr.Result.ERROR_SESSION_LOST)
    assert stub.live.face2 == 0
```
"""

from __future__ import annotations

import ctypes
import json
import mmap
import re
import subprocess
import time
from collections.abc import Iterable
from ctypes import c_char, c_float, c_int32, c_int64, c_uint32, c_uint64
from pathlib import Path
from typing import Any

from vrface.closing import Closing

HERE = Path(__file__).parent / "runtime"
DECLARATIONS = Path(__file__).parents[2] / "bindings/openxr_layer"
FUNCTIONS = tuple(re.findall(r"FUNCTION\((xr\w+)\)", (HERE / "functions.h").read_text()))

EXTENSIONS = (
    "XR_MND_headless",
    "XR_KHR_convert_timespec_time",
    "XR_EXT_eye_gaze_interaction",
    "XR_FB_face_tracking2",
    "XR_FB_eye_tracking_social",
    "XR_HTC_facial_tracking",
    "XR_ANDROID_face_tracking",
    "XR_BD_facial_simulation",
)
SUPPORTS = (
    *("gaze", "visual", "audio", "eyes", "eye_facial", "lip_facial"),
    *("android", "bd", "calibration"),
)
"""What system properties say; ``calibration`` is the second thing that ANDROID may lack."""

IDLE, READY, SYNCHRONIZED, VISIBLE, FOCUSED, STOPPING, LOSS_PENDING, EXITING = range(1, 9)


class Pose(ctypes.Structure):
    """Orientation x y z w, then position x y z."""

    _fields_ = (("orientation", c_float * 4), ("position", c_float * 3))


class Located(ctypes.Structure):
    """A pose and what is known of it: the head in LOCAL and STAGE, the gaze in VIEW.

    `active` is the gaze's action's; `flags` are the location's (15 = all); `time` is the sample's,
    as everywhere here an XrTime, 0 = the instant of the call.
    """

    _fields_ = (("pose", Pose), ("active", c_uint32), ("flags", c_uint64), ("time", c_int64))


class Face2(ctypes.Structure):
    """XR_FB_face_tracking2. Of an invalid face the weights are zero, whatever stands here."""

    _fields_ = (
        ("weights", c_float * 70),
        ("confidences", c_float * 2),
        ("valid", c_uint32),
        ("eyes_valid", c_uint32),
        ("data_source", c_int32),
        ("time", c_int64),
    )


class Eyes(ctypes.Structure):
    """XR_FB_eye_tracking_social, left and right, in VIEW."""

    _fields_ = (
        ("pose", Pose * 2),
        ("valid", c_uint32 * 2),
        ("confidence", c_float * 2),
        ("time", c_int64),
    )


class Facial(ctypes.Structure):
    """XR_HTC_facial_tracking."""

    _fields_ = (
        ("eye", c_float * 14),
        ("lip", c_float * 37),
        ("eye_active", c_uint32),
        ("lip_active", c_uint32),
        ("eye_time", c_int64),
        ("lip_time", c_int64),
    )


class Android(ctypes.Structure):
    """XR_ANDROID_face_tracking."""

    _fields_ = (
        ("parameters", c_float * 68),
        ("confidences", c_float * 3),
        ("valid", c_uint32),
        ("state", c_int32),
        ("calibrated", c_uint32),
        ("time", c_int64),
    )


class Bd(ctypes.Structure):
    """XR_BD_facial_simulation; `modes` has a bit for each that there is."""

    _fields_ = (
        ("face", c_float * 52),
        ("lip", c_float * 20),
        ("upper_valid", c_uint32),
        ("lower_valid", c_uint32),
        ("modes", c_uint32),
        ("time", c_int64),
    )


class Live(ctypes.Structure):
    """How many handles of each kind there are."""

    _fields_ = tuple(
        (name, c_uint32)
        for name in (
            *("instance", "session", "space", "action_set", "action", "face2", "eyes"),
            *("eye_facial", "lip_facial", "android", "bd"),
        )
    )


class Steering(ctypes.Structure):
    """The file, as ``runtime/steering.h`` has it."""

    _fields_ = (
        ("bytes", c_uint32),
        ("offered", c_uint32),
        ("supported", c_uint32),
        ("session_state", c_int32),
        ("instance_loss_pending", c_uint32),
        ("session_lost", c_uint32),
        ("time_offset_ns", c_int64),
        ("head", Located),
        ("gaze", Located),
        ("face2", Face2),
        ("eyes", Eyes),
        ("facial", Facial),
        ("android", Android),
        ("bd", Bd),
        ("results", c_int32 * len(FUNCTIONS)),
        ("calls", c_uint32 * len(FUNCTIONS)),
        ("live", Live),
        ("enabled", c_uint32),
        ("refused", c_uint32),
        ("refusal", c_char * 128),
    )


def build(folder: Path, compiler: str = "gcc") -> Path:
    """Compile the runtime into a folder: the path of the library."""
    library = folder / "libstub_openxr.so"
    sources = sorted(HERE.glob("*.c"))
    options = ("-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared")
    includes = ("-fvisibility=hidden", f"-I{DECLARATIONS}")
    subprocess.run([compiler, *options, *includes, *sources, "-o", library, "-pthread"], check=True)
    return library


class Stub(Closing):
    """The file that steers a stub runtime. Its fields are those of `Steering`.

    At first everything is offered and supported, valid, sure and zero; the session is led to the
    focus; XrTime is an hour ahead of the monotonic clock.

    Args:
        folder: Where the file is, or comes to be; another process gives the same one.
        library: What `build` made; None = only steer.
    """

    def __init__(self, folder: Path, library: Path | None = None) -> None:
        self._path = folder / "stub_openxr"
        fresh = not self._path.exists()
        if fresh:
            self._path.write_bytes(bytes(ctypes.sizeof(Steering)))
        self._manifest = folder / "stub_openxr.json"
        if library is not None:
            runtime = {"name": "stub", "library_path": str(library)}
            text = json.dumps({"file_format_version": "1.0.0", "runtime": runtime})
            self._manifest.write_text(text)
        with self._path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)
        self.steering = Steering.from_buffer(self._memory)
        if fresh:
            self._begin()

    def _begin(self) -> None:
        it = self.steering
        it.bytes = ctypes.sizeof(Steering)
        it.offered, it.supported = (1 << len(EXTENSIONS)) - 1, (1 << len(SUPPORTS)) - 1
        it.session_state, it.time_offset_ns = FOCUSED, 3600 * 10**9
        poses = (it.head.pose, it.gaze.pose, *it.eyes.pose)
        for pose in poses:
            pose.orientation[3] = 1
        it.head.flags = it.gaze.flags = 15
        it.gaze.active = it.face2.valid = it.face2.eyes_valid = it.android.valid = 1
        it.facial.eye_active = it.facial.lip_active = it.bd.upper_valid = it.bd.lower_valid = 1
        it.android.state, it.android.calibrated, it.bd.modes = 2, 1, 15
        it.eyes.valid[:], it.eyes.confidence[:] = [1, 1], [1, 1]
        it.face2.confidences[:], it.android.confidences[:] = [1, 1], [1, 1, 1]

    @property
    def environment(self) -> dict[str, str]:
        """What leads OpenXR's loader, in this process or a child, to this runtime."""
        return {
            "XR_RUNTIME_JSON": str(self._manifest),
            "VRFACE_STUB_OPENXR": str(self._path),
            "XR_LOADER_DEBUG": "none",
        }

    def __getattr__(self, name: str) -> Any:
        return getattr(self.steering, name)

    def offer(self, *extensions: str) -> None:
        """Offer these extensions alone, from the next instance on."""
        self.steering.offered = _bits(EXTENSIONS, extensions)

    def support(self, *features: str) -> None:
        """Have the system support these alone: some of `SUPPORTS`."""
        self.steering.supported = _bits(SUPPORTS, features)

    def lead(self, state: int) -> None:
        """Lead the session towards a state, one step each poll."""
        self.steering.session_state = state

    def lose(self, *, instance: bool = False, session: bool = False) -> None:
        """Announce the instance's loss; have everything of a session answer that it is lost."""
        self.steering.instance_loss_pending, self.steering.session_lost = instance, session

    def answer(self, function: str, result: int = 0) -> None:
        """Have a function answer this: an error at once, another success when it is done."""
        self.steering.results[FUNCTIONS.index(function)] = result

    def calls(self, function: str) -> int:
        """How often a function was called."""
        return int(self.steering.calls[FUNCTIONS.index(function)])

    @property
    def enabled(self) -> tuple[str, ...]:
        """The extensions that the newest instance enabled."""
        bits = self.steering.enabled
        return tuple(name for k, name in enumerate(EXTENSIONS) if bits >> k & 1)

    @property
    def refusal(self) -> str:
        """What the runtime refused last, and with which result; empty = nothing yet."""
        return str(self.steering.refusal, "ascii")

    def now(self) -> int:
        """This instant as an XrTime."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC) + int(self.steering.time_offset_ns)

    def close(self) -> None:
        """Let go of the file; a runtime that has it mapped keeps it."""
        if not self._memory.closed:
            del self.steering
            self._memory.close()


def _bits(known: tuple[str, ...], chosen: Iterable[str]) -> int:
    return sum(1 << known.index(name) for name in set(chosen))
