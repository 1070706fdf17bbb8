"""`Figure`: vertices that a face moves; what a renderer draws and a simulated sensor lies on."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Figure(Protocol):
    """A face to be drawn.

    Metres in the head's space (OpenXR axes: +x the wearer's right, +y up, -z ahead); the origin is
    the middle between the eyes.
    """

    @property
    def triangles(self) -> NDArray[np.int32]:
        """[triangles, 3] vertices, counterclockwise seen from outside."""
        ...

    @property
    def colours(self) -> NDArray[np.float32]:
        """[vertices, 3] sRGB, 0 to 1."""
        ...

    def posed(self, weights: NDArray[np.float32], gaze: NDArray[np.float32]) -> NDArray[np.float32]:
        """[vertices, 3] where a face's weights and gaze move them.

        Args:
            weights: [54] in [0, 1]; NaN = at rest.
            gaze: [4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`; NaN = straight ahead.
        """
        ...
