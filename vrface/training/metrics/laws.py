"""Whether a law is right: its score, what that is worth beside the neutral face's, its spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vrface.training.metrics.errors import Bools, Figures, Floats, Places, Sums, ratio

BINS = 20
"""Of a reliability histogram: its outermost two bins are what lies outside the central 90 %."""


@dataclass(frozen=True, eq=False)
class LawSums:
    """A law against the truth, summed over the frames, by channel.

    Attributes:
        count: [channels] frames that are scored.
        active_count: [channels] active ones among them.
        crps: [channels] of the law.
        crps_raw: [channels] of the law of raw weights.
        active: [channels] of `crps`, in active frames.
        neutral: [channels] CRPS of the neutral rival.
        neutral_active: [channels] the same in active frames.
        parts: [BINS, channels] frames whose truth is in each part of the law.
    """

    count: Sums
    active_count: Sums
    crps: Sums
    crps_raw: Sums
    active: Sums
    neutral: Sums
    neutral_active: Sums
    parts: Sums

    @classmethod
    def of(
        cls, crps: Floats, crps_raw: Floats, neutral: Floats, pit: Floats, active: Bools
    ) -> LawSums:
        """Of scores [frames, channels], NaN where not scored.

        Args:
            crps: Of the law.
            crps_raw: Of the law of raw weights.
            neutral: CRPS of the neutral rival.
            pit: Randomised probability integral transform (`Law.pit`).
            active: [frames] where any hidden shape but the blinks is well off its rest.
        """
        known = np.isfinite(crps)
        return cls(
            count=known.sum(axis=0).astype(np.float64),
            active_count=known[active].sum(axis=0).astype(np.float64),
            crps=_sum(crps),
            crps_raw=_sum(crps_raw),
            active=_sum(crps[active]),
            neutral=_sum(neutral),
            neutral_active=_sum(neutral[active]),
            parts=_parts(pit),
        )

    def metrics(self, places: Places) -> Figures:
        """What the law of some channels is worth.

        Returns:
            ``crps``, the mean score, and ``crps_raw``, that of raw weights. ``skill``,
            ``1 - CRPS / CRPS of the neutral face``: 0 is worth nothing, 1 is perfect.
            ``active_skill``: the same in active frames. ``still_excess``, ``CRPS - CRPS of the
            neutral face`` in the other frames: the price of over-acting. ``coverage90``: share of
            the truth inside the law's central 90 %, that is in all parts but the outermost; a
            perfect law has .90.
        """
        count, active_count = self.count[places].sum(), self.active_count[places].sum()
        ours, active = self.crps[places].sum(), self.active[places].sum()
        neutral, neutral_active = self.neutral[places].sum(), self.neutral_active[places].sum()
        excess = (ours - active) - (neutral - neutral_active)
        parts = self.parts[:, places]
        return {
            "crps": ratio(ours, count),
            "crps_raw": ratio(self.crps_raw[places].sum(), count),
            "skill": _skill(ours, neutral),
            "active_skill": _skill(active, neutral_active),
            "still_excess": ratio(excess, count - active_count),
            "coverage90": ratio(parts[1:-1].sum(), parts.sum()),
        }


def reliability(parts: Sums) -> list[float] | None:
    """Share of the truth in each of `BINS` equal parts of the law.

    A perfect law has ``1 / BINS`` in each. High at both ends: the law is too narrow. High in the
    middle: too wide. Sloping: its place is wrong.

    Args:
        parts: [BINS, channels], as of `LawSums`.
    """
    counts = parts.sum(axis=1)
    whole = counts.sum()
    return [float(count / whole) for count in counts] if whole else None


def _skill(ours: float, neutral: float) -> float | None:
    left = ratio(ours, neutral)
    return None if left is None else 1.0 - left


def _sum(values: Floats) -> Sums:
    return np.asarray(np.nansum(values, axis=0, dtype=np.float64))


def _parts(pit: Floats) -> Sums:
    """[BINS, channels] how many frames of each channel fall into each part; NaN into none."""
    channels = pit.shape[1]
    part = np.clip(np.nan_to_num(pit * BINS, nan=BINS), 0, BINS).astype(np.intp)
    part[(part == BINS) & np.isfinite(pit)] = BINS - 1
    cells = np.bincount(
        (part * channels + np.arange(channels)).ravel(), minlength=(BINS + 1) * channels
    )
    return cells.reshape(BINS + 1, channels)[:BINS].astype(np.float64)
