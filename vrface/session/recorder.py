"""`Recorder`: what a session sensed and showed, into a log, without holding a frame up."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vrface.closing import Closing
from vrface.errors import BadUse, LogError, VrfaceError
from vrface.face.expression import Expression
from vrface.log.calibrated import Calibrated
from vrface.log.entry import Entry
from vrface.log.event import Event
from vrface.log.header import REAL, LogHeader, this_software
from vrface.log.writer import SYNC_EVERY_NS, LogWriter
from vrface.sensors.frame import MOST_SAMPLES, SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.session.silence import Silence

if TYPE_CHECKING:
    from vrface.session.session import Session
    from vrface.trackers.tracker import Tracker

MOST_WAITING = 1024
"""Frames with their faces that may wait for the disk: about eleven seconds at 90 Hz."""

PATIENCE_S = 30.0
"""A disk that takes nothing for so long while somebody waits for it has failed."""

ANCHOR_EVERY_NS = 60_000_000_000
"""How often the log says what time of day it is, so that other recordings can be laid beside it."""


class Recorder(Closing):
    """Writes a session's frames and faces into a log, on a thread of its own.

    A frame is logged as it was stepped: where it overtook others, with their samples. So a replay
    makes the same faces. Frame and face carry one log time, the frame's arrival, and reach the disk
    together, within `SYNC_EVERY_NS` of real time too. The log says what time of day it is at its
    start and each `ANCHOR_EVERY_NS`, and which streams fell silent (`Silence`).

    Whatever happens to the log, the session goes on. A sink that fails ends the recording alone;
    what was acknowledged by then is safe. While one takes nothing, frames that nobody waits for are
    lost once `MOST_WAITING` wait, and an event says how many; who does wait, does so for
    `PATIENCE_S` at the most, and then the recording has ended.

    Args:
        log: Where to; closed with the recorder.
        clock_ns: The session's clock; log times count from what it shows now.
        live: Whether it happens now. What comes out of a log has anchors and drop-outs of its own,
            and who replays it says when to `sync`: so the same log comes out.

    Attributes:
        frames: Sensor frames written.
        acknowledged: How many of them are on the disk.
        lost: Frames that are not in the log, each told there by an event: the disk was too slow
            for a session that does not wait, or the log has no room for a number in it.
        error: What ended the recording early, if anything did.
    """

    def __init__(
        self, log: LogWriter, clock_ns: Callable[[], int] = time.perf_counter_ns, live: bool = True
    ) -> None:
        self.frames = 0
        self.acknowledged = 0
        self.lost = 0
        self.error: VrfaceError | None = None
        self._log = log
        self._clock_ns = clock_ns
        self._start_ns = clock_ns()
        self._live = live
        self._anchored_ns = 0
        headset = log.header.headset
        self._silence = Silence(headset.streams if headset is not None and live else ())
        self._untold: list[tuple[Entry, ...]] = []  # events that found no room yet
        self._sync_at_s: float | None = None
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Entry, ...]] = deque()  # what belongs together; () = sync
        self._ended = False
        self._closed = False
        self._gap: Event | None = None  # the frames missing just now
        self._thread = threading.Thread(target=self._run, name="vrface-recorder", daemon=True)
        self._thread.start()
        if live:
            self.write(Entry.clock(time.time_ns(), 0))

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
        batch: tuple[Entry, ...]
        try:
            batch = (Entry.sensors(frame, log_time_ns), Entry.expression(face, log_time_ns))
            for entry in batch:
                entry.check()
        except Exception as error:
            # The frame path made a face of it all the same: bad data is a value there.
            fits = False
            text = f"frame {frame.sequence} is missing: it does not fit a log ({error})."
            batch = (Entry.event(Event.gap(text, 1, log_time_ns, log_time_ns), log_time_ns),)
        told = [
            (Entry.event(event, log_time_ns),)
            for event in (*self._silence.frame(frame, log_time_ns), *self._cut(frame))
        ]
        before = (*self._untold, *self._gap_told(log_time_ns))
        if taken := self._put(*before, batch, *told, wait=wait):
            self._gap, self._untold = None, []
            self._anchor(log_time_ns)
        else:
            self._untold += told
            self._missed(log_time_ns)
        self.lost += not (fits and taken)

    def write(self, entry: Entry) -> None:
        """Log what is an entry already. Live, it finds room: few are, and nobody may wait."""
        self._put((entry,), wait=not self._live, always=self._live)

    def notice(self, text: str, advice: str = "") -> None:
        """Log that something happened now, in words."""
        self.write(Entry.event(Event.notice(text, advice), self.now_ns()))

    def calibration(self, calibration: bytes) -> None:
        """Log what is known of the wearer, if anything is, so that a replay knows it too."""
        if calibration:
            self.write(Entry.calibration(Calibrated(calibration), self.now_ns()))

    def sync(self) -> None:
        """Let what was logged so far reach the disk before what comes next."""
        self._put(())

    def close(self) -> None:
        """Finish the log; nothing is taken any more.

        Raises:
            VrfaceError: if the recording ended early, then or now.
        """
        if self._closed:
            return
        self._closed = True
        with self._changed:
            self._waiting.extend(self._untold)
            if self._gap is not None:
                self._waiting.extend(self._gap_told(self._gap.end_time_ns))
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

    def _put(self, *batches: tuple[Entry, ...], wait: bool = True, always: bool = False) -> bool:
        """Hand batches over once there is room, or `always`: all of them, or none."""
        with self._changed:
            patience_s = PATIENCE_S if wait else 0.0
            if not (always or self._changed.wait_for(self._has_room, patience_s)):
                if wait:
                    self._end(_stuck())
                return False
            if not self._ended:
                self._waiting.extend(batches)
                self._changed.notify_all()
            return True

    def _has_room(self) -> bool:
        return self._ended or len(self._waiting) < MOST_WAITING

    def _cut(self, frame: SensorFrame) -> list[Event]:
        """What a frame that is as full as `merged` makes them says of samples before it."""
        if not self._live or len(frame.samples) < MOST_SAMPLES:
            return []
        text = f"frame {frame.sequence} is full: of what came before it, samples may be missing."
        return [Event.notice(text, "The session was held up for seconds: see what else ran.")]

    def _missed(self, log_time_ns: int) -> None:
        """Count a frame that found no room."""
        frames, since_ns = 1, log_time_ns
        if self._gap is not None:
            frames, since_ns = self._gap.frames + 1, self._gap.start_time_ns
        text = f"{frames} frames are missing: the disk was too slow."
        self._gap = Event.gap(text, frames, since_ns, log_time_ns)

    def _gap_told(self, log_time_ns: int) -> tuple[tuple[Entry, ...], ...]:
        """The event that tells of the frames missing just now, if any are."""
        return () if self._gap is None else ((Entry.event(self._gap, log_time_ns),),)

    def _anchor(self, log_time_ns: int) -> None:
        """Say what time of day it is, if that was long ago or the clock went back."""
        if self._live and not 0 <= log_time_ns - self._anchored_ns < ANCHOR_EVERY_NS:
            now_ns = self.now_ns()
            if self._put((Entry.clock(time.time_ns(), now_ns),), wait=False):
                self._anchored_ns = now_ns

    def _end(self, error: VrfaceError | None) -> None:
        """Take nothing any more; what waits is still written if it can be."""
        with self._changed:
            self.error = self.error or error
            self._ended = True
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            while (batch := self._next()) is not None:
                self._write(batch)
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

    def _write(self, batch: tuple[Entry, ...]) -> None:
        """Write a batch; sync where there is none, or where it is time."""
        if batch:
            self._log.write(*batch)
            self.frames += any(entry.topic == "/sensors" for entry in batch)
        now_s = time.monotonic()
        if not batch or (self._sync_at_s is not None and now_s >= self._sync_at_s):
            self._log.sync()
        if not self._log.unacknowledged:
            self.acknowledged, self._sync_at_s = self.frames, None
        elif self._live and self._sync_at_s is None:
            self._sync_at_s = now_s + SYNC_EVERY_NS / 1e9

    def _next(self) -> tuple[Entry, ...] | None:
        """What was handed over next; nothing when it is time to sync; None at the end."""
        with self._changed:
            wait_s = None
            if self._sync_at_s is not None:
                wait_s = max(self._sync_at_s - time.monotonic(), 0.0)
            self._changed.wait_for(lambda: self._waiting or self._ended, wait_s)
            if self._ended and not self._waiting:
                return None
            batch = self._waiting.popleft() if self._waiting else ()
            self._changed.notify_all()
            return batch


def header_of(tracker: Tracker | None, headset: HeadsetProfile, name: str) -> LogHeader:
    """What a log of a session says of itself: a log replayed is what it was, others are new.

    Each has an identity of its own: also one of a replay that is recorded live.

    Args:
        tracker: Where the session's frames come from, if it has one.
        headset: The session's.
        name: What reports call the log.
    """
    from vrface.simulation.simulate import SIMULATION
    from vrface.trackers.replay import ReplayTracker
    from vrface.trackers.synthetic import SyntheticTracker

    log_id = secrets.token_hex(8)
    if isinstance(tracker, ReplayTracker):
        known = tracker.header
        return replace(known, software=this_software(), extras=headset.extras, log_id=log_id)
    provenance = tracker.provenance if isinstance(tracker, SyntheticTracker) else ""
    return LogHeader(
        headset=headset,
        wearer="unnamed",
        donning="",
        clock="device" if tracker is None else "monotonic",
        simulation=SIMULATION if provenance else REAL,
        real_face=not provenance,
        name=name,
        extras=headset.extras,
        provenance=provenance,
        log_id=log_id,
    )


def recorder_of(
    session: Session,
    tracker: Tracker | None,
    record: str | Path | LogWriter,
    who: tuple[str, str],
    clock_ns: Callable[[], int],
) -> Recorder:
    """What records a session.

    Args:
        session: Which.
        tracker: Where its frames come from, if it has one.
        record: A path where no file is yet, or a writer.
        who: Wearer and donning, for a log at a path; "" = what is known of the tracker's.
        clock_ns: The clock of the log's times, nanoseconds.

    Raises:
        LogError: if the log cannot be written.
        BadUse: if a writer's header is of another session, or what it would hold is too large.
    """
    from vrface.log import FileSink

    made_by: dict[str, Any] = {
        "model_digest": session.model_digest.hex(),
        "style": session.style,
        "seed": session.seed,
        "smoothing": session.smoothing,
    }
    if isinstance(record, LogWriter):
        # The seed counts where something is drawn with it.
        matters = made_by | {"headset": session.headset}
        if session.style == "expected":
            del matters["seed"]
        if any(getattr(record.header, name) != own for name, own in matters.items()):
            raise BadUse(
                "the log's header is of another headset, model, style or smoothing than the "
                "session.",
                "Give it the session's `headset`, `style`, `smoothing` and, if the style is "
                "lively, `seed`, and its `model_digest` in hexadecimal.",
            )
        return Recorder(record, clock_ns)
    header = header_of(tracker, session.headset, Path(record).stem)
    wearer, donning = who
    header = replace(
        header,
        wearer=wearer or header.wearer,
        donning=donning or header.donning,
        **made_by,
    )
    header.to_metadata()  # what cannot be written is told before there is a file
    return Recorder(LogWriter(FileSink(record), header, session.permission), clock_ns)


def _stuck() -> LogError:
    return LogError(
        f"the disk has taken nothing for {PATIENCE_S:g} s: recording has ended.",
        "What was acknowledged before is on it. Start a new log on another disk.",
    )
