"""Blinks, winks and brow raises: what a viewer sees happen, in the truth and in the shown face.

Weights are relative to the wearer's rest. An event begins where a weight rises to a threshold and
ends where it has fallen well below it, so that noise around one threshold is no row of events.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.training.metrics.arrays import Bools, Figures, Floats

BLINK_ONSET, BLINK_RELEASE = 0.3, 0.15
"""A lid is closing from the one and open again below the other. Lids follow a lowered glance to .2
and tremble by some hundredths; half the onset keeps a blink with a dent in it one blink."""

MIN_BLINK_PEAK = 0.4
"""What a lid must reach. Filmed at 30 frames a second a quick blink (100 ms, Stern et al. 1984)
often shows its lowest point at .4 to .5 only; lids that only follow the eyes stay below."""

MAX_BLINK_S = 0.5
"""A longer closure is no blink: spontaneous blinks last .1 to .4 s, and closures above half a
second count as microsleeps (Schleicher et al., Ergonomics 51, 2008) or are made on purpose."""

WINK_SHARE = 0.5
"""In a wink the other lid stays below this share of the winking one's peak: both lids of a blink
reach the same height within a fifth, and a wink drags the other lid a third of its way along."""

NEAR_S, CLOSE_S = 0.1, 0.05
"""Two onsets no further apart than this are one event, found at 100 or at 50 ms."""

RAISE_ONSET, RAISE_RELEASE = 0.2, 0.1
"""A brow is raised from the one, the threshold of an active frame, and down below the other."""

RAISE_SLACK_S = 0.5
"""A shown raise that overlaps a true one within this much is not beyond the truth."""

_ROUNDING_S = 1e-9


class Closures(NamedTuple):
    """Each closure of one lid or both, in order.

    Attributes:
        spans: [closures, 2] first frame, and the frame at which all lids are open again.
        onset_s: [closures] when the first lid passed `BLINK_ONSET`, between frames.
        peaks: [closures, 2] how far each lid came.
        closed: [closures, 2] which lids closed.
    """

    spans: NDArray[np.intp]
    onset_s: NDArray[np.float64]
    peaks: Floats
    closed: Bools


def blinks(truth: Floats, shown: Floats, period_s: float) -> Figures:
    """Blinks found, missed and made up; winks kept.

    Args:
        truth: [frames, 2] eyeBlinkLeft, eyeBlinkRight; NaN where not scored.
        shown: The same of the shown face.
        period_s: Seconds between frames.

    Returns:
        ``truth_per_minute`` and ``shown_per_minute``; ``f1_50ms`` and ``f1_100ms``, of onsets
        matched one to one within that time, None where the truth has no blink;
        ``onset_error_ms``, the median of shown minus true onset over those matched at 100 ms;
        ``false_per_minute``, shown and not matched at 100 ms; ``winks`` of the truth and how many
        are ``winks_kept``: within 100 ms of the true one the shown face winks with the same eye.
    """
    known = _known(truth, shown)
    true, false = (closures(np.where(known[:, None], eyes, np.nan)) for eyes in (truth, shown))
    true_s, shown_s = (_blink_onsets(found, period_s) for found in (true, false))
    near = _matched(true_s, shown_s, NEAR_S)
    late_s = shown_s[near[:, 1]] - true_s[near[:, 0]]
    winks, kept = _winks(true, false, round(NEAR_S / period_s))
    return {
        "truth_per_minute": _per_minute(len(true_s), known, period_s),
        "shown_per_minute": _per_minute(len(shown_s), known, period_s),
        "f1_50ms": _f1(true_s, shown_s, CLOSE_S),
        "f1_100ms": _f1(true_s, shown_s, NEAR_S),
        "onset_error_ms": float(np.median(late_s)) * 1e3 if late_s.size else None,
        "false_per_minute": _per_minute(len(shown_s) - len(near), known, period_s),
        "winks": float(winks),
        "winks_kept": float(kept),
    }


def brow_raises(truth: Floats, shown: Floats, period_s: float) -> Figures:
    """How often brows go up, and how often where the truth's do not.

    Args:
        truth: [frames, channels] the browInnerUp and browOuterUp channels that are scored; the
            highest of them counts. NaN where not scored.
        shown: The same of the shown face.
        period_s: Seconds between frames.

    Returns:
        ``truth_per_minute``, ``shown_per_minute`` and ``beyond_truth_per_minute``: shown raises
        that overlap no true one within `RAISE_SLACK_S`.
    """
    known = _known(truth, shown)
    true, false = (
        held(np.where(known, brows.max(axis=1, initial=0.0), np.nan), RAISE_ONSET, RAISE_RELEASE)
        for brows in (truth, shown)
    )
    beyond = len(false) - int(_overlaps(false, true, round(RAISE_SLACK_S / period_s)).sum())
    return {
        "truth_per_minute": _per_minute(len(true), known, period_s),
        "shown_per_minute": _per_minute(len(false), known, period_s),
        "beyond_truth_per_minute": _per_minute(beyond, known, period_s),
    }


def _known(truth: Floats, shown: Floats) -> Bools:
    """[frames] where every channel of both is; nowhere without channels."""
    both = np.concatenate([truth, shown], axis=1)
    return np.asarray(np.isfinite(both).all(axis=1) & (both.shape[1] > 0))


def held(track: Floats, onset: float, release: float) -> NDArray[np.intp]:
    """From where a weight rises to `onset` until it falls below `release`.

    Args:
        track: [frames]; what is unknown (NaN) ends an event.
        onset: Where an event begins.
        release: Where it ends, below `onset`.

    Returns:
        [events, 2] first frame and the frame after the last.
    """
    said = np.where(track >= onset, 1, np.where(track >= release, -1, 0))  # -1: as before
    said[:1] = np.maximum(said[:1], 0)
    last = np.maximum.accumulate(np.where(said >= 0, np.arange(len(said)), 0))
    return runs(said[last] == 1)


def runs(inside: Bools) -> NDArray[np.intp]:
    """[runs, 2] of what is true in a row: first frame and the frame after the last.

    Args:
        inside: [frames].
    """
    edges = np.diff(inside.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges).reshape(-1, 2)


def closures(eyes: Floats) -> Closures:
    """Closures of either lid; those that overlap are one.

    One cut by a gap is none: who knows when it began, or how far it went.

    Args:
        eyes: [frames, 2] eyeBlinkLeft, eyeBlinkRight relative to rest; NaN = unknown.
    """
    closed = np.zeros(eyes.shape, np.bool_)
    for eye, track in enumerate(eyes.T):
        for start, stop in held(track, BLINK_ONSET, BLINK_RELEASE):
            closed[start:stop, eye] = track[start:stop].max() >= MIN_BLINK_PEAK
    spans = runs(np.asarray(closed.any(axis=1)))
    unknown = np.pad(~np.isfinite(eyes).all(axis=1), 1, constant_values=True)
    spans = spans[~(unknown[spans[:, 0]] | unknown[spans[:, 1] + 1])]
    peaks = [eyes[start:stop].max(axis=0) for start, stop in spans]
    which = [closed[start:stop].any(axis=0) for start, stop in spans]
    first = spans[:, 0]
    before, at = eyes[first - 1], eyes[first]
    share = np.where(closed[first], (BLINK_ONSET - before) / np.maximum(at - before, 1e-6), 1.0)
    return Closures(
        spans=spans,
        onset_s=first - 1 + np.clip(share, 0.0, 1.0).min(axis=1),
        peaks=np.reshape(peaks, (-1, 2)),
        closed=np.reshape(which, (-1, 2)).astype(np.bool_),
    )


def _blink_onsets(found: Closures, period_s: float) -> NDArray[np.float64]:
    """[blinks] seconds: of the closures short enough to be blinks."""
    length_s = (found.spans[:, 1] - found.spans[:, 0]) * period_s
    return np.asarray(found.onset_s[length_s <= MAX_BLINK_S + _ROUNDING_S] * period_s)


def _winks(true: Closures, shown: Closures, slack: int) -> tuple[int, int]:
    """How many of the true closures are winks, however long, and how many the shown face has."""
    winks = kept = 0
    for eye in (0, 1):
        mine, theirs = (
            found.spans[
                found.closed[:, eye] & (found.peaks[:, 1 - eye] < WINK_SHARE * found.peaks[:, eye])
            ]
            for found in (true, shown)
        )
        winks += len(mine)
        kept += int(_overlaps(mine, theirs, slack).sum())
    return winks, kept


def _overlaps(spans: NDArray[np.intp], others: NDArray[np.intp], slack: int) -> Bools:
    """[spans] whether one of `others` comes within `slack` frames of it."""
    if not len(others):
        return np.zeros(len(spans), np.bool_)
    # Spans do not overlap among themselves: the first that ends late enough decides.
    next_one = np.searchsorted(others[:, 1], spans[:, 0] - slack, side="right")
    starts = np.append(others[:, 0], np.iinfo(np.intp).max)
    return np.asarray(starts[next_one] < spans[:, 1] + slack)


def _matched(true_s: Floats, shown_s: Floats, within_s: float) -> NDArray[np.intp]:
    """[pairs, 2] places of as many events as can be matched one to one, in their order."""
    pairs: list[tuple[int, int]] = []
    one = other = 0
    while one < len(true_s) and other < len(shown_s):
        late_s = shown_s[other] - true_s[one]
        if abs(late_s) <= within_s + _ROUNDING_S:
            pairs.append((one, other))
        one += int(late_s >= -within_s - _ROUNDING_S)
        other += int(late_s <= within_s + _ROUNDING_S)
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def _f1(true_s: Floats, shown_s: Floats, within_s: float) -> float | None:
    """``2 found / (true + shown)``; None where nothing was to be found."""
    if not len(true_s):
        return None
    return 2.0 * len(_matched(true_s, shown_s, within_s)) / (len(true_s) + len(shown_s))


def _per_minute(count: int, known: Bools, period_s: float) -> float | None:
    minutes = float(known.sum()) * period_s / 60.0
    return count / minutes if minutes else None
