"""`Replay`: a log's frames through a model again, and into a log again if wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vrface.errors import LogError
from vrface.face.expression import Expression, Style
from vrface.face.smoothing import Smoothing
from vrface.log.calibrated import Calibrated
from vrface.log.entry import Entry
from vrface.log.header import this_software
from vrface.log.reader import LogReader
from vrface.log.whole import whole
from vrface.session.recorder import Recorder
from vrface.session.session import Session
from vrface.trust.permission import Permission

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.calibration.fit import Misfit
    from vrface.model.model import Model

_MOST_UNPAIRED = 256
"""By how many frames a log's own face may come behind its frame: seconds of them."""

_NEVER_NS = 2**63
"""Only where the log that is replayed was synced is the new one."""


class Replayed(NamedTuple):
    """A face made again.

    Attributes:
        face: What the model says now.
        logged: What the log says of the same frame; None where it holds no face of it.
    """

    face: Expression
    logged: Expression | None


class Replay:
    """Steps a log's frames again, as fast as its faces are taken: one pass for each `iter`.

    Times are the log's own, and what reached the disk together does so again. So the same vrface
    and model make the same log, byte for byte, on one kind of machine; another model changes
    ``/expression`` alone: what a paired log knows of the truth goes along, and so do events and
    clock anchors.

    Args:
        log: What to replay.
        model: What infers.
        output: The log to write, where no file is yet; it is there as a whole or not at all.
        permission: That this face may be processed, and recorded.
        pace: Called with the log time of each frame before its step, nanoseconds.
        style: What is shown of a law; None = what the log's faces show, with their seed.
        seed: Of the lively style; None = the log's.
        smoothing: How calm the faces are shown, or its text; None = as the log's.
        calibration: What is known of the wearer; by default what the log says was known before its
            first frame. The new log holds it in place of the old one's.

    Attributes:
        calibration: What the faces are made with: what of the calibration fits model and headset;
            None = none is given or logged.
        misfits: Why any of it is left aside.

    Raises:
        CalibrationError: if the calibration is damaged, none, or says to be of this model and
            cannot be.
        LogError: if the log holds a face alone; while replaying, if it is torn or holds no sensor
            frame, or if the output cannot be written.
        Refused: if the permission does not allow it.
    """

    def __init__(
        self,
        log: LogReader,
        model: Model,
        output: str | Path | None = None,
        permission: Permission = Permission.local(),
        pace: Callable[[int], object] = lambda log_time_ns: None,
        style: Style | None = None,
        seed: int | None = None,
        smoothing: Smoothing | str | None = None,
        calibration: str | Path | Calibration | None = None,
    ) -> None:
        from vrface.model.calibration import file
        from vrface.model.calibration.fit import fitted

        permission.require("Replay")
        if log.header.headset is None:
            raise LogError(
                f"the log {log.path} holds a face alone.", "Replay one with sensor frames."
            )
        self._headset = log.header.headset
        self._log, self._model, self._output = log, model, output
        self._permission, self._pace = permission, pace
        self._style: Style = log.header.style if style is None else style
        self._seed = log.header.seed if seed is None else seed
        self._smoothing = log.header.smoothing if smoothing is None else Smoothing.of(smoothing)
        self._given = None if calibration is None else file.loaded(calibration)
        self._known = self._logged() if self._given is None else self._given
        self.calibration: Calibration | None = None
        self.misfits: tuple[Misfit, ...] = ()
        if self._known is not None:
            self.calibration, self.misfits = fitted(self._known, model, self._headset)

    def __iter__(self) -> Generator[Replayed]:
        """Each frame's face, in order."""
        with ExitStack() as stack:
            recorder = None if self._output is None else self._recorder(stack, self._output)
            session = stack.enter_context(
                Session(
                    headset=self._headset,
                    model=self._model,
                    calibration=self._known,
                    permission=self._permission,
                    style=self._style,
                    seed=self._seed,
                    smoothing=self._smoothing,
                )
            )
            frames = 0
            for made in self._stepped(session, recorder):
                frames += 1
                yield made
            if not frames:
                raise LogError(
                    f"the log {self._log.path} holds no sensor frame.", "Give one that has some."
                )

    def _recorder(self, stack: ExitStack, output: str | Path) -> Recorder:
        from vrface.model.calibration import file

        header = replace(
            self._log.header,
            model_digest=self._model.digest.hex(),
            extras=self._headset.extras,
            style=self._style,
            seed=self._seed,
            smoothing=self._smoothing,
            software=this_software(),
        )
        log = stack.enter_context(whole(output, header, self._permission, _NEVER_NS))
        recorder = stack.enter_context(Recorder(log, live=False))
        if self._given is not None:
            recorder.write(Entry.calibration(Calibrated(file.packed(self._given)), 0))
        return recorder

    def _logged(self) -> Calibration | None:
        """What the log says was known of its wearer before the first frame."""
        from vrface.model.calibration import file

        known = None
        for entry in self._log.entries("/sensors", "/calibration"):
            if entry.topic == "/sensors":
                break
            known = self._log.calibration(entry).calibration
        return file.unpacked(known, f"the calibration in {self._log.path}") if known else None

    def _stepped(self, session: Session, recorder: Recorder | None) -> Iterator[Replayed]:
        unpaired = deque[Expression]()
        for chunk in self._log.chunks():
            for entry in chunk:
                if entry.topic == "/sensors":
                    unpaired.append(self._step(session, recorder, entry))
                    if len(unpaired) > _MOST_UNPAIRED:
                        yield Replayed(unpaired.popleft(), None)
                elif entry.topic == "/expression":
                    yield from _paired(unpaired, self._log.expression(entry))
                elif recorder is not None and not self._replaced(entry):
                    recorder.write(entry)
            if recorder is not None:
                recorder.sync()
                if recorder.error is not None:
                    return  # closing the recorder raises it
        yield from (Replayed(face, None) for face in unpaired)

    def _replaced(self, entry: Entry) -> bool:
        return entry.topic == "/calibration" and self._given is not None

    def _step(self, session: Session, recorder: Recorder | None, entry: Entry) -> Expression:
        """The face of a sensor frame, logged if wanted."""
        self._pace(entry.log_time_ns)
        frame = self._log.frame(entry)
        face = session.step(frame)
        if recorder is not None:
            recorder.frame(frame, face, entry.log_time_ns)
        return face


def _paired(unpaired: deque[Expression], logged: Expression) -> Iterator[Replayed]:
    """The face made again of the logged one's frame, behind those the log holds no face of."""
    instants = [(face.sequence, face.frame_time_ns) for face in unpaired]
    if (instant := (logged.sequence, logged.frame_time_ns)) in instants:
        for _ in range(instants.index(instant)):
            yield Replayed(unpaired.popleft(), None)
        yield Replayed(unpaired.popleft(), logged)
