"""`Calibrating`: a wearer's calibration amid their stream, as a game's own menu leads through it.

BEGIN, then a PROMPT for each thing that the wearer is asked to do, then END: what the sensors said
meanwhile counts at once, and is sent to be said at the next Open. The stream goes on all the while.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from vrface.errors import CalibrationError
from vrface.face.blendshapes import EYE_LOOK
from vrface.model.calibration import file
from vrface.model.calibration.calibration import About
from vrface.model.calibration.prompts import PROMPTS, STILL
from vrface.sensors.frame import SensorFrame
from vrface.serving.engine import Engine
from vrface.serving.seat import Seat
from vrface.session.observation import Observation, advice
from vrface.session.pipeline import Pipeline
from vrface.wire.messages import session_pb2

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration

LONGEST_S = 120.0
"""What comes later than this after BEGIN is not looked at."""

USUAL_S = sum(prompt.seconds for prompt in PROMPTS)
"""How long all prompts take: progress is counted by it."""

_Step = session_pb2.Calibrate.Step


class Calibrating:
    """The calibration of one wearer.

    Args:
        seat: Theirs.
        engine: Where their frames become faces.
        about: Who they are.
    """

    def __init__(self, seat: Seat, engine: Engine, about: About) -> None:
        self._seat, self._engine, self._about = seat, engine, about
        self._seen: Observation | None = None
        self._still = False

    @property
    def active(self) -> bool:
        """Whether frames are looked at."""
        return self._seen is not None

    def look(self, frame: SensorFrame) -> None:
        """A frame of the wearer's, as it came."""
        if self._seen is not None and self._seen.seconds < LONGEST_S:
            self._seen.add(frame, self._still)

    async def hear(self, message: session_pb2.Calibrate) -> session_pb2.Calibrated | None:
        """What the client says of it.

        Returns:
            The answer; None to a step of what was never begun.
        """
        step = message.step
        if step == _Step.STEP_BEGIN:
            self._seen, self._still = Observation(self._seat.headset), False
            return session_pb2.Calibrated()
        if step == _Step.STEP_RECENTRE:
            await self._engine.between(partial(self._pipeline.recentre, self._seat.row))
            return session_pb2.Calibrated(progress=1.0)
        if step == _Step.STEP_CANCEL:
            self._seen = None
            return session_pb2.Calibrated()
        if self._seen is None:
            return None
        self._still = message.prompt == STILL
        if step == _Step.STEP_PROMPT:
            return session_pb2.Calibrated(progress=min(self._seen.seconds / USUAL_S, 0.99))
        seen, self._seen = self._seen, None
        return await self._end(seen) if step == _Step.STEP_END else None

    async def _end(self, seen: Observation) -> session_pb2.Calibrated:
        try:
            made = seen.calibration(self._about)
        except CalibrationError as error:
            return session_pb2.Calibrated(advice=f"{error.message} {error.advice}".strip())
        made = _beside(made, self._pipeline.given(self._seat.row))
        await self._engine.between(partial(self._pipeline.calibrate, self._seat.row, made))
        hidden = [name for name in self._seat.headset.occludes if name not in EYE_LOOK]
        return session_pb2.Calibrated(
            calibration=file.packed(made),
            improved=hidden,
            advice=" ".join(advice(seen.heard())),
            progress=1.0,
        )

    @property
    def _pipeline(self) -> Pipeline:
        return self._seat.cohort.pipeline


def _beside(made: Calibration, before: Calibration) -> Calibration:
    """What sensors were seen to read, beside what was known of the face already."""
    if before.mode != "paired":
        return made
    return replace(made, mode="paired", face=before.face, touch=before.touch)
