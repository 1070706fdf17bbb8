"""`OpenxrTracker`: sensor frames of the headset that this machine's OpenXR runtime drives."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from vrface.errors import ServerError, VrfaceError
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.trackers.assembly import Assembly
from vrface.trackers.live import SILENT_S, LiveTracker
from vrface.trackers.openxr.binding import binding
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.faces import vocabulary
from vrface.trackers.openxr.instance import Instance, Lost
from vrface.trackers.openxr.offer import SENSES, Offer
from vrface.trackers.openxr.perception import Perception
from vrface.trackers.openxr.profile import headset_of
from vrface.trackers.pace import check_rate

_log = logging.getLogger(__name__)

RETRY_S = (0.25, 8.0)
"""How long it waits before it asks for a runtime again: at first, and at the most."""

HELD_PERIODS = 2
"""A runtime that does not answer for so long holds up no frame: one without samples comes."""

NAP = "the headset sleeps: nothing is sensed until it wakes."
NOBODY = "nobody wears the headset: nothing is sensed."
ASLEEP = "runs, and has not begun a session: is the headset on, and worn?"
BLIND = "nothing of the face is sensed: is the headset worn, and is face tracking allowed there?"


class OpenxrTracker(LiveTracker):
    """What this machine's OpenXR runtime senses, read beside the game that it runs.

    Each period every sense is asked for now. What is not valid gives no sample, and what was there
    before gives no second one. Whatever becomes of session, headset and runtime, frames go on, with
    no samples while there are none; `on_notice` tells why, and all is made again once it can be.

    Args:
        headset: Whose streams are filled; default: what fits the runtime, which must run then.
        rate_hz: Frames a second, 50-144.
        clock_ns: The session's clock, nanoseconds; times of the runtime's are brought onto it.

    Attributes:
        on_notice: Called in the tracker's thread with one line in plain words whenever what is
            sensed begins, ends or changes; by default it is logged.

    Raises:
        DependencyError: if pyopenxr is not there.
        ServerError: if no headset is given and no runtime says what is worn.
        BadUse: if `rate_hz` is out of range, or the headset has no channel that OpenXR could fill.
    """

    def __init__(
        self,
        headset: HeadsetProfile | None = None,
        *,
        rate_hz: float = 90.0,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        check_rate(rate_hz)
        binding()
        worn = _worn() if headset is None else headset
        Assembly(worn, vocabulary("fb2"))  # can it be filled at all? No scheme says more
        super().__init__("openxr", worn, rate_hz, clock_ns, patience_s=HELD_PERIODS / rate_hz)
        self.on_notice: Callable[[str], object] = lambda notice: _log.info("%s", notice)
        self._told = ""
        self._connection: Connection | None = None
        self._perception: Perception | None = None
        self._retry_s, self._due_ns = RETRY_S[0], 0
        self._seen_ns = 0

    def frames(self) -> Iterator[SensorFrame]:
        """The frames; the first call begins a session with the runtime."""
        if not self._thread.ident and not self._closing.is_set():
            self._thread.start()
        yield from super().frames()

    def _gather(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _take(self, now_ns: int) -> tuple[Sample, ...]:
        try:
            return self._sensed(now_ns)
        except VrfaceError as error:
            self._release()
            self._notice(f"{error} Waiting." if isinstance(error, Lost) else str(error))
            self._due_ns = self._clock_ns() + round(self._retry_s * 1e9)
            self._retry_s = min(2 * self._retry_s, RETRY_S[1])
            return ()

    def _release(self) -> None:
        connection, self._connection, self._perception = self._connection, None, None
        if connection is not None:
            connection.close()

    def _sensed(self, now_ns: int) -> tuple[Sample, ...]:
        """The samples of this period; whoever raises made everything void."""
        if self._connection is None:
            if now_ns < self._due_ns:
                return ()
            self._connection = Connection()
            self._seen_ns = self._clock_ns()
        connection = self._connection
        connection.poll()
        if not (connection.running and connection.worn):
            self._rest(connection)
            return ()
        if self._perception is None:
            self._perception = Perception(connection, self.headset)
        return self._perceived(connection, self._perception)

    def _perceived(self, connection: Connection, perception: Perception) -> tuple[Sample, ...]:
        theirs_ns, now_ns = connection.now(), self._clock_ns()
        samples = perception.samples(theirs_ns, now_ns)
        if not perception.blind:
            self._seen_ns = now_ns
            self._notice(_told(perception, connection.instance.offer))
        elif now_ns - self._seen_ns > SILENT_S * 1e9:
            self._notice(BLIND)
        self._retry_s = RETRY_S[0]
        return samples

    def _rest(self, connection: Connection) -> None:
        """Say why nothing is asked; nobody need hear of the moments in which a session begins."""
        if not connection.began:
            if self._clock_ns() - self._seen_ns > SILENT_S * 1e9:
                self._notice(f"{connection.instance.offer.runtime} {ASLEEP}")
            return
        self._notice(NAP if connection.worn else NOBODY)
        self._seen_ns = self._clock_ns()

    def _notice(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self.on_notice(text)


def _told(perception: Perception, offer: Offer) -> str:
    """What is read, and what the runtime keeps back."""
    given = [SENSES[name] for name in perception.names]
    counts = next((kind.scheme for kind in given if kind.scheme), "")
    words = ", ".join(kind.words for kind in given if kind.scheme in ("", counts))
    return "; ".join([f"{offer.runtime} gives {words}", *perception.refused])


def _worn() -> HeadsetProfile:
    """What the runtime says is worn."""
    try:
        with Instance() as instance:
            instance.check()
            return headset_of(instance.offer)
    except Lost as error:
        advice = f"{error.advice} Or name what is worn: then a runtime is waited for.".lstrip()
        raise ServerError(error.message, advice) from None
