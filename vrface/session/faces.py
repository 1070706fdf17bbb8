"""`Faces`: what the frame path makes: the faces of W wearers at one instant each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Expression, Status


class Faces(NamedTuple):
    """The faces of W wearers at one instant each.

    Attributes:
        sequence: [W] as asked for.
        frame_time_ns: [W] as asked for.
        sample_time_ns: [W] newest sample used; 0 = none yet.
        status: [W] `Status`, uint8.
        weights: [W, 54 + extras] the shown stream, in [0, 1]; NaN where absent.
        stddev: [W, 54 + extras] spread behind each weight.
        source: [W, 54 + extras] `Source`, uint8.
        confidence: [W, 3] lower, upper left, upper right.
        gaze: [W, 4] radians; NaN = no value.
        loc: [W, 54] location of the model's law of each rest-relative weight.
        scale: [W, 54] its scale.
        step_us: Duration of the model step, microseconds.
        extras: Names of the weights behind the 54.
    """

    sequence: NDArray[np.int64]
    frame_time_ns: NDArray[np.int64]
    sample_time_ns: NDArray[np.int64]
    status: NDArray[np.uint8]
    weights: NDArray[np.float32]
    stddev: NDArray[np.float32]
    source: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    gaze: NDArray[np.float32]
    loc: NDArray[np.float32]
    scale: NDArray[np.float32]
    step_us: int
    extras: tuple[str, ...]

    def expression(self, row: int) -> Expression:
        """The face of one wearer."""
        return Expression(
            sequence=int(self.sequence[row]),
            frame_time_ns=int(self.frame_time_ns[row]),
            sample_time_ns=int(self.sample_time_ns[row]),
            status=Status(int(self.status[row])),
            weights=self.weights[row],
            stddev=self.stddev[row],
            source=self.source[row],
            confidence=self.confidence[row],
            gaze=self.gaze[row],
            extras=self.extras,
            step_us=self.step_us,
        )
