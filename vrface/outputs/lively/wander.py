"""`Wander`: numbers that wander smoothly, unit Gaussian at any instant, correlated as asked.

Each is a sum of independent parts, one for each time constant. A part follows a critically damped
system of third order driven by white noise, so that it has a velocity and an acceleration: over a
time ``t`` it correlates with itself by ``(1 + s + s^2 / 3) exp(-s)``, ``s = t / time_s`` (Matern,
smoothness 5/2; Rasmussen and Williams, Gaussian Processes for Machine Learning, 4.2). The step from
frame to frame is exact at any distance, so neither a frame rate nor a gap changes the law.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.outputs.lively.noise import Noise

ORDER = 3
"""Numbers of state a part: where it is, its velocity and its acceleration."""

SHORTEST_S = 0.02
"""No time constant is shorter: a frame is about as long."""

_AFRESH = 64.0
"""After so many time constants nothing is left of what was; further ones change no number."""

# In units of the time constant: exp(F s) = exp(-s) (1 + N s + N^2 s^2 / 2), N = F + 1.
_ONE = np.eye(ORDER)
_NILPOTENT = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [-1.0, -3.0, -2.0]])
_SQUARE = _NILPOTENT @ _NILPOTENT / 2.0
_AT_REST = np.array([[1.0, 0.0, -1.0 / 3.0], [0.0, 1.0 / 3.0, 0.0], [-1.0 / 3.0, 0.0, 1.0]])
"""The covariance of position, velocity and acceleration at any one instant."""


@dataclass
class Wandered(Columns):
    """Where each part of each number has come to.

    Attributes:
        begun: [W] whether it has begun.
        state: [W, K, N, `ORDER`].
    """

    begun: NDArray[np.bool_]
    state: NDArray[np.float64]


class Wander:
    """N numbers for each of W wearers.

    Args:
        noise: Of the wearers.
        time_s: [K] time constants, seconds.
        share: [N, K] how much of the variance of each number is of each time constant; rows are
            scaled to a sum of 1.
        factor: [N, N] ``factor @ factor.T`` correlates the numbers; rows are scaled to a length of
            1. Numbers with unlike shares correlate less by that.
    """

    def __init__(
        self,
        noise: Noise,
        time_s: NDArray[np.float32],
        share: NDArray[np.float32],
        factor: NDArray[np.float32],
    ) -> None:
        self._noise = noise
        self._rate = 1.0 / np.maximum(time_s.astype(np.float64), SHORTEST_S)
        positive = np.maximum(share.astype(np.float64), 1e-9)
        self._size = np.sqrt(positive / positive.sum(axis=1, keepdims=True)).T
        length = np.linalg.norm(factor.astype(np.float64), axis=1, keepdims=True)
        # A row of zeros asks for nothing: it wanders by itself.
        self._mix = np.where(length > 0.0, factor / np.maximum(length, 1e-9), np.eye(len(factor))).T
        wearers, shape = len(noise.held.key), (*self._size.shape, ORDER)
        self.held = Wandered(np.zeros(wearers, np.bool_), np.zeros((wearers, *shape)))

    def __call__(self, dt: NDArray[np.float32]) -> NDArray[np.float64]:
        """[W, N] where the numbers have come to.

        Args:
            dt: [W] seconds since the call before.
        """
        parts, numbers = self._size.shape
        shape = (len(dt), parts, numbers, ORDER)
        pushed = self._noise.normal(parts * numbers * ORDER).reshape(shape)
        held = self.held
        dt, held.begun = np.where(held.begun, dt, np.float32(np.inf)), np.ones_like(held.begun)
        away = np.minimum(dt[:, None] * self._rate, _AFRESH)[..., None, None]
        move = np.exp(-away) * (_ONE + away * _NILPOTENT + away**2 * _SQUARE)
        left = _AT_REST - move @ _AT_REST @ move.swapaxes(-1, -2)
        held.state = held.state @ move.swapaxes(-1, -2) + pushed @ _root(left).swapaxes(-1, -2)
        return np.asarray(((held.state[..., 0] @ self._mix) * self._size).sum(axis=1))


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """[..., 3, 3] R with ``R R' = covariance``, which may lack up to rounding what makes it one.

    From acceleration to position: after a short step the position is all but known from the others,
    and what is left of its variance is rounding.
    """
    root = np.zeros_like(covariance)
    for place in (2, 1, 0):
        done = root[..., place, place + 1 :]
        left = covariance[..., place, place] - np.square(done).sum(axis=-1)
        root[..., place, place] = np.sqrt(np.maximum(left, 0.0))
        for lower in range(place):
            shared = (root[..., lower, place + 1 :] * done).sum(axis=-1)
            rest = covariance[..., lower, place] - shared
            over = root[..., place, place]
            root[..., lower, place] = np.divide(
                rest, over, out=np.zeros_like(rest), where=over > 1e-9
            )
    return root
