"""`Ticks`: what a runtime's clock shows now.

A headless session has no displayed frame whose time one could take, so the system's monotonic
clock is converted: `EXTENSION` does it.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any

if sys.platform == "win32":
    EXTENSION = "XR_KHR_win32_convert_performance_counter_time"
    FUNCTION = "xrConvertWin32PerformanceCounterToTimeKHR"
else:
    EXTENSION = "XR_KHR_convert_timespec_time"
    FUNCTION = "xrConvertTimespecTimeToTimeKHR"


class _Moment(ctypes.Structure):
    """A timespec; of a performance counter, which is one number, the first field."""

    _fields_ = (("whole", ctypes.c_int64), ("nanoseconds", ctypes.c_long))


class Ticks:
    """Asks a runtime's clock.

    Args:
        instance: The runtime, as pyopenxr has it.
        convert: The runtime's function `FUNCTION`.
    """

    def __init__(self, instance: Any, convert: int) -> None:
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int32,
            type(instance),
            ctypes.POINTER(_Moment),
            ctypes.POINTER(ctypes.c_int64),
        )
        self._convert = kind(convert)
        self._moment, self._time = _Moment(), ctypes.c_int64()
        self._arguments = instance, ctypes.byref(self._moment), ctypes.byref(self._time)

    def now(self) -> tuple[int, int]:
        """The result's code, and the time it is for the runtime, nanoseconds of its own clock."""
        if sys.platform == "win32":
            ctypes.windll.kernel32.QueryPerformanceCounter(ctypes.byref(self._moment))
        else:
            now_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            self._moment.whole, self._moment.nanoseconds = divmod(now_ns, 1_000_000_000)
        return self._convert(*self._arguments), self._time.value
