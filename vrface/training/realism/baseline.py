"""What a simple method gets to see of a simulated sensor, and what it makes of that.

A simulated sensor is judged by how well such a method does, as published sensors were, and never by
what a network scores on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.worn import Worn

Floats = NDArray[np.float64]


def sensed(name: str, worn: Worn, time_s: Floats) -> Floats:
    """What a sensor said last: sampled evenly, nothing lost and nothing late.

    Args:
        name: Of a stream of `worn`'s headset.
        worn: What is sensed.
        time_s: [times] seconds of the performance.

    Returns:
        [times, channels] the latest sample at each time.
    """
    stream = worn.headset.streams[worn.headset.stream_index(name)]
    taken_s = np.arange(0.0, worn.performance.seconds, 1 / stream.rate_hz)
    values = SIMULATORS[name].sense(stream, worn, taken_s)
    return values[np.searchsorted(taken_s, time_s, side="right") - 1].astype(np.float64)


def ridge(inputs: Floats, truth: Floats, cut: int, shrinkage: float) -> Floats:
    """A linear regression with a penalty (Hoerl & Kennard 1970), fitted on what comes first.

    Args:
        inputs: [times, inputs] of unit variance.
        truth: [times, shapes].
        cut: How many times it is fitted on.
        shrinkage: The penalty, as a share of an input's variance.

    Returns:
        [times - cut, shapes] the rest of `truth` as it predicts it.
    """
    known, middle, centre = inputs[:cut], inputs[:cut].mean(axis=0), truth[:cut].mean(axis=0)
    square = (known - middle).T @ (known - middle) + shrinkage * cut * np.eye(inputs.shape[1])
    slope = np.linalg.solve(square, (known - middle).T @ (truth[:cut] - centre))
    return np.asarray((inputs[cut:] - middle) @ slope + centre)
