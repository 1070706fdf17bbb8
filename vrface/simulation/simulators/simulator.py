"""`Simulator`: what turns a performance into the values of one stream."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.stream import Stream
from vrface.simulation.worn import Worn


class Sense(Protocol):
    """Senses a stream at its sample times."""

    def __call__(
        self, stream: Stream, worn: Worn, time_s: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """[samples, channels] in the channels' units and order; NaN = no value.

        Args:
            stream: Of `worn`'s headset; its rate and noise are the profile's.
            worn: What is sensed.
            time_s: [samples] when each sample is taken, seconds of the performance.
        """
        ...


class Simulator(NamedTuple):
    """One kind of sensor.

    Attributes:
        families: Its laws of noise and layout by name; the last one is held out for testing.
        sense: Makes the values.
    """

    families: tuple[str, ...]
    sense: Sense
