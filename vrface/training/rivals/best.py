"""Which rival is best: the least mean CRPS of what a headset hides, on wearers it is tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, geometric_mean
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Mode
from vrface.training.rivals.field import CONTENDERS
from vrface.training.rivals.law import Predictive

Scores: TypeAlias = dict[str, dict[Mode, dict[str, float]]]
"""Headset or tier -> mode -> rival -> mean CRPS."""

Best: TypeAlias = dict[Mode, dict[str, str]]
"""Mode -> headset or tier -> rival; ``""`` stands for all of them."""

SMALLEST = 1e-9
"""Scores below are equal."""


class Worn(NamedTuple):
    """What was worn in a trial, and by whom.

    Attributes:
        headset: Or tier.
        wearer: Pseudonym.
    """

    headset: str
    wearer: str


def scored(
    laws: Mapping[str, Predictive],
    truth: NDArray[np.float32],
    whose: NDArray[np.intp],
    worn: Sequence[Worn],
) -> dict[str, dict[str, float]]:
    """Mean CRPS by headset and by rival, averaged as evaluation does.

    That is over the rows of a trial, over shapes, over the trials of a wearer; then geometrically
    over wearers.

    Args:
        laws: By rival, of rows [rows, 54].
        truth: [rows, 54]; NaN where it is not scored.
        whose: [rows] the number of the trial.
        worn: Of each trial. One in which nothing is scored is left out.
    """
    known = [np.isfinite(truth[whose == number]).any(axis=0) for number in range(len(worn))]
    scores: dict[str, dict[str, float]] = {}
    for rival, law in laws.items():
        crps = law.crps(truth)
        takes: dict[str, dict[str, list[float]]] = {}
        for number, (headset, wearer) in enumerate(worn):
            if known[number].any():
                here = crps[whose == number][:, known[number]]
                score = float(np.nanmean(here, axis=0, dtype=np.float64).mean())
                takes.setdefault(headset, {}).setdefault(wearer, []).append(score)
        for headset, by_wearer in takes.items():
            score = _geometric_mean([fmean(own) for own in by_wearer.values()])
            scores.setdefault(headset, {})[rival] = score
    return scores


def best(scores: Scores) -> Best:
    """The best of `CONTENDERS` under each mode, behind each headset and over all of them."""
    found: Best = {}
    for name, by_mode in scores.items():
        for mode, by_rival in by_mode.items():
            found.setdefault(mode, {})[name] = _least([by_rival])
    for mode, by_headset in found.items():
        by_headset[""] = _least([scores[name][mode] for name in by_headset])
    return found


def _least(scores: Sequence[Mapping[str, float]]) -> str:
    """The contender of the least geometric mean; the first of the field among equals."""
    mean = {
        name: _geometric_mean([by_rival[name] for by_rival in scores])
        for name in CONTENDERS
        if all(name in by_rival for by_rival in scores)
    }
    return min(mean, key=mean.__getitem__)


def _geometric_mean(scores: Sequence[float]) -> float:
    """That of scores above 0, or of what can be told from 0: a face may rest all along."""
    return geometric_mean([max(score, SMALLEST) for score in scores])
