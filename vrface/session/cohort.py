"""`Cohort`: wearers of one headset, model and style, who are stepped together; they come and go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Style
from vrface.model.stepper import SERVED
from vrface.sensors.frame import SampleColumns, SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.session.pipeline import Faces, Pipeline

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model

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
        self._taken = 0

    def __len__(self) -> int:
        """How many there are."""
        return self._taken

    def join(self, calibration: Calibration, seed: int = 0) -> int:
        """Take somebody in; `step` knows them by the row that this gives.

        Args:
            calibration: What is known of them.
            seed: Of the draws of a lively style.
        """
        if not self._free:
            rows = self.pipeline.wearers
            self.pipeline.grow(2 * rows)
            self._free = list(reversed(range(rows, 2 * rows)))
        row = self._free.pop()
        self.pipeline.begin(row, calibration, seed)
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
            yield self.pipeline.step(
                *(part[first : first + together] for part in (sequence, frame_time_ns, rows))
            )
