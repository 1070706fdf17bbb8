"""`fit_rivals`: the rivals of a network, fitted on the logs that it learned from.

They travel in its checkpoint, so that evaluation compares what had the same chances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import geometric_mean
from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.model import law
from vrface.model.checkpoint import Arrays
from vrface.training.fit import FOLDS, Rows, fit_ridge, folds_of, held_out_scales
from vrface.training.logs import Progress, TrainingLog
from vrface.training.rivals import copy_rule
from vrface.training.scales import UNKNOWN_SCALE, Climatology, CrpsByScale
from vrface.training.score import groups_of
from vrface.training.sequences import features_by_log, regressors_of, rested, seconds_between

_crps = jax.jit(law.crps)


@dataclass(frozen=True, eq=False)
class FittedRivals:
    """The rivals as a checkpoint holds them, and how well they did.

    Attributes:
        arrays: Named in `vrface.model.checkpoint.RIVALS`.
        climatology_stddev: [54] spread of the rest-relative weights over wearers and time.
        scores: Headset -> rival -> mean CRPS of what the headset hides, each wearer scored by laws
            that they had no part in. A headset that hides nothing known is left out.
        best: The rival, other than the ridge, that is best over these headsets (geometric mean);
            None where there are none.
    """

    arrays: Arrays
    climatology_stddev: NDArray[np.float32]
    scores: dict[str, dict[str, float]]
    best: str | None


def fit_rivals(
    logs: Sequence[TrainingLog],
    population: NDArray[np.float32],
    every: int = 12,
    progress: Progress = lambda what, done, of: None,
) -> FittedRivals:
    """Fit the ridge, and the laws of the rivals that need no fitting otherwise.

    Every log is learned from twice: against its own rest, as a calibrated session sees it, and
    against everybody's, as one without calibration does.

    Args:
        logs: Of two wearers or more.
        population: [68] what a slot reads at rest on average.
        every: Rows are taken from every n-th frame; neighbours say the same.
        progress: Told how far it is.

    Raises:
        BadUse: if they are of fewer wearers.
    """
    gathered = _gathered(logs, population, every, progress)
    truth, fold = gathered.rows.truth, folds_of(gathered.rows)
    fit = fit_ridge(gathered.rows, lambda done, of: progress("fitting the ridge", done, of))
    arrays = {f"ridge_{name}": value for name, value in fit.params.items()}

    progress("fitting other rivals", 0, 1)
    laws = {"ridge": _Law(fit.loc, fit.scale)}
    arrays["neutral_scale"], laws["neutral"] = _neutral(truth, fold)
    arrays["climatology_loc"], arrays["climatology_scale"], laws["climatology"] = _climatology(
        truth, fold
    )
    copied = copy_rule(gathered.values)
    arrays["copy_rule_scale"], scale = held_out_scales(copied, truth, fold)
    laws["copy_rule"] = _Law(copied, scale)
    scores = _scores(logs, gathered, laws)
    progress("fitting other rivals", 1, 1)
    return FittedRivals(arrays, _stddev(truth), scores, _best(scores))


class _Law(NamedTuple):
    """A law of each row by what was fitted without the row's wearer: [rows, 54] or [folds, 54]."""

    loc: NDArray[np.float32]
    scale: NDArray[np.float32]


class _Gathered(NamedTuple):
    """Rows of all logs.

    Attributes:
        rows: What the ridge learns from.
        values: [rows, 68] sensor values minus rest, 0 where absent.
        log: [rows] the number of the log.
    """

    rows: Rows
    values: NDArray[np.float32]
    log: NDArray[np.intp]


