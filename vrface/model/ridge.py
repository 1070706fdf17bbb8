"""Ridge with lags: a linear model of the rest-relative face on sensors and their recent past.

The regressors of an instant are each slot's value, its change and two leaky memories of it: lags
that mean the same at any frame rate. One set of weights is kept for every combination of sensors,
so that what is absent never has to be guessed; the combination is read off the features frame by
frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.face.schemes import scheme
from vrface.model import law
from vrface.model.architecture import Carry, Params, Prediction
from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.features import DIFFERENCE_SCALE, SLOTS
from vrface.model.known import Known, Rows

MEMORY_S = (0.1, 0.4)
"""Time constants of the leaky memories, seconds: a blink's length, and a smile's onset."""

STREAMS: tuple[str, ...] = ("mouth_tracker", "lids", "gaze")
"""The streams it looks at."""

USED = np.array([place for place, (stream, _) in enumerate(SLOTS) if stream in STREAMS])
"""The slots it looks at."""

_NAMES = tuple(SLOTS[place] for place in USED)

SENSORS: tuple[str, ...] = ("mouth", "mouth_fine", "openness", "wide_squeeze", "gaze")
"""What a combination is made of; ``mouth_fine`` is what a mouth tracker like HTC's lacks."""

COMBINATIONS = 2 ** len(SENSORS)

REGRESSORS = 1 + len(USED) * (2 + len(MEMORY_S))
"""Width of one instant's regressors, the constant first."""


def _sensor_of(stream: str, channel: str) -> str:
    if stream == "mouth_tracker":
        return "mouth" if channel in scheme("htc").measured else "mouth_fine"
    if stream == "lids":
        return "openness" if channel.startswith("openness") else "wide_squeeze"
    return stream


SENSOR_OF = np.array([SENSORS.index(_sensor_of(*name)) for name in _NAMES])
"""Which of `SENSORS` each used slot belongs to."""

_BELONGS = SENSOR_OF[:, None] == np.arange(len(SENSORS))[None, :]
_SHARE = _BELONGS / _BELONGS.sum(axis=0)
_BIT = 2 ** np.arange(len(SENSORS))


def new_carry(wearers: int) -> Carry:
    """The carry before the first frame: memories at rest."""
    return {"memory": np.zeros((wearers, len(MEMORY_S), len(USED)), np.float32)}


def combination_of(sensors: NDArray[np.bool_]) -> int:
    """The number of one combination, from which of `SENSORS` are there."""
    return int(_BIT @ sensors)


def regressors_in(combination: int) -> NDArray[np.intp]:
    """Places in the regressors that one combination may use; the constant is always among them."""
    there = np.array([bool(combination & bit) for bit in _BIT])
    used = np.tile(there[SENSOR_OF], 2 + len(MEMORY_S))
    return np.flatnonzero(np.concatenate([[True], used]))


def regressors(carry: Carry, features: Rows, dt: Rows) -> tuple[Carry, jax.Array, jax.Array]:
    """Regressors of one instant.

    Args:
        carry: From `new_carry` or the instant before.
        features: [W, 4, 256] from `vrface.model.features`.
        dt: [W] seconds since the instant before.

    Returns:
        The new carry; [W, `REGRESSORS`]; [W] the combination of sensors that is there.
    """
    features, dt = jnp.asarray(features), jnp.asarray(dt)
    used = features[:, :, USED]
    value, change, present = used[:, 0], used[:, 1] * DIFFERENCE_SCALE, used[:, 2]
    keep = jnp.exp(-dt[:, None] / jnp.asarray(MEMORY_S, jnp.float32)[None, :])[:, :, None]
    memory = keep * carry["memory"] + (1.0 - keep) * value[:, None, :]
    one = jnp.ones((value.shape[0], 1), jnp.float32)
    rows = jnp.concatenate([one, value, change, memory.reshape(len(value), -1)], axis=1)
    there = present @ jnp.asarray(_SHARE, jnp.float32) > 0.5
    combination = jnp.where(there, jnp.asarray(_BIT, jnp.int32)[None, :], 0).sum(axis=1)
    return {"memory": memory}, rows, combination


@jax.jit
def step(
    params: Params, carry: Carry, features: jax.Array, dt: jax.Array
) -> tuple[Carry, Prediction]:
    """One frame of W wearers. Weights are arguments: a reloaded model never compiles.

    Args:
        params: ``weights`` [`COMBINATIONS`, `REGRESSORS`, 54], and ``scale`` [`COMBINATIONS`,
            knots, 54] at each of `law.KNOTS`.
        carry: From `new_carry` or the frame before.
        features: [W, 4, 256].
        dt: [W] seconds since the frame before.

    Returns:
        The new carry, and the law of each rest-relative weight: ``loc``, ``scale``, ``mean`` and
        ``stddev``, each [W, 54].
    """
    carry, rows, combination = regressors(carry, features, dt)
    loc = jnp.einsum("wr,wrc->wc", rows, params["weights"][combination])
    return carry, law.prediction(loc, law.scale_at(params["scale"][combination], loc))


@dataclass(frozen=True)
class RidgeArchitecture:
    """The ridge as an `Architecture`."""

    slots: tuple[int, ...] = tuple(USED.tolist())

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter."""
        return {
            "weights": (COMBINATIONS, REGRESSORS, COUNT),
            "scale": (COMBINATIONS, len(law.KNOTS), COUNT),
        }

    def new_carry(self, wearers: int) -> Carry:
        """The carry before the first frame: memories at rest."""
        return new_carry(wearers)

    def known(
        self,
        params: Params,
        calibrations: Sequence[Calibration],
        positions: Rows,
        statistics: Arrays,
    ) -> Known:
        """Nothing beside the features."""
        none = jnp.zeros((len(calibrations), 0), jnp.float32)
        return Known(none, none, none, none)

    def prepared(self, params: Params) -> Params:
        """There is nothing to work out."""
        return params

    def step(
        self, params: Params, carry: Carry, features: Rows, dt: Rows, known: Known
    ) -> tuple[Carry, Prediction]:
        """One frame of W wearers."""
        stepped: tuple[Carry, Prediction] = step(params, carry, features, dt)
        return stepped


def empty_params() -> dict[str, NDArray[np.float32]]:
    """Params of the right shapes: the constant neutral face, with an uncertain law."""
    shapes = RidgeArchitecture().shapes()
    return {
        "weights": np.zeros(shapes["weights"], np.float32),
        "scale": np.full(shapes["scale"], 0.1, np.float32),
    }
