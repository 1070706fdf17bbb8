"""`Connection`: a headless session beside the game, led through its states."""

from __future__ import annotations

from ctypes import byref
from typing import Any

from vrface.closing import Closing
from vrface.trackers.openxr.instance import Instance, Lost, refusals

MOST_EVENTS = 64
"""Events taken at once; whoever has more to tell is heard again a period later."""


class Connection(Closing):
    """A session without pictures, and what its senses need of it.

    Attributes:
        instance: The runtime.
        xr: pyopenxr.
        handle: The session, as pyopenxr has it.
        view: The space of the head.
        local: The space in which the head moves.
        running: Whether the session runs: it does not before the headset is ready, nor in a nap.
        began: Whether it ever did.
        worn: Whether the headset is worn, as far as the runtime says.

    Raises:
        DependencyError: if pyopenxr is not there.
        Lost: if there is no runtime, no headset, or none that can be asked beside a game.
    """

    def __init__(self) -> None:
        self.instance = Instance()
        self.running = self.began = False
        self.worn = True
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        xr, instance = self.instance.xr, self.instance
        self.xr, offer = xr, instance.offer
        instance.check()
        with refusals(xr, f"{offer.runtime} refused a session"):
            about = xr.SessionCreateInfo(system_id=instance.system)
            self.handle = xr.create_session(instance.handle, about)
            self.view = self._space(xr.ReferenceSpaceType.VIEW)
            self.local = self._space(xr.ReferenceSpaceType.LOCAL)
            self._poll = instance.function("xrPollEvent")
        self._ticks = instance.ticks()
        self._event = xr.EventDataBuffer()
        self._changed = xr.EventDataSessionStateChanged.from_buffer(self._event)
        self._presence = xr.EventDataUserPresenceChangedEXT.from_buffer(self._event)
        self._lost = {
            xr.Result.ERROR_INSTANCE_LOST.value: f"{offer.runtime} is gone.",
            xr.Result.ERROR_RUNTIME_UNAVAILABLE.value: f"{offer.runtime} is gone.",
            xr.Result.ERROR_SESSION_LOST.value: f"{offer.runtime} took the session away.",
        }

    def check(self, result: int) -> bool:
        """Whether a function did its work.

        Args:
            result: What it returned.

        Raises:
            Lost: if there is nothing to ask any more.
        """
        if result in self._lost:
            raise Lost(self._lost[result])
        return result >= 0

    def now(self) -> int:
        """What time it is for the runtime, nanoseconds of its own clock.

        Raises:
            Lost: if it does not say.
        """
        result, time = self._ticks.now()
        if not self.check(result):
            raise Lost(f"{self.instance.offer.runtime} does not say what time it has ({result}).")
        return time

    def poll(self) -> None:
        """Take the events that wait, and do as they say.

        Raises:
            Lost: if the runtime says that this is over.
        """
        kinds, nothing = self.xr.StructureType, self.xr.Result.EVENT_UNAVAILABLE.value
        for _ in range(MOST_EVENTS):
            self._event._type = kinds.EVENT_DATA_BUFFER.value
            result = self._poll(self.instance.handle, byref(self._event))
            if result == nothing:
                return
            if not self.check(result):
                raise Lost(f"{self.instance.offer.runtime} has no events any more ({result}).")
            kind = self._changed._type  # by number: a runtime may know kinds that pyopenxr does not
            if kind == kinds.EVENT_DATA_INSTANCE_LOSS_PENDING.value:
                raise Lost(f"{self.instance.offer.runtime} goes away.")
            if kind == kinds.EVENT_DATA_SESSION_STATE_CHANGED.value:
                self._heed(self._changed._state)
            elif kind == kinds.EVENT_DATA_USER_PRESENCE_CHANGED_EXT.value:
                self.worn = bool(self._presence.is_user_present)

    def close(self) -> None:
        """Let go of session and runtime."""
        self.running = False
        self.instance.close()  # and with it all that was made of it

    def _heed(self, state: int) -> None:
        """Do as a state of the session asks."""
        xr, runtime = self.xr, self.instance.offer.runtime
        if state == xr.SessionState.READY.value:
            stereo = xr.ViewConfigurationType.PRIMARY_STEREO
            with refusals(xr, f"{runtime} does not begin the session"):
                begin = xr.SessionBeginInfo(primary_view_configuration_type=stereo)
                xr.begin_session(self.handle, begin)
            self.running = self.began = True
        elif state == xr.SessionState.STOPPING.value:
            self.running = False
            with refusals(xr, f"{runtime} does not end the session"):
                xr.end_session(self.handle)
        elif state == xr.SessionState.LOSS_PENDING.value:
            raise Lost(f"{runtime} takes the session away.")
        elif state == xr.SessionState.EXITING.value:
            raise Lost(f"{runtime} ended the session.")

    def _space(self, kind: Any) -> Any:
        return self.xr.create_reference_space(
            self.handle, self.xr.ReferenceSpaceCreateInfo(reference_space_type=kind)
        )
