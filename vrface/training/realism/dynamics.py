"""`dynamics`: what a phone is too slow to film, and what no take tells: of a performance alone."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.plan import LISTEN, STILL, TALK
from vrface.simulation.performance import Performance
from vrface.training.metrics.arrays import Bools, Figures, Floats
from vrface.training.realism.blinking import FINE_EDGE, blinking
from vrface.training.realism.looking import saccades, seen
from vrface.training.realism.statistics import LIDS
from vrface.training.rest import relative

_LARGEST = np.deg2rad(20.0)
"""Larger saccades are often two, with a head that turns."""

_MIN_SACCADES = 10

_LEAST_S = 8.0
"""Shorter tells of no rate."""


def dynamics(performance: Performance, rest: Floats) -> Figures:
    """Blinks and saccades at the performance's own rate, and what belongs to an activity.

    Args:
        performance: At 200 Hz or more: a saccade lasts 25 ms.
        rest: [54] weights at which the wearer rests.

    Returns:
        A figure for each name in `vrface.training.realism.published.DYNAMICS`; None where the
        performance does not tell.
    """
    period_s = float(np.diff(performance.time_s).mean())
    lids = relative(performance.weights, rest)[:, LIDS]
    fine = blinking(lids, period_s, FINE_EDGE)
    shown = {name: fine[name] for name in ("closing_ms", "opening_ms", "ratio", "main")}
    eyes = seen(performance.gaze, lids, period_s)
    doing = performance.activity
    return {
        "blinks_talking": _rate(lids, doing == TALK, period_s),
        "blinks_resting": _rate(lids, np.isin(doing, (LISTEN, STILL)), period_s),
        **{f"fine_{name}": value for name, value in shown.items()},
        **_main_sequence(eyes, period_s),
    }


def _rate(lids: Floats, here: Bools, period_s: float) -> float | None:
    """Blinks a minute where something is done; None where it is not done for `_LEAST_S`."""
    if here.sum() * period_s < _LEAST_S:
        return None
    return blinking(np.where(here[:, None], lids, np.nan), period_s)["rate"]


def _main_sequence(eyes: Floats, period_s: float) -> Figures:
    """Durations of saccades as a line over their amplitudes (Lee et al. 2002)."""
    found = saccades(eyes, period_s)
    small = found.amplitude <= _LARGEST
    if small.sum() < _MIN_SACCADES:
        return {"saccade_ms_per_deg": None, "saccade_ms_at_0": None}
    lasting_ms = (found.stop - found.start)[small] * period_s * 1e3
    slope, offset = np.polyfit(np.rad2deg(found.amplitude[small]), lasting_ms, 1)
    return {"saccade_ms_per_deg": float(slope), "saccade_ms_at_0": float(offset)}