def _gathered(
    logs: Sequence[TrainingLog], population: NDArray[np.float32], every: int, progress: Progress
) -> _Gathered:
    wearers = sorted({log.paired.wearer for log in logs})
    parts = []
    for number, features in features_by_log([log.paired for log in logs]):
        log = logs[number]
        own = np.where(np.isfinite(log.sensor_rest), log.sensor_rest, population)
        against = rested(np.stack([features] * 2, axis=1), np.stack([own, population]))
        dt = seconds_between(log.paired.frame_time_ns)
        regressors, there = regressors_of(against, np.stack([dt] * 2, axis=1))
        truth, values = np.stack([log.truth] * 2, axis=1), against[:, :, 0]
        whose = np.full(there.shape, wearers.index(log.paired.wearer))
        which = np.full(there.shape, number)
        columns = (regressors, truth, there, whose, values, which)
        parts.append([_flat(column[every - 1 :: every]) for column in columns])
        progress("gathering rows", len(parts), len(logs))
    regressors, truth, there, whose, values, which = map(np.concatenate, zip(*parts, strict=True))
    return _Gathered(Rows(regressors, truth, there, whose), values, which)


def _flat(values: NDArray[Any]) -> NDArray[Any]:
    """[frames, rests, ...] as rows; a copy, so that the frames between are let go."""
    return np.ascontiguousarray(values).reshape(-1, *values.shape[2:])


def _neutral(
    truth: NDArray[np.float32], fold: NDArray[np.intp]
) -> tuple[NDArray[np.float32], _Law]:
    scores = CrpsByScale.of(np.zeros_like(truth), truth, fold, FOLDS)
    by_fold = np.stack([scores.scale(without=k) for k in range(FOLDS)])
    return scores.scale(), _Law(np.zeros_like(truth), by_fold[fold])


def _climatology(
    truth: NDArray[np.float32], fold: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32], _Law]:
    climatology = Climatology(truth, fold, FOLDS)
    by_fold = [climatology.law(without=k) for k in range(FOLDS)]
    loc, scale = (np.stack(parts)[fold] for parts in zip(*by_fold, strict=True))
    return *climatology.law(), _Law(loc, scale)


def _scores(
    logs: Sequence[TrainingLog], gathered: _Gathered, laws: dict[str, _Law]
) -> dict[str, dict[str, float]]:
    """Mean CRPS over rows, then over hidden shapes, by headset and rival."""
    truth = np.full_like(gathered.rows.truth, np.nan)
    worn = np.array([log.paired.headset.name for log in logs])[gathered.log]
    for number, log in enumerate(logs):
        groups = groups_of(log.paired.headset, log.paired.truth)
        part = np.ix_(gathered.log == number, indices(groups.get("hidden", ())))
        truth[part] = gathered.rows.truth[part]
    known = np.isfinite(truth)
    filled = np.where(known, truth, np.float32(0.0))
    scores: dict[str, dict[str, float]] = {}
    for name in sorted(set(worn.tolist())):
        here = worn == name
        count = known[here].sum(axis=0)
        if not count.any():
            continue
        scores[name] = {}
        for rival in sorted(laws):
            loc, scale = laws[rival]
            crps = np.asarray(_crps(loc[here], scale[here], filled[here]))
            total = np.where(known[here], crps, 0.0).sum(axis=0, dtype=np.float64)
            scores[name][rival] = float(np.mean(total[count > 0] / count[count > 0]))
    return scores


def _best(scores: dict[str, dict[str, float]]) -> str | None:
    if not scores:
        return None
    by_rival = {
        rival: geometric_mean([of_headset[rival] for of_headset in scores.values()])
        for rival in ("neutral", "climatology", "copy_rule")
    }
    return min(by_rival, key=by_rival.__getitem__)


def _stddev(truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """[54] standard deviation of each channel; an uncertain law's where it is nowhere known."""
    heard = np.isfinite(truth).any(axis=0)
    uncertain = jax.jit(law.stddev)(np.float32(0.0), UNKNOWN_SCALE)
    spread = np.full(truth.shape[1], uncertain, np.float32)
    spread[heard] = np.nanstd(truth[:, heard], axis=0, dtype=np.float64)
    return spread
