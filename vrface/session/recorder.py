"""`Recorder`: what a session sensed and showed, into a log, without holding a frame up."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from vrface.closing import Closing
from vrface.errors import LogError, VrfaceError
from vrface.face.expression import Expression
from vrface.log.entry import Entry
from vrface.log.header import REAL, LogHeader, this_software
from vrface.log.writer import LogWriter
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import HeadsetProfile

if TYPE_CHECKING:
    from vrface.trackers.tracker import Tracker

MOST_WAITING = 2048
"""Entries that may wait for the disk: about eleven seconds of frames and faces at 90 Hz."""

PATIENCE_S = 30.0
"""A disk that takes nothing for so long has failed."""


class Recorder(Closing):
    """Writes a session's frames and faces into a log, on a thread of its own.

    A frame is logged as it was stepped: where it overtook others, with their samples. So a replay
    makes the same faces. Frame and face carry one log time, the frame's arrival; the log holds no
    other clock.

    Whatever happens to the log, the session goes on: a sink that fails, or takes nothing for
    `PATIENCE_S`, ends the recording alone. What was acknowledged by then is safe.

    Args:
        log: Where to; closed with the recorder.
        clock_ns: The session's clock; log times count from what it shows now.

    Attributes:
        frames: Sensor frames written.
        acknowledged: How many of them are on the disk.
        lost: Frames that are not in the log, each told there by an event: the disk was too slow
            for a session that does not wait, or the log has no room for a number in it.
        error: What ended the recording early, if anything did.
    """

    def __init__(self, log: LogWriter, clock_ns: Callable[[], int]) -> None:
        self.frames = 0
        self.acknowledged = 0
        self.lost = 0
        self.error: VrfaceError | None = None
        self._log = log
        self._clock_ns = clock_ns
        self._start_ns = clock_ns()
        self._changed = threading.Condition()
        self._waiting: deque[Entry] = deque()
        self._ended = False
        self._closed = False
        self._gap: tuple[int, int] | None = None  # frames missing just now, and since when
        self._thread = threading.Thread(target=self._run, name="vrface-recorder", daemon=True)
        self._thread.start()

    def now_ns(self) -> int:
        """The log time now: nanoseconds on the session's clock since the recording began."""
        return max(self._clock_ns() - self._start_ns, 0)

    def frame(
        self, frame: SensorFrame, face: Expression, log_time_ns: int, wait: bool = True
    ) -> None:
        """Log a frame and the face it became. Both are copied before this returns.

        Args:
            frame: As it was stepped.
            face: What became of it.
            log_time_ns: When the frame arrived.
            wait: Whether to wait while the disk is behind, or to lose the frame.
        """
        if self._ended:
            return
        fits = True
        try:
            entries = [Entry.sensors(frame, log_time_ns), Entry.expression(face, log_time_ns)]
        except Exception as error:
            # The frame path made a face of it all the same: bad data is a value there.
            fits = False
            text = f"frame {frame.sequence} is missing: it does not fit a log ({error})."
            entries = [Entry.event(text, log_time_ns)]
        if taken := self._put(*self._gap_told(), *entries, wait=wait):
            self._gap = None
        else:
            missing, since_ns = self._gap or (0, log_time_ns)
            self._gap = missing + 1, since_ns
        self.lost += not (fits and taken)

    def write(self, entry: Entry) -> None:
        """Log what is an entry already."""
        self._put(entry)

    def clock(self, utc_ns: int) -> None:
        """Anchor the session's clock: it is `utc_ns` since 1970 now."""
        self._put(Entry.clock(utc_ns, self.now_ns()))

    def event(self, text: str, advice: str = "") -> None:
        """Log that something happened now, in words."""
        self._put(Entry.event(text, self.now_ns(), advice))

    def close(self) -> None:
        """Finish the log; nothing is taken any more.

        Raises:
            VrfaceError: if the recording ended early, then or now.
        """
        if self._closed:
            return
        self._closed = True
        with self._changed:
            self._waiting.extend(self._gap_told())
        self._end(None)
        progress = None
        while self._thread.is_alive() and progress != (progress := self._progress()):
            self._thread.join(PATIENCE_S)
        if self._thread.is_alive():
            self._end(_stuck())
        if self.error is not None:
            raise self.error

    def _progress(self) -> tuple[int, int, int]:
        """What changes as long as the disk takes anything."""
        return len(self._waiting), self.frames, self._log.acknowledged

    def _put(self, *entries: Entry, wait: bool = True) -> bool:
        """Hand entries over once there is room: all of them, or none."""
        with self._changed:
            if not self._changed.wait_for(self._has_room, PATIENCE_S if wait else 0.0):
                if wait:
                    self._end(_stuck())
                return False
            if not self._ended:
                self._waiting.extend(entries)
                self._changed.notify_all()
            return True

    def _has_room(self) -> bool:
        return self._ended or len(self._waiting) < MOST_WAITING

    def _gap_told(self) -> tuple[Entry, ...]:
        """The event that tells of the frames missing just now, if any are."""
        if self._gap is None:
            return ()
        missing, since_ns = self._gap
        text = f"{missing} frames are missing from here on: the disk was too slow."
        return (Entry.event(text, since_ns),)

    def _end(self, error: VrfaceError | None) -> None:
        """Take nothing any more; what waits is still written if it can be."""
        with self._changed:
            self.error = self.error or error
            self._ended = True
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            synced = 0
            for entry in iter(self._next, None):
                self._log.write(entry)
                self.frames += entry.topic == "/sensors"
                if synced != self._log.acknowledged:
                    synced, self.acknowledged = self._log.acknowledged, self.frames
            self._log.close()
            self.acknowledged = self.frames
        except VrfaceError as error:
            self._end(error)
        except Exception as error:
            # It is told to whoever asks or closes: a thread has nobody to raise to.
            self._end(LogError(f"the recording failed: {type(error).__name__}: {error}."))
        finally:
            with suppress(Exception):
                self._log.close()

    def _next(self) -> Entry | None:
        """What was handed over next; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            entry = self._waiting.popleft() if self._waiting else None
            self._changed.notify_all()
            return entry


def header_of(tracker: Tracker | None, headset: HeadsetProfile, name: str) -> LogHeader:
    """What a log of a session says of itself: a log replayed is what it was, others are new.

    Args:
        tracker: Where the session's frames come from, if it has one.
        headset: The session's.
        name: What reports call the log.
    """
    from vrface.simulation.occlusion import SENSORS_VERSION
    from vrface.trackers.replay import ReplayTracker
    from vrface.trackers.synthetic import SyntheticTracker

    if isinstance(tracker, ReplayTracker):
        return replace(tracker.header, software=this_software())
    simulated = isinstance(tracker, SyntheticTracker)
    sensors = f"evaluation sensors version {SENSORS_VERSION}"
    return LogHeader(
        headset=headset,
        wearer="unnamed",
        donning="",
        clock="device" if tracker is None else "monotonic",
        simulation=sensors if simulated else REAL,
        real_face=not simulated,
        name=name,
    )


def _stuck() -> LogError:
    return LogError(
        f"the disk has taken nothing for {PATIENCE_S:g} s: recording has ended.",
        "What was acknowledged before is on it. Start a new log on another disk.",
    )
