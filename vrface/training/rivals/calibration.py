"""Calibration climatology: the usual face of the wearer's own calibration seconds, always.

Seconds in which a brow rests say little of how it moves, so the training wearers count as some
seconds more: how many is each shape's own, chosen on wearers that it was not counted from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Arrays
from vrface.training.case import Case, Seen
from vrface.training.rivals.choice import least_of
from vrface.training.rivals.law import Law
from vrface.training.rivals.rival import seen_in
from vrface.training.scales import crps_of_laws, histogram, least

WEIGHTS_S = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Seconds that the training wearers may count as."""

USUAL_S = np.float32(10.0)
"""What they count as for a shape that nothing could be chosen on."""


def calibration_climatology(arrays: Arrays, case: Case) -> Law:
    """The law with the least mean CRPS over the calibration seconds and the training wearers."""
    weight = arrays["calibration_climatology_weight"][None]
    loc, scale = blended(own_seconds(seen_in(case)), arrays["climatology_histogram"], weight)
    return Law(loc[None], scale[None])


def own_seconds(seen: Seen) -> NDArray[np.float32]:
    """How many seconds each weight was worn for, [54, `LEVELS`]."""
    period_s = float(seen.dt[:, 0].sum()) / max(len(seen.dt) - 1, 1)
    return histogram(seen.truth) * np.float32(period_s)


def shares(truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The histogram of each shape's `truth` [rows, 54] as shares of 1, or 0 if unknown."""
    counts = histogram(truth)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0))


def blended(
    own: NDArray[np.float32], population: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The best law of one wearer under each weight of the others.

    Args:
        own: [54, `LEVELS`] from `own_seconds`.
        population: [54, `LEVELS`] from `shares`.
        weights: [weights, 54] seconds that the population counts as.

    Returns:
        Locations and scales, [weights, 54] each.
    """
    mine, theirs = crps_of_laws(own), crps_of_laws(population)
    laws = [least(mine + weight[:, None] * theirs) for weight in weights]
    loc, scale = (np.stack(parts) for parts in zip(*laws, strict=True))
    return loc, scale


def choose_weight(
    own: NDArray[np.float32],
    population: NDArray[np.float32],
    truth: NDArray[np.float32],
    whose: NDArray[np.intp],
) -> tuple[NDArray[np.float32], Law]:
    """Choose the weight of each shape on wearers that are not in the population.

    Args:
        own: [wearers, 54, `LEVELS`] from `own_seconds`.
        population: [54, `LEVELS`] from `shares`.
        truth: [rows, 54] of their other seconds; NaN where it does not count.
        whose: [rows] the wearer's number.

    Returns:
        [54] the weight with the least mean CRPS, and the law of each row under it, [rows, 54].
    """
    tried = np.array(WEIGHTS_S, np.float32)
    weights = np.repeat(tried[:, None], COUNT, axis=1)
    by_wearer = [blended(one, population, weights) for one in own]
    loc, scale = (np.stack(parts, axis=1) for parts in zip(*by_wearer, strict=True))
    laws = [Law(loc[number, whose], scale[number, whose]) for number in range(len(tried))]
    best, law = least_of(laws, truth, WEIGHTS_S.index(float(USUAL_S)))
    return tried[best], law
