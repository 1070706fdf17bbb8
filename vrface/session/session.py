"""`Session`: a tracker, a model and one wearer, open together; one `Expression` a frame."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vrface.closing import Closing
from vrface.errors import BadUse
from vrface.face.expression import Expression, Style
from vrface.face.smoothing import Smoothing
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import DEFAULT_HEADSET, HeadsetProfile
from vrface.sensors.headset import headset as load_headset
from vrface.session.faults import bounded, fault_of
from vrface.session.pipeline import Pipeline
from vrface.session.worker import Worker
from vrface.trust.permission import Permission

if TYPE_CHECKING:
    from vrface.client.remote_session import RemoteSession
    from vrface.log import LogWriter
    from vrface.model.calibration import Calibration
    from vrface.model.calibration.fit import Misfit
    from vrface.model.model import Model
    from vrface.session.recorder import Recorder
    from vrface.trackers.tracker import Tracker

_log = logging.getLogger(__name__)


class Session(Closing):
    """Turns one wearer's sensor frames into faces, in this process.

    Either ask for faces one by one (`step`, `run`, `take`), or let a thread of the session's own
    do the work (`push` or a tracker in, `latest` out); one session does one or the other.

    Nothing is recorded unless `record` asks for it. A log that fails ends the recording and leaves
    the session alone: `recorder.error` tells at once, `close` raises it.

    Args:
        tracker: Where frames come from: the name of a tracker, a tracker, or None to bring one's
            own.
        headset: A shipped profile's name, the path of a TOML file, or a profile; by default what
            the tracker expects to be worn. A tracker given as an object knows its headset already.
        model: A shipped model's name, a checkpoint's folder, or a loaded model.
        calibration: What is known of the wearer: a file of `vrface calibrate`, or its content; by
            default nothing. A log that is recorded holds it.
        permission: That this face may be processed.
        seed: Of a tracker that is opened by name, and of the lively style.
        style: What is shown of what the sensors do not see: ``"expected"``, the mean of the law, or
            ``"lively"``, a seeded draw from it that moves as faces do; the same frames, model and
            seed draw the same faces. `Expression.stddev` is the law's under both.
        smoothing: How calm the face is shown, each part of it by itself: a
            `vrface.face.smoothing.Smoothing` or its text (``"on"``, ``"brow=1.5:1,lid=2:8"``); by
            default nothing more than the style does.
        record: The log to write frames and faces into: a path where no file is yet, or a writer
            with a header of one's own, closed with the session.
        wearer: Pseudonym for a log at a path: logs of one wearer must share it.
        donning: Pseudonym of this time of putting the headset on, for a log at a path.
        clock_ns: The clock of the log's times, nanoseconds.

    Attributes:
        recorder: What records, or None: how many frames are safe, what is missing, what failed.
        style: As given.
        seed: As given.
        smoothing: As given.
        misfits: Why any of the calibration is left aside; it was logged as a warning.

    Raises:
        UnknownName: for a tracker, headset, model, style or part of a smoothing that nobody knows.
        CheckpointError: if the checkpoint is incomplete or was altered.
        CalibrationError: if the calibration is damaged, or none.
        LogError: if the log cannot be written.
        BadUse: if the log's header is of another headset, model, style or smoothing, or too large,
            or the seed is out of 0..2^64-1, or a figure of the smoothing out of its range.
        Refused: if the permission does not open a session.
        Whatever it is: a tracker that was opened by name is closed again.

    Example:
        ```python
        with vrface.Session(tracker="synthetic") as session:
            for expression in session.take(90):
                print(expression)
        ```
    """

    def __init__(
        self,
        tracker: str | Tracker | None = None,
        headset: str | Path | HeadsetProfile | None = None,
        *,
        model: str | Path | Model = "default",
        calibration: str | Path | Calibration | None = None,
        permission: Permission = Permission.local(),
        seed: int = 0,
        style: Style = "expected",
        smoothing: Smoothing | str = Smoothing.none(),
        record: str | Path | LogWriter | None = None,
        wearer: str = "",
        donning: str = "",
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        from vrface.model import pretrained
        from vrface.model.calibration import file

        permission.require("Session")
        self.permission, self.style, self.seed = permission, style, seed
        self.smoothing = Smoothing.of(smoothing)
        self._worker: Worker | None = None
        self._starting = threading.Lock()
        self._closed = False
        self._told_left_out = False
        self.recorder: Recorder | None = None
        self._tracker, self.headset = _opened(tracker, headset, seed)
        with _closed_on_error(self._tracker if isinstance(tracker, str) else None):
            self.model = pretrained.load(model) if isinstance(model, (str, Path)) else model
            known = None if calibration is None else file.loaded(calibration)
            self._pipeline = self._calibrated(known)
            if record is not None:
                kept = b"" if known is None else file.packed(known)
                from vrface.session.recorder import recorder_of

                who = wearer, donning
                self.recorder = recorder_of(self, self._tracker, record, who, clock_ns)
                self.recorder.calibration(kept)
        for misfit in self.misfits:
            _log.warning("%s %s", *misfit)
            if self.recorder is not None:
                self.recorder.notice(*misfit)

    @classmethod
    def connect(
        cls,
        address: str | Sequence[str],
        *,
        tracker: str | Tracker | None = None,
        headset: str | Path | HeadsetProfile | None = None,
        model: str = "default",
        calibration: str | Path | Calibration | None = None,
        seed: int = 0,
        **connection: Any,
    ) -> RemoteSession:
        """The same session on a server: the tracker runs here, frames go up, faces come down.

        Args:
            address: ``host:port`` of a server started with ``vrface serve``, or of several: where
                one is gone, another one goes on (`vrface.client.RemoteSession`).
            tracker: As for a local session.
            headset: As for a local session.
            model: The name of a model that the server has.
            calibration: As for a local session; it is sent to the server.
            seed: As for a local session; with 0 the server draws that of the lively style.
            connection: What else `vrface.client.RemoteSession` takes: ``style``, ``smoothing``,
                ``tls``, ``patience_s`` ...

        Returns:
            A session with the methods of this one; it never loads JAX.

        Raises:
            ServerError: if no server answers there.
            UnknownName: for a tracker or headset that nobody knows.
            CalibrationError: if the calibration is damaged, or none.
        """
        from vrface.client.remote_session import RemoteSession
        from vrface.model.calibration import file

        known = b"" if calibration is None else file.packed(file.loaded(calibration))
        opened, worn = _opened(tracker, headset, seed)
        with _closed_on_error(opened if isinstance(tracker, str) else None):
            return RemoteSession(
                address,
                tracker=opened,
                headset=worn,
                model=model,
                calibration=known,
                seed=seed,
                **connection,
            )

    @property
    def model_name(self) -> str:
        """What the model was loaded as."""
        return self.model.name

    @property
    def model_digest(self) -> bytes:
        """SHA-256 of the checkpoint's manifest."""
        return self.model.digest

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of measured shapes beyond the canonical 54: each face carries them behind these."""
        return self._pipeline.extras

    @property
    def expected_source(self) -> NDArray[np.uint8]:
        """[54 + extras] `Source` of each weight when every sensor is well."""
        return self._pipeline.expected_source

    @property
    def missing_streams(self) -> tuple[str, ...]:
        """Streams the model could use and this headset lacks."""
        return self.model.missing_streams(self.headset)

    @property
    def unused_streams(self) -> tuple[str, ...]:
        """Streams of this headset that the model does not look at."""
        return self.model.unused_streams(self.headset)

    def step(self, frame: SensorFrame) -> Expression:
        """The face at one frame.

        It never waits for the log: frames that a slow disk has no room for are missing from a
        recording, and an event says so.

        Args:
            frame: The samples since the last one, and the instant the face is wanted for.

        Raises:
            BadUse: if a thread of this session is at work (`push`, `latest`), or it is closed.
        """
        self._check_idle()
        return self._step(frame)

    def run(self, frames: Iterable[SensorFrame]) -> Iterator[Expression]:
        """One face for each frame, in order: for replay and evaluation. Errors as for `step`.

        It waits while the disk is seconds behind, so that a recording misses no frame.
        """
        return self._each(frames, wait=True)

    def take(self, count: int) -> Iterator[Expression]:
        """The next `count` faces of the session's tracker. Errors as for `step`.

        It waits for the log as `run` does where the tracker says that it is not `realtime`. One
        that is would drop samples meanwhile: there the log misses frames, and says so.

        Raises:
            BadUse: also if the session has no tracker.
        """
        if self._tracker is None:
            raise BadUse("this session has no tracker to take frames from.", "Use run(frames).")
        self._check_idle()
        unpaced = not getattr(self._tracker, "realtime", True)
        return self._each(itertools.islice(self._tracker.frames(), count), wait=unpaced)

    def push(self, frame: SensorFrame) -> None:
        """Hand a frame over and return at once; the newest frame wins, its face is `latest`.

        A recording holds what was stepped: a frame that was overtaken is in the newer one. Where
        the disk cannot keep up, frames are missing from it, and an event says so.

        Raises:
            BadUse: if the session is closed.
            VrfaceError: if its thread or its tracker failed.
        """
        self._working(with_tracker=False).put(frame)

    def latest(self) -> Expression | None:
        """The newest face, or None before the first one. Never blocks: an engine's call.

        Raises:
            BadUse: if the session is closed.
            VrfaceError: if its thread or its tracker failed: an old face would look alive.
        """
        return self._working(with_tracker=True).latest

    def close(self) -> None:
        """Stop the tracker and the session's threads; finish the log.

        Raises:
            VrfaceError: if the recording ended early: what was acknowledged is safe.
        """
        with self._starting:
            self._closed = True
            worker, self._worker = self._worker, None
        try:
            if self._tracker is not None:
                self._tracker.close()
            if worker is not None:
                worker.stop()
        finally:
            if self.recorder is not None:
                self.recorder.close()

    def _calibrated(self, known: Calibration | None) -> Pipeline:
        """The frame path, with what of a calibration fits this model and headset."""
        from vrface.model.calibration.fit import fitted

        self.misfits: tuple[Misfit, ...] = ()
        if known is not None:
            known, self.misfits = fitted(known, self.model, self.headset)
        calibrations = None if known is None else [known]
        return Pipeline(
            self.headset,
            self.model,
            1,
            calibrations,
            self.style,
            [self.seed],
            [self.smoothing],
        )

    def _check_idle(self) -> None:
        if self._closed:
            raise BadUse("this session is closed.", "Open another one.")
        if self._worker is not None:
            raise BadUse("this session works by push() and latest() already.", "Open another one.")

    def _each(self, frames: Iterable[SensorFrame], wait: bool) -> Iterator[Expression]:
        for frame in frames:
            self._check_idle()
            yield self._step(frame, wait)

    def _step(self, frame: SensorFrame, wait: bool = False) -> Expression:
        """The face at one frame; `wait` for the log, or let it miss the frame."""
        recorder, frame = self.recorder, bounded(frame)
        arrived_ns = 0 if recorder is None else recorder.now_ns()
        self._pipeline.push([(0, frame)], self._left_out)
        sequence, when = np.array([frame.sequence]), np.array([frame.frame_time_ns])
        face = self._pipeline.step(sequence, when).expression(0)
        if recorder is not None:
            recorder.frame(frame, face, arrived_ns, wait)
        return face

    def _left_out(self, sample: Sample) -> None:
        """Say once a session that a sample is no value."""
        if not self._told_left_out:
            self._told_left_out = True
            fault = fault_of(sample, self.headset)
            _log.warning("a sample %s was left out; this is said once a session.", fault)

    def _working(self, with_tracker: bool) -> Worker:
        """The session's thread, started at the first call; fed by the tracker when wanted."""
        if (worker := self._worker) is None or (with_tracker and not worker.fed):
            with self._starting:
                if self._closed:
                    raise BadUse("this session is closed.", "Open another one.")
                worker = self._worker = self._worker or Worker(self._step)
                if with_tracker and not worker.fed:
                    worker.feed(self._tracker)
        if worker.error is not None:
            raise worker.error
        return worker


@contextmanager
def _closed_on_error(tracker: Tracker | None) -> Iterator[None]:
    """Let a tracker go again, if there is one, when what it was opened for fails."""
    try:
        yield
    except BaseException:
        if tracker is not None:
            tracker.close()
        raise


def _opened(
    tracker: str | Tracker | None, headset: str | Path | HeadsetProfile | None, seed: int
) -> tuple[Tracker | None, HeadsetProfile]:
    """The tracker, if there is one, and what is worn: its own where nobody says otherwise."""
    profile = load_headset(headset) if isinstance(headset, (str, Path)) else headset
    if isinstance(tracker, str):
        from vrface.trackers import open_tracker

        tracker = open_tracker(tracker, profile, seed=seed)
    if tracker is not None:
        return tracker, tracker.headset
    return None, profile or load_headset(DEFAULT_HEADSET)
