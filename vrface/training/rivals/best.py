"""Which rival is best: the least mean CRPS of what a headset hides, on wearers it is tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import geometric_mean
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Mode
from vrface.training.rivals.field import CONTENDERS
from vrface.training.rivals.law import Predictive

Scores: TypeAlias = dict[str, dict[Mode, dict[str, float]]]
"""Headset or tier -> mode -> rival -> mean CRPS."""

Best: TypeAlias = dict[Mode, dict[str, str]]
"""Mode -> headset or tier -> rival; ``""`` stands for all of them."""


def scored(
    laws: Mapping[str, Predictive], truth: NDArray[np.float32], worn: NDArray[np.str_]
) -> dict[str, dict[str, float]]:
    """Mean CRPS over rows, then over shapes, by what was worn and by rival.

    Args:
        laws: By rival, of rows [rows, 54].
        truth: [rows, 54]; NaN where it is not scored.
        worn: [rows] headset or tier. One that hides nothing known is left out.
    """
    scores: dict[str, dict[str, float]] = {}
    for rival, law in laws.items():
        crps = law.crps(truth)
        for name in np.unique(worn).tolist():
            here = crps[worn == name]
            heard = np.isfinite(here).any(axis=0)
            if heard.any():
                by_shape = np.nanmean(here[:, heard], axis=0, dtype=np.float64)
                scores.setdefault(name, {})[rival] = float(by_shape.mean())
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
        name: geometric_mean([by_rival[name] for by_rival in scores])
        for name in CONTENDERS
        if all(name in by_rival for by_rival in scores)
    }
    return min(mean, key=mean.__getitem__)
