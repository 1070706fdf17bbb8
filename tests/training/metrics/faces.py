"""Faces made of pulses, and what the product says of them, for the tests of what judges a face."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vrface.training.metrics.laws import LawSums, reliability
from vrface.training.metrics.movement import Truth

PERIOD_S = 1 / 60
FRAMES = 3600


def face(seed=0, channels=3, frames=FRAMES):
    """A lively face: raised-cosine pulses of .15 to .6 s over stillness, as brows and lids move."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(frames) * PERIOD_S
    weights = np.zeros((frames, channels))
    for channel in range(channels):
        for start in np.cumsum(rng.uniform(0.4, 3.0, frames // 60)):
            phase = (time_s - start) / rng.uniform(0.15, 0.6)
            bump = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip(phase, 0, 1))
            weights[:, channel] = np.maximum(weights[:, channel], rng.uniform(0.4, 0.9) * bump)
    return weights


def late(weights, seconds):
    """The same face `seconds` later, between frames too."""
    time_s = np.arange(len(weights)) * PERIOD_S
    return np.stack([np.interp(time_s - seconds, time_s, column) for column in weights.T], axis=1)


def about(figures, rel=1e-4):
    """Figures like these; None is only like None."""
    return {
        name: None if value is None else pytest.approx(value, rel=rel)
        for name, value in figures.items()
    }


def judged(truth, predicted) -> Any:
    """The metrics of a whole face, by name; what may be None is compared without asking."""
    every = np.arange(truth.shape[1])
    return SimpleNamespace(**Truth.of(truth, PERIOD_S).against(predicted).metrics(every))


def judged_law(crps, neutral=None, pit=None, active=None, known=None) -> Any:
    """The metrics of a law by its scores, as of `judged`, and its ``reliability``.

    What is known is told by `known`, else by the scores themselves.
    """
    sums = LawSums.of(
        np.isfinite(crps) if known is None else known,
        np.zeros(len(crps), np.bool_) if active is None else active,
        crps=crps,
        crps_raw=crps,
        neutral=crps if neutral is None else neutral,
        pit=np.full_like(crps, np.nan) if pit is None else pit,
    )
    found = sums.metrics(np.arange(crps.shape[1]))
    return SimpleNamespace(**found, reliability=reliability(sums.parts))
