"""Trials: halves of training wearers' logs, which rivals that did not learn from them are tried on.

A half of a log calibrates and the other, a second later, is predicted, under each mode of
calibration, behind the wearer's headset and behind each poorer one that training knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import mask
from vrface.model.calibration import MODES, Arrays, Mode
from vrface.model.known import summaries
from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired
from vrface.training.case import Case, calibrated, seen_by
from vrface.training.halves import halves_of
from vrface.training.logs import Steps, TrainingLog
from vrface.training.recording import Recording
from vrface.training.rest import relative
from vrface.training.rivals.best import Worn
from vrface.training.score import groups_of
from vrface.training.sequences import features_of, seconds_between
from vrface.training.tiers import reduced

SHARE = 0.25
"""Of the training wearers that rivals are tried on."""

MOST = 40
"""Of them at the most."""

HALF_S = 30.0
"""The longest half: as much as calibrates a take in evaluation."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One wearer behind one headset.

    Attributes:
        worn: The headset's name, of a poorer one the tier's; and the wearer's.
        cases: The second half under each mode.
        truth: [frames, 54] its weights relative to the wearer's rest; NaN where unknown.
        hidden: [54] which shapes are scored.
        occluded: [54] which the headset does not measure: the hidden ones, and gaze.
    """

    worn: Worn
    cases: dict[Mode, Case]
    truth: NDArray[np.float32]
    hidden: NDArray[np.bool_]
    occluded: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Pair:
    """Both halves of a log behind one headset."""

    worn: str
    log: TrainingLog
    first: Paired
    second: Paired


def tried_on(logs: Sequence[TrainingLog]) -> set[str]:
    """The wearers to try rivals on: chosen by the pseudonyms alone, one at least stays behind."""
    wearers = sorted(
        {log.paired.wearer for log in logs},
        key=lambda wearer: hashlib.sha256(wearer.encode()).digest(),
    )
    return set(wearers[: min(max(round(SHARE * len(wearers)), 1), MOST, len(wearers) - 1)])


def trials(
    logs: Sequence[TrainingLog],
    statistics: Arrays,
    tiers: Sequence[str],
    progress: Steps,
) -> Iterator[Trial]:
    """All trials of some logs; none of those too short to be halved, or that hide nothing known.

    Args:
        logs: Of the wearers to try on.
        statistics: Of all training wearers (`vrface.training.logs.population`).
        tiers: Names of poorer headsets.
        progress: Told how far it is.
    """
    pairs = sorted(
        (pair for log in logs for pair in _pairs(log, tiers)),
        key=lambda pair: pair.first.headset.name,
    )
    for done, pair in enumerate(pairs, 1):
        yield _trial(pair, features_of(pair.first), features_of(pair.second), statistics)
        progress("trying rivals", done, len(pairs))


def _pairs(log: TrainingLog, tiers: Sequence[str]) -> Iterator[_Pair]:
    """A log's halves as its headset has them, and as each poorer one would."""
    halves = halves_of(log.paired, HALF_S)
    if halves is None:
        return
    yield _Pair(log.paired.headset.name, log, *halves)
    for name in tiers:
        first, second = (reduced(half, headset(name)) for half in halves)
        if first is not None and second is not None:
            yield _Pair(name, log, first, second)


def _trial(
    pair: _Pair,
    before: NDArray[np.float32],
    features: NDArray[np.float32],
    statistics: Arrays,
) -> Trial:
    """The trial of a pair whose features [frames, 4, 256] were made with `Levels.none`."""
    source = Recording(pair.first.name, pair.first.wearer, (pair.first,))
    dt = seconds_between(pair.second.frame_time_ns)[:, None]
    cases: dict[Mode, Case] = {}
    for mode in MODES:
        calibrations, seen = calibrated(source, before[:, None], statistics, mode)
        heard = seen_by(features[:, None], calibrations, statistics)
        cases[mode] = Case(heard, dt, mode, summaries(calibrations, statistics), seen)
    groups = groups_of(pair.second.headset, pair.second.truth)
    hidden = mask(groups.get("hidden", ()))
    return Trial(
        worn=Worn(pair.worn, pair.log.paired.wearer),
        cases=cases,
        truth=relative(pair.second.truth.weights, pair.log.face_rest),
        hidden=hidden,
        occluded=hidden | mask(groups.get("gaze", ())),
    )
