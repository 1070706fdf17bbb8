"""Rows of training logs: instants, each as a calibrated session and as any other sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Arrays, Calibration
from vrface.training.case import seen_by
from vrface.training.fit import Rows
from vrface.training.logs import Steps, TrainingLog
from vrface.training.sequences import features_of, regressors_of, seconds_between


def gathered(logs: Sequence[TrainingLog], statistics: Arrays, every: int, progress: Steps) -> Rows:
    """Every n-th frame of each log twice: against its own rest, and against everybody's.

    The wearer of a row is their place among the wearers in order of name.

    Args:
        logs: To take rows from.
        statistics: Of all training wearers (`vrface.training.logs.population`).
        every: n; neighbours say the same.
        progress: Told how far it is.
    """
    wearers = sorted({log.paired.wearer for log in logs})
    parts = []
    for log in logs:
        features = features_of(log.paired)
        known = [log.calibration, Calibration.none()]
        against = seen_by(np.stack([features] * 2, axis=1), known, statistics)
        dt = seconds_between(log.paired.frame_time_ns)
        regressors, there = regressors_of(against, np.stack([dt] * 2, axis=1))
        truth = np.stack([log.truth] * 2, axis=1)
        whose = np.full(there.shape, wearers.index(log.paired.wearer))
        columns = (regressors, truth, there, whose)
        parts.append([_flat(column[every - 1 :: every]) for column in columns])
        progress("gathering rows", len(parts), len(logs))
    return Rows(*map(np.concatenate, zip(*parts, strict=True)))


def part(rows: Rows, kept: NDArray[np.bool_]) -> Rows:
    """Some of the rows."""
    return Rows(rows.regressors[kept], rows.truth[kept], rows.there[kept], rows.wearer[kept])


def evenly(wearer: NDArray[np.intp], count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places of `count` rows, in rising order: as many of each wearer, as far as there are.

    Args:
        wearer: [rows] whose each is.
        count: How many to draw; all where there are fewer.
        rng: What they are drawn from.
    """
    drawn = rng.permutation(len(wearer))
    by_wearer = drawn[np.argsort(wearer[drawn], kind="stable")]
    _, first, of = np.unique(wearer[by_wearer], return_index=True, return_counts=True)
    rank = np.arange(len(wearer)) - np.repeat(first, of)
    return np.sort(by_wearer[np.argsort(rank, kind="stable")[:count]])


def _flat(values: NDArray[Any]) -> NDArray[Any]:
    """[frames, rests, ...] as rows; a copy, so that the frames between are let go."""
    return np.ascontiguousarray(values).reshape(-1, *values.shape[2:])
