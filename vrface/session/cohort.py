"""`Cohort`: wearers of one headset, model and style, who are stepped together; they come and go."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Style
from vrface.face.smoothing import Smoothing
from vrface.sensors.frame import SampleColumns, SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.session.faces import Faces
from vrface.session.pipeline import Pipeline
from vrface.session.replacement import Replacement
from vrface.session.stepper import SERVED

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model

_log = logging.getLogger(__name__)

ROOM = 8
"""Rows to begin with; there are twice as many each time they do not suffice."""


class Cohort:
    """Wearers, each in a row of one frame path.

    Args:
        headset: What they wear.
        model: What infers.
        style: What is shown of a law.
    """

    def __init__(self, headset: HeadsetProfile, model: Model, style: Style = "expected") -> None:
        self.pipeline = Pipeline(headset, model, ROOM, style=style)
        self._free = list(reversed(range(ROOM)))
        self._taken, self._style = 0, style
        self._before: Replacement | None = None
        self._gave_up: Callable[[], None] = lambda: None

    @property
    def kind(self) -> tuple[HeadsetProfile, bytes, Style]:
        """Headset, digest of the model that is used now, and style."""
        return self.pipeline.headset, self.pipeline.model.digest, self._style

    def __len__(self) -> int:
        """How many there are."""
        return self._taken

    def use(self, replacement: Replacement, gave_up: Callable[[], None]) -> None:
        """Infer with another model from the next step on.

        Args:
            replacement: Made by the pipeline.
            gave_up: Told that a step of it failed, or said what is no number: the model of before
                made that very face.
        """
        self._before = self.pipeline.use(replacement, checked=True)
        self._gave_up = gave_up

    def join(
        self, calibration: Calibration, seed: int = 0, smoothing: Smoothing = Smoothing.none()
    ) -> int:
        """Take somebody in; `step` knows them by the row that this gives.

        Args:
            calibration: What is known of them.
            seed: Of the draws of a lively style.
            smoothing: How calm they are shown.
        """
        if not self._free:
            rows = self.pipeline.wearers
            self.pipeline.grow(2 * rows)
            self._free = list(reversed(range(rows, 2 * rows)))
        row = self._free.pop()
        self.pipeline.begin(row, calibration, seed, smoothing)
        self._taken += 1
        return row

    def leave(self, row: int) -> None:
        """Somebody is gone: whoever comes next may have the row."""
        self._free.append(row)
        self._taken -= 1

    def step(self, frames: Sequence[tuple[int, SensorFrame]]) -> Iterator[Faces]:
        """The faces at one frame of some wearers each, as they are asked for.

        Args:
            frames: Row and frame of each wearer who is due, no wearer twice.

        Yields:
            Their faces in the same order, as many wearers at a time as the model is compiled for.
        """
        self.pipeline.push(frames)
        rows, sequence, when = (
            np.array(part)
            for part in zip(
                *((row, frame.sequence, frame.frame_time_ns) for row, frame in frames), strict=True
            )
        )
        return self.step_columns(rows, sequence, when)

    def step_columns(
        self,
        rows: NDArray[np.intp],
        sequence: NDArray[np.int64],
        frame_time_ns: NDArray[np.int64],
        samples: Sequence[SampleColumns] = (),
    ) -> Iterator[Faces]:
        """The same of what stands in columns.

        Args:
            rows: [wearers] each once.
            sequence: [wearers] echoed.
            frame_time_ns: [wearers] the instants.
            samples: What arrived since their last ones.
        """
        self.pipeline.push_columns(list(samples))
        together = min(self.pipeline.together, SERVED)
        for first in range(0, len(rows), together):
            yield self._step(
                *(part[first : first + together] for part in (sequence, frame_time_ns, rows))
            )

    def _step(
        self,
        sequence: NDArray[np.int64],
        frame_time_ns: NDArray[np.int64],
        rows: NDArray[np.intp],
    ) -> Faces:
        try:
            return self.pipeline.step(sequence, frame_time_ns, rows)
        except Exception as error:
            if self._before is None:
                raise
            # Where a step fails nothing of it is remembered.
            _log.error("%s: the model of before takes over", type(error).__name__)
            self.pipeline.use(self._before)
            self._before = None
            self._gave_up()
            return self.pipeline.step(sequence, frame_time_ns, rows)
