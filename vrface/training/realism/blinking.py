"""`blinking`: how often, how fast and how far the lids of one face close."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vrface.training.metrics.arrays import Figures, Floats
from vrface.training.metrics.events import MAX_BLINK_S, WINK_SHARE, blinks, closures

PARTIAL = 0.8
"""A blink is partial below this share of the person's fullest ones (`FULLEST`): what is meant is
that the lids do not meet, which a weight does not tell. Assumed."""

FULLEST = 0.95
"""Quantile over a person's blinks of how far the lids come."""

EDGE, FINE_EDGE = 0.1, 0.03
"""Closing begins, and opening ends, at this share of the way: as filmed, where a recorder trembles,
and as a search coil on the lid would tell."""

_BEFORE_S, _AFTER_S = 0.3, 0.5
"""How far from the lowest point a lid is looked for open."""

MIN_BLINKS = 4
"""Fewer tell nothing of the usual one."""


class Waveform(NamedTuple):
    """One blink.

    Attributes:
        peak: How far the lids came, relative to where they were before; mean of both.
        closing_s: From `edge` of the way to the lowest point.
        opening_s: From there to `edge` of the way.
        speed: Highest speed of closing, 1/s.
    """

    peak: float
    closing_s: float
    opening_s: float
    speed: float


def blinking(lids: Floats, period_s: float, edge: float = EDGE) -> Figures:
    """How often blinks come, how long they take and how far they go.

    Args:
        lids: [frames, 2] eyeBlinkLeft, eyeBlinkRight relative to rest; NaN = unknown.
        period_s: Seconds between frames.
        edge: Share of the way that a lid has to be off open.

    Returns:
        ``rate`` a minute; medians ``peak``, ``closing_ms``, ``opening_ms``, ``ratio`` of closing
        to opening and ``main``, the speed of closing by height, 1/s; and ``partial``, the share
        that stays below `PARTIAL`. None but for the rate where there are fewer than `MIN_BLINKS`.
    """
    figures: Figures = {"rate": blinks(lids, lids, period_s)["truth_per_minute"]}
    found = waveforms(lids, period_s, edge)
    if len(found) < MIN_BLINKS:
        names = ("peak", "partial", "closing_ms", "opening_ms", "ratio", "main")
        return figures | dict.fromkeys(names)
    peak, closing_s, opening_s, speed = np.array(found).T
    return figures | {
        "peak": float(np.median(peak)),
        "partial": float((peak < PARTIAL * np.quantile(peak, FULLEST)).mean()),
        "closing_ms": 1e3 * float(np.median(closing_s)),
        "opening_ms": 1e3 * float(np.median(opening_s)),
        "ratio": float(np.median(closing_s / opening_s)),
        "main": float(np.median(speed / peak)),
    }


def waveforms(lids: Floats, period_s: float, edge: float = EDGE) -> list[Waveform]:
    """Each blink of both eyes, in order; winks and longer closures are none.

    Args:
        lids: [frames, 2] relative to rest; NaN = unknown.
        period_s: Seconds between frames.
        edge: Share of the way that a lid has to be off open.
    """
    before, after = round(_BEFORE_S / period_s), round(_AFTER_S / period_s)
    found = closures(lids)
    track = lids.mean(axis=1).astype(np.float64)
    waves = []
    for (start, stop), peaks in zip(found.spans, found.peaks, strict=True):
        if (stop - start) * period_s > MAX_BLINK_S or peaks.min() < WINK_SHARE * peaks.max():
            continue
        lowest = start + int(track[start:stop].argmax())
        closing = _until_lost(track[max(lowest - before, 0) : lowest + 1][::-1])
        opening = _until_lost(track[lowest : lowest + after + 1])
        waves.append(
            Waveform(
                peak=float(track[lowest] - closing.min()),
                closing_s=_fall(closing, edge) * period_s,
                opening_s=_fall(opening, edge) * period_s,
                speed=float(np.max(-np.diff(closing), initial=0.0)) / period_s,
            )
        )
    return waves


def _until_lost(track: Floats) -> Floats:
    """A track up to where the face was lost."""
    known = np.isfinite(track)
    return track if known.all() else track[: int(np.argmin(known))]


def _fall(track: Floats, edge: float) -> float:
    """Frames from the first of a track until only this share is left of its fall to its least."""
    least = track.min()
    level = least + edge * (track[0] - least)
    below = int(np.argmax(track <= level))
    if below == 0:
        return 0.0
    return below - float((level - track[below]) / (track[below - 1] - track[below]))
