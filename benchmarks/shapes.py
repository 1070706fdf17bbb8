"""Errors shape by shape, of shapes that move, and how two of them compare over wearers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from vrface.face.blendshapes import BLENDSHAPES
from vrface.training.averages import MIN_PERSONS, interval
from vrface.training.metrics.movement import lively
from vrface.training.score import Scored, Scorer


class Ratio(NamedTuple):
    """A shape's error under one condition over that under another.

    Attributes:
        shape: Its name.
        ratio: The geometric mean over wearers.
        low: Lower end of its 95 % interval over wearers; None for fewer than `MIN_PERSONS`.
        high: Its upper end.
        wearers: In whom the shape moves.
    """

    shape: str
    ratio: float
    low: float | None
    high: float | None
    wearers: int


def errors(scorer: Scorer, scored: Scored) -> dict[str, float]:
    """Mean CRPS of each hidden shape whose truth moves (SD .05 and more), over a law's wearers.

    Args:
        scorer: Which knows the truth.
        scored: What it found of a law.
    """
    found = scored.channels()
    moving = scorer.names, scorer.is_gaze, lively(scorer.truth)
    return {
        name: float(found[name]["crps"] or 0.0)
        for name, is_gaze, moves in zip(*moving, strict=True)
        if moves and not is_gaze
    }


def ratios(
    ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]
) -> list[Ratio]:
    """How the errors of each shape compare, the worst first.

    Args:
        ours: Of each wearer, as `errors` gives them.
        theirs: Of the same wearers, under what ours are compared with.

    Returns:
        Of the shapes that move in half of the wearers or more: what moves in a few tells of them.
    """
    found = []
    for shape in BLENDSHAPES:
        both = [(a[shape], b[shape]) for a, b in zip(ours, theirs, strict=True) if shape in a]
        if not both or 2 * len(both) < len(ours):
            continue
        logs = np.array([np.log(a / b) for a, b in both if a > 0.0 and b > 0.0])
        if not logs.size:
            continue
        low, high = (None, None) if len(logs) < MIN_PERSONS else interval(logs)
        found.append(Ratio(shape, float(np.exp(logs.mean())), low, high, len(logs)))
    return sorted(found, key=lambda one: -one.ratio)
