"""A ridge with lags of one headset's skin sensors, for `benchmarks.skin`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.model.calibration import Arrays
from vrface.model.features import DIFFERENCE_SCALE, NAMED, PLANES, Features, against
from vrface.model.ridge import MEMORY_S
from vrface.sensors.headset import HeadsetProfile
from vrface.training.config import SimulatedWearers
from vrface.training.fit import FOLDS, STRENGTHS
from vrface.training.logs import population, simulated_logs, with_rests
from vrface.training.rivals.constants import DRAFT_SCALE
from vrface.training.rivals.correction import Correction, corrected, fit_correction
from vrface.training.rivals.law import Law
from vrface.training.sequences import features_of, seconds_between

EVERY = 4
"""The ridge learns from every n-th frame: neighbours say the same."""

Told: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done and how much there is to do."""


def regressors(
    features: NDArray[np.float32], dt: NDArray[np.float32], slots: NDArray[np.intp]
) -> NDArray[np.float32]:
    """What ridges predict from: a constant, values, changes and leaky memories of some slots.

    Args:
        features: [frames, 4, 256] against the wearer's rest.
        dt: [frames] seconds since the frame before.
        slots: [n].

    Returns:
        [frames, 1 + 4 n].
    """
    value = features[:, PLANES.index("value")][:, slots]
    change = features[:, PLANES.index("difference")][:, slots] * np.float32(DIFFERENCE_SCALE)
    keep = np.exp(-dt[:, None] / np.array(MEMORY_S, np.float32)).astype(np.float32)[..., None]
    memory = np.zeros((len(value), len(MEMORY_S), len(slots)), np.float32)
    before = memory[0]
    for frame in range(len(value)):
        before = keep[frame] * before + (1.0 - keep[frame]) * value[frame]
        memory[frame] = before
    one = np.ones((len(value), 1), np.float32)
    return np.concatenate([one, value, change, memory.reshape(len(value), -1)], axis=1)


@dataclass(frozen=True, eq=False)
class Ridge:
    """A ridge of one headset's skin sensors.

    Attributes:
        statistics: Of the wearers it learned from (`vrface.training.logs.population`).
        weights: [regressors, 54].
        correction: What makes its locations laws, chosen on wearers apart.
        neutral: The resting face as a law, sized on the same wearers.
    """

    statistics: Arrays
    weights: NDArray[np.float32]
    correction: Correction
    neutral: Law

    def law(self, rows: NDArray[np.float32]) -> Law:
        """Of regressors [frames, regressors], [1, frames, 54]."""
        return corrected(self.correction, _draft((rows @ self.weights)[None]))


@dataclass(frozen=True, eq=False)
class Lessons:
    """What ridges learn from: rows of simulated wearers through one headset.

    Attributes:
        statistics: Of these wearers (`vrface.training.logs.population`).
        x: [rows, regressors].
        y: [rows, 54] rest-relative weights.
        wearer: [rows] whose row it is, from 0 on.
    """

    statistics: Arrays
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    wearer: NDArray[np.intp]


def lessons(profile: HeadsetProfile, wearers: int, told: Told) -> Lessons:
    """Simulate wearers through a headset.

    Raises:
        BadUse: if there are fewer wearers than folds, or the headset has nothing on the skin.
    """
    if wearers < FOLDS:
        raise BadUse(f"a ridge learns from {FOLDS} wearers or more, got {wearers}.")
    slots = skin_slots(profile)
    given = SimulatedWearers(wearers=wearers, headsets=(profile.name,))
    logs = with_rests(simulated_logs(given, told), told)
    statistics = population(logs)
    x, y, wearer = [], [], []
    for number, log in enumerate(logs):
        seen = against(features_of(log.paired), log.calibration.levels(statistics))
        rows = regressors(seen, seconds_between(log.paired.frame_time_ns), slots)[::EVERY]
        x.append(rows)
        y.append(log.truth[::EVERY])
        wearer.append(np.full(len(rows), number))
        told("making regressors", len(x), len(logs))
    return Lessons(statistics, *map(np.concatenate, (x, y, wearer)))


def fit(given: Lessons, wearers: int) -> Ridge:
    """Fit the ridge on the first so many wearers; each fold chooses for the others."""
    own = given.wearer < wearers
    x, truth = given.x[own], given.y[own]
    weights, held_out = _chosen(x, truth, given.wearer[own] % FOLDS)
    rests = np.zeros_like(truth)
    found = fit_correction(_draft(rests), truth, fixed=True)
    return Ridge(
        statistics=given.statistics,
        weights=weights,
        correction=fit_correction(_draft(held_out), truth),
        neutral=corrected(found, _draft(rests[None, :1])),
    )


def _chosen(
    x: NDArray[np.float32], y: NDArray[np.float32], fold: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights of all rows under the penalty that did best, and what each row got without its fold.

    Args:
        x: [rows, regressors], the first one constant.
        y: [rows, 54] known.
        fold: [rows].
    """
    moments = []
    for k in range(FOLDS):
        own = x[fold == k].astype(np.float64)
        moments.append((len(own), own.T @ own, own.T @ y[fold == k]))
    held_out = np.empty((len(STRENGTHS), *y.shape), np.float32)
    for strength, said in zip(STRENGTHS, held_out, strict=True):
        for k in range(FOLDS):
            weights = _solved([one for n, one in enumerate(moments) if n != k], strength)
            said[fold == k] = x[fold == k] @ weights
    best = int(np.argmin([np.mean(np.square(said - y)) for said in held_out]))
    return _solved(moments, STRENGTHS[best]), held_out[best]


def _solved(
    moments: Sequence[tuple[int, NDArray[np.floating], NDArray[np.floating]]], strength: float
) -> NDArray[np.float32]:
    """Ridge weights; the penalty is on unit-variance regressors, the constant has none."""
    counts, grams, crosses = zip(*moments, strict=True)
    count, gram, cross = sum(counts), np.sum(grams, axis=0), np.sum(crosses, axis=0)
    variance = np.maximum(np.diag(gram) / count - (gram[0] / count) ** 2, 0.0)
    penalty = strength * count * np.where(variance > 1e-10, variance, 1.0)
    penalty[0] = 0.0
    return np.linalg.solve(gram + np.diag(penalty), cross).astype(np.float32)


def _draft(loc: NDArray[np.float32]) -> Law:
    return Law(loc.astype(np.float32), np.full(loc.shape, DRAFT_SCALE))


def skin_slots(profile: HeadsetProfile) -> NDArray[np.intp]:
    """The slots that a headset's skin sensors fill.

    Raises:
        BadUse: if it has none.
    """
    slots = np.flatnonzero(Features(profile).measured)
    slots = slots[slots >= len(NAMED)]
    if not slots.size:
        raise BadUse(f"{profile.name} has no sensor on the skin.", "Try foam_16 or emg_8.")
    return slots
