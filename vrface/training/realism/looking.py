"""`looking`: how one pair of eyes moves: saccades, and how long they stay at home."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.training.metrics.arrays import Bools, Figures, Floats
from vrface.training.metrics.events import BLINK_RELEASE, runs

FAST = np.deg2rad(30.0)
"""Radians a second; eyes that move faster saccade (velocity threshold: Salvucci & Goldberg 2000).
Between frames of a phone a saccade is as good as a step."""

LEAST = np.deg2rad(2.0)
"""Smaller ones are lost in a phone's noise; microsaccades stay below 1 degree."""

HOME = np.deg2rad(5.0)
"""At home the eyes are this close to where they usually look."""

_BLINK_S = 0.1
"""Around a closed lid no eye is seen."""

_MIN_SACCADES = 8


class Saccades(NamedTuple):
    """Quick moves of both eyes together, in order.

    Attributes:
        start: [saccades] frames.
        stop: [saccades] the frames in which the eyes have arrived.
        amplitude: [saccades] radians.
        peak: [saccades] radians a second.
    """

    start: NDArray[np.intp]
    stop: NDArray[np.intp]
    amplitude: Floats
    peak: Floats


def looking(gaze: Floats, lids: Floats, period_s: float) -> Figures:
    """Saccades and home.

    Args:
        gaze: [frames, 4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`; NaN = unknown.
        lids: [frames, 2] eyeBlink relative to rest.
        period_s: Seconds between frames.
    """
    eyes = seen(gaze, lids, period_s)
    found = saccades(eyes, period_s)
    minutes = float(np.isfinite(eyes).all(axis=1).sum()) * period_s / 60.0
    figures: Figures = {
        "saccade_rate": len(found.start) / minutes if minutes else None,
        "saccade_median_deg": None,
        "saccade_below_15": None,
        "gaze_home": None,
    }
    if len(found.start) >= _MIN_SACCADES:
        figures["saccade_median_deg"] = float(np.rad2deg(np.median(found.amplitude)))
        figures["saccade_below_15"] = float((found.amplitude < np.deg2rad(15.0)).mean())
    if minutes:
        known = eyes[np.isfinite(eyes).all(axis=1)]
        away = np.hypot(*(known - np.median(known, axis=0)).T)
        figures["gaze_home"] = float((away < HOME).mean())
    return figures


def seen(gaze: Floats, lids: Floats, period_s: float) -> NDArray[np.float64]:
    """[frames, 2] yaw and pitch, mean of both eyes; NaN where unknown or behind a lid."""
    eyes = np.stack([gaze[:, 0::2].mean(axis=1), gaze[:, 1::2].mean(axis=1)], axis=1)
    shut = ~(lids.max(axis=1) < 2.0 * BLINK_RELEASE)
    reach = round(_BLINK_S / period_s)
    near = np.convolve(shut, np.ones(2 * reach + 1), "same") > 0
    eyes[near] = np.nan
    return np.asarray(eyes, np.float64)


def saccades(eyes: Floats, period_s: float) -> Saccades:
    """Find them.

    Args:
        eyes: [frames, 2] yaw and pitch, radians; NaN = unknown.
        period_s: Seconds between frames.
    """
    speed = np.hypot(*np.diff(eyes, axis=0).T) / period_s
    quick: Bools = np.nan_to_num(speed) > FAST
    start, stop = runs(quick).T
    amplitude = np.hypot(*(eyes[stop] - eyes[start]).T)
    peak = np.array([speed[a:b].max() for a, b in zip(start, stop, strict=True)])
    large = amplitude >= LEAST
    return Saccades(start[large], stop[large], amplitude[large], peak[large])
