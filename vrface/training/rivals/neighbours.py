"""Nearest neighbours: the mean face of the `NEIGHBOURS` most alike instants of training wearers.

Instants are alike by each slot's value and its slow memory, standardised, over those sensors alone
that are there. Where an instant to compare with lacks a sensor, its distance is what it would be on
average: the square of the standardised value, plus one.

In a checkpoint: ``knn.places`` and ``knn.truth`` [instants, ...], -1 where the truth is unknown;
``knn.there`` [instants] combinations of sensors; ``knn.mean`` and ``knn.scale``, by which places
are standardised.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.errors import CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.calibration import Arrays
from vrface.training.case import Case
from vrface.training.fit import Rows
from vrface.training.rivals.law import Law
from vrface.training.rivals.rows import evenly
from vrface.training.scales import UNKNOWN_SCALE

NEIGHBOURS = 20

INSTANTS = 2700
"""That are kept to compare with: 1.5 MB."""

_SLOTS = len(ridge.USED)
_LOOKED_AT = np.concatenate([np.arange(_SLOTS), np.arange(3 * _SLOTS, 4 * _SLOTS)]) + 1
"""Places in the ridge's regressors: values, and the slower of the memories."""

_OF_SENSOR = np.tile(ridge.SENSOR_OF, 2)[None, :] == np.arange(len(ridge.SENSORS))[:, None]
"""[sensors, places] which places are of which sensor."""

_STILLEST = 1e-3
"""Standard deviation from which on a place counts as moving."""

_BLOCK = 2048


def fit(rows: Rows) -> Arrays:
    """Keep instants to compare with, as many of each wearer; the same rows keep the same."""
    known = np.flatnonzero(np.isfinite(rows.truth).any(axis=1) & (rows.there > 0))
    kept = known[evenly(rows.wearer[known], INSTANTS, np.random.default_rng(0))]
    places, there = rows.regressors[np.ix_(kept, _LOOKED_AT)], _sensors(rows.there[kept])
    seen = there @ _OF_SENSOR
    count = np.maximum(seen.sum(axis=0), 1)
    mean = np.where(seen, places, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(seen, (places - mean) ** 2, 0.0).sum(axis=0) / count)
    scale = np.where(spread > _STILLEST, 1.0 / np.maximum(spread, _STILLEST), 0.0)
    truth = rows.truth[kept]
    arrays = {
        "places": np.where(seen, (places - mean) * scale, 0.0),
        "truth": np.where(np.isfinite(truth), truth, -1.0),
        "there": rows.there[kept],
        "mean": mean,
        "scale": scale,
    }
    return {f"knn.{name}": value.astype(np.float32) for name, value in arrays.items()}


def draft(arrays: Arrays, case: Case) -> Law:
    """The law around the mean of the neighbours; its scale is a constant.

    Args:
        arrays: A checkpoint's rivals.
        case: What was sensed.

    Raises:
        CheckpointError: if they are of no neighbours.
    """
    kept = _checked(arrays)
    regressors, there = case.ridge
    places = regressors.reshape(-1, regressors.shape[-1])[:, _LOOKED_AT]
    sensors = _sensors(there.ravel()).astype(np.float32)
    rows = len(places)
    blank = (0, -rows % _BLOCK), (0, 0)
    places, sensors = np.pad(places, blank), np.pad(sensors, blank)
    loc = [
        np.asarray(_block(kept, places[first : first + _BLOCK], sensors[first : first + _BLOCK]))
        for first in range(0, len(places), _BLOCK)
    ]
    located = np.concatenate(loc)[:rows].reshape(*there.shape, COUNT)
    return Law(located, np.full((1, 1, COUNT), UNKNOWN_SCALE))


@jax.jit
def _block(kept: dict[str, jax.Array], places: jax.Array, sensors: jax.Array) -> jax.Array:
    """[block, 54] locations at places [block, places] with sensors [block, sensors]."""
    of_sensor = jnp.asarray(_OF_SENSOR, jnp.float32)
    # The square of the place itself is the same to all, and left out.
    at = (places - kept["mean"][None]) * kept["scale"][None] * (sensors @ of_sensor)
    moves = (kept["scale"] > 0.0).astype(jnp.float32)
    lacking = (1.0 - kept["sensors"]) * (of_sensor @ moves)[None]
    alone = kept["places"] ** 2 @ of_sensor.T + lacking
    distance = sensors @ alone.T - 2.0 * at @ kept["places"].T
    _, nearest = jax.lax.top_k(-distance, min(NEIGHBOURS, distance.shape[1]))
    found, usual = _known_mean(kept["truth"][nearest]), _known_mean(kept["truth"])
    return jnp.where(sensors.any(axis=1, keepdims=True), found, usual[None])


def _known_mean(truth: jax.Array) -> jax.Array:
    """The mean over the last axis but one of what is known, 0 where nothing is."""
    known = truth >= 0.0
    count = jnp.sum(known, axis=-2, dtype=jnp.float32)
    return jnp.where(known, truth, 0.0).sum(axis=-2) / jnp.maximum(count, 1.0)


def _sensors(there: NDArray[np.integer]) -> NDArray[np.bool_]:
    """[rows, sensors] which are there, from combinations [rows]."""
    return np.asarray((there[:, None] >> np.arange(len(ridge.SENSORS))) % 2 == 1)


def _checked(arrays: Arrays) -> dict[str, jax.Array]:
    """The arrays of this rival, if they fit together."""
    names = ("places", "truth", "there", "mean", "scale")
    kept = {name: arrays.get(f"knn.{name}", np.zeros(0, np.float32)) for name in names}
    instants, width = len(kept["there"]), len(_LOOKED_AT)
    wanted = ((instants, width), (instants, COUNT), (instants,), (width,), (width,))
    if not instants or any(kept[n].shape != shape for n, shape in zip(names, wanted, strict=True)):
        raise CheckpointError("the checkpoint's knn arrays do not fit together.", "Retrain it.")
    kept["sensors"] = _sensors(kept.pop("there").astype(np.intp)).astype(np.float32)
    return {name: jnp.asarray(value) for name, value in kept.items()}
