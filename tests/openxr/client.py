"""A headless OpenXR client for tests, through pyopenxr's loader and its raw functions."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.openxr.binding import bound
from vrface.closing import Closing

xr = bound()
linux = pytest.importorskip("xr.platform.linux", reason="OpenXR on Linux")

HEADLESS = "XR_MND_headless"
TIMESPEC = "XR_KHR_convert_timespec_time"


class Client(Closing):
    """An instance and a session.

    Args:
        extensions: Those to enable, beside the one that a headless client needs.
        clock: Whether to enable the extension that `now` needs.
        layers: API layers to enable by name.
    """

    def __init__(self, *extensions: str, clock: bool = True, layers: Sequence[str] = ()) -> None:
        application = xr.ApplicationInfo(application_name="test", api_version=xr.Version(1, 0, 0))
        self.instance = xr.create_instance(
            xr.InstanceCreateInfo(
                application_info=application,
                enabled_extension_names=[HEADLESS, *[TIMESPEC] * clock, *extensions],
                enabled_api_layer_names=list(layers),
            )
        )
        try:
            form = xr.SystemGetInfo(form_factor=xr.FormFactor.HEAD_MOUNTED_DISPLAY)
            self.system = xr.get_system(self.instance, form)
            info = xr.SessionCreateInfo(system_id=self.system)
            self.session = xr.create_session(self.instance, info)
        except xr.XrException:
            self.close()
            raise

    def function(self, name: str) -> Any:
        """A function of the instance."""
        found = xr.get_instance_proc_addr(self.instance, name)
        return ctypes.cast(found, getattr(xr, f"PFN_{name}"))

    def call(self, name: str, *arguments: Any) -> Any:
        """What a function answers; structures go by reference, all else as it is."""
        handed = [ctypes.byref(a) if isinstance(a, ctypes.Structure) else a for a in arguments]
        return xr.Result(self.function(name)(*handed))

    def poll(self, most: int = 20) -> list[Any]:
        """Take every event that waits, begin and end as they say: the session states they told."""
        told: list[Any] = []
        for _ in range(most):
            try:
                event = xr.poll_event(self.instance)
            except xr.EventUnavailable:
                break
            if event.type != xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED:
                told.append(event.type)
                continue
            changed = ctypes.cast(
                ctypes.byref(event), ctypes.POINTER(xr.EventDataSessionStateChanged)
            ).contents
            told.append(changed.state)
            if changed.state == xr.SessionState.READY:
                stereo = xr.ViewConfigurationType.PRIMARY_STEREO
                begin = xr.SessionBeginInfo(primary_view_configuration_type=stereo)
                xr.begin_session(self.session, begin)
            if changed.state == xr.SessionState.STOPPING:
                xr.end_session(self.session)
        return told

    def system_properties(self, *chain: Any) -> Any:
        """The system's properties, these structures chained to it in this order."""
        properties = xr.SystemProperties()
        last = properties
        for each in chain:
            last._next = ctypes.addressof(each)
            last = each
        result = self.call("xrGetSystemProperties", self.instance, self.system, properties)
        assert result == xr.Result.SUCCESS
        return properties

    def now(self) -> int:
        """This instant as an XrTime."""
        seconds, rest = divmod(time.clock_gettime_ns(time.CLOCK_MONOTONIC), 10**9)
        instant = linux.timespec(seconds, rest)
        return int(linux.convert_timespec_time_to_time_khr(self.instance, instant).value)

    def close(self) -> None:
        """Destroy the instance, and with it all it has."""
        if self.instance is not None:
            xr.destroy_instance(self.instance)
            self.instance = None
