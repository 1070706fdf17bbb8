"""`Instance`: a runtime that answers, what it offers, and what time it has."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_void_p, cast, pointer
from typing import Any

from vrface.closing import Closing
from vrface.errors import ServerError
from vrface.trackers.openxr.binding import binding, quiet_loader
from vrface.trackers.openxr.offer import EXTENSIONS, HEADLESS, PRESENCE, SENSES, Offer
from vrface.trackers.openxr.ticks import EXTENSION as TIMES
from vrface.trackers.openxr.ticks import FUNCTION, Ticks

_BESIDES = (HEADLESS, PRESENCE, TIMES)

# What a system's properties say of an extension: their structure, and each field's sense.
_PROPERTIES = {
    "XR_FB_face_tracking2": (
        "SystemFaceTrackingProperties2FB",
        {"supports_visual_face_tracking": "fb2", "supports_audio_face_tracking": "audio"},
    ),
    "XR_ANDROID_face_tracking": (
        "SystemFaceTrackingPropertiesANDROID",
        {"supports_face_tracking": "android"},
    ),
    "XR_BD_facial_simulation": (
        "SystemFacialSimulationPropertiesBD",
        {"supports_face_tracking": "bd"},
    ),
    "XR_HTC_facial_tracking": (
        "SystemFacialTrackingPropertiesHTC",
        {"support_eye_facial_tracking": "htc_eyes", "support_lip_facial_tracking": "htc_lips"},
    ),
    "XR_FB_eye_tracking_social": (
        "SystemEyeTrackingPropertiesFB",
        {"supports_eye_tracking": "fb_gazes"},
    ),
    "XR_EXT_eye_gaze_interaction": (
        "SystemEyeGazeInteractionPropertiesEXT",
        {"supports_eye_gaze_interaction": "eye_gaze"},
    ),
}


class Lost(ServerError):
    """The runtime or our session with it is gone: everything has to be made again."""


class Unwilling(ServerError):
    """A runtime refuses what it promised: for want of a permission, mostly."""


class Instance(Closing):
    """A connection to this machine's runtime, with all of its extensions that are of use here.

    Attributes:
        xr: pyopenxr.
        handle: The instance, as pyopenxr has it.
        system: The headset's number; None = there is no headset now.
        offer: What runtime and headset say that they sense.

    Raises:
        DependencyError: if pyopenxr is not there.
        ServerError: if no runtime answers, or it refuses.
    """

    def __init__(self) -> None:
        self.xr = xr = binding()
        with quiet_loader(), refusals(xr, "the OpenXR runtime refused us"):
            extensions = _extensions(xr)
            wanted = [name for name in (*EXTENSIONS, *_BESIDES) if name in extensions]
            self.handle = xr.create_instance(_created(xr, wanted))
        try:
            with refusals(xr, "the OpenXR runtime does not say what it is"):
                self.system, self.offer = self._asked(extensions, wanted)
        except BaseException:
            self.close()
            raise

    def check(self) -> None:
        """Check that there is a headset, and that it can be asked beside a game.

        Raises:
            Lost: if not.
        """
        if not self.offer.headless:
            raise Lost(
                f"{self.offer.runtime} cannot be asked beside a game: it lacks {HEADLESS}.",
                "Use a runtime that has it, or a tracker that hears another program.",
            )
        if self.system is None:
            raise Lost(f"{self.offer.runtime} has no headset now.", "Switch it on, or plug it in.")

    def function(self, name: str) -> Any:
        """One of the runtime's functions: it takes what pyopenxr says and returns a number.

        Raises:
            Unwilling: if the runtime lacks it.
        """
        return cast(self._address(name), getattr(self.xr, f"PFN_{name}"))

    def ticks(self) -> Ticks:
        """The runtime's clock.

        Raises:
            Unwilling: if it does not say what time it has.
        """
        return Ticks(self.handle, cast(self._address(FUNCTION), c_void_p).value or 0)

    def close(self) -> None:
        """Let go of the runtime; whatever is made of this instance goes with it."""
        if self.handle is not None:
            with contextlib.suppress(ValueError):  # of a code that pyopenxr lacks: none matters
                self.xr.raw_functions.xrDestroyInstance(self.handle)
            self.handle = None

    def _address(self, function: str) -> Any:
        with refusals(self.xr, f"{self.offer.runtime} lacks {function}", Unwilling):
            return self.xr.get_instance_proc_addr(self.handle, function)

    def _asked(self, extensions: frozenset[str], enabled: list[str]) -> tuple[int | None, Offer]:
        """The headset's number and what is offered."""
        xr = self.xr
        told = xr.get_instance_properties(self.handle)
        try:
            system: int | None = xr.get_system(self.handle)
        except xr.exception.FormFactorUnavailableError:
            system = None
        name, confirmed = self._system(system, enabled) if system is not None else ("", frozenset())
        confirmed |= {"head"}
        return system, Offer(
            runtime=_text(told.runtime_name),
            version=str(told.runtime_version),
            system=name,
            extensions=tuple(sorted(extensions)),
            senses=tuple(sense for sense in SENSES if sense in confirmed),
            audio_only="audio" in confirmed and "fb2" not in confirmed,
        )

    def _system(self, system: int, enabled: list[str]) -> tuple[str, frozenset[str]]:
        """The headset's name, and what its properties say that it senses."""
        xr = self.xr
        properties = xr.SystemProperties()
        chained = []
        for extension, (name, fields) in _PROPERTIES.items():
            if extension in enabled:
                more = getattr(xr, name)(next=properties.next)
                properties.next = cast(pointer(more), c_void_p)
                chained.append((more, fields))
        # pyopenxr's own function makes the structure itself: what is chained to it would be lost.
        result = xr.raw_functions.xrGetSystemProperties(self.handle, system, byref(properties))
        if (answer := xr.check_result(result)).is_exception():
            raise answer
        confirmed = {
            sense
            for more, fields in chained
            for field, sense in fields.items()
            if getattr(more, field)
        }
        return _text(properties.system_name), frozenset(confirmed)


@contextmanager
def refusals(xr: Any, what: str, kind: type[ServerError] = Lost) -> Iterator[None]:
    """Tell of a runtime's refusal in plain words.

    Args:
        xr: pyopenxr.
        what: What was refused.
        kind: What is raised for whatever pyopenxr raises.
    """
    try:
        yield
    except (xr.exception.RuntimeUnavailableError, xr.exception.RuntimeFailureError):
        raise kind(
            "no OpenXR runtime answers on this machine.",
            "Start the headset's, SteamVR or Monado; XR_RUNTIME_JSON names another one.",
        ) from None
    except (xr.exception.XrException, ValueError) as error:  # ValueError: of a code it lacks
        raise kind(f"{what}: {str(error).rstrip('. ')}.") from None


def _extensions(xr: Any) -> frozenset[str]:
    found = xr.enumerate_instance_extension_properties()
    return frozenset(_text(each.extension_name) for each in found)


def _created(xr: Any, extensions: list[str]) -> Any:
    return xr.InstanceCreateInfo(
        application_info=xr.ApplicationInfo(application_name="vrface"),
        enabled_extension_names=extensions,
    )


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
