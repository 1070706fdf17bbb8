"""Whether a law is right: its score, what that is worth beside the neutral face's, its spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vrface.training.metrics.arrays import Bools, Figures, Floats, Places, Sums, ratio

BINS = 20
"""Of a reliability histogram: its outermost two bins are what lies outside the central 90 %."""


@dataclass(frozen=True, eq=False)
class LawSums:
    """A law against the truth, summed over the frames, by channel.

    Frames are counted by the truth, whatever the law says: a score that is not finite where truth
    is known leaves no figure.

    Attributes:
        count: [channels] frames whose truth is known.
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
        cls,
        known: Bools,
        active: Bools,
        *,
        crps: Floats,
        crps_raw: Floats,
        neutral: Floats,
        pit: Floats,
    ) -> LawSums:
        """Of scores [frames, channels].

        Args:
            known: [frames, channels] where truth is.
            active: [frames] where any hidden shape but the blinks is well off its rest.
            crps: Of the law.
            crps_raw: Of the law of raw weights.
            neutral: CRPS of the neutral rival.
            pit: Randomised probability integral transform (`Law.pit`).
        """
        moving = known & active[:, None]
        return cls(
            count=known.sum(axis=0).astype(np.float64),
            active_count=moving.sum(axis=0).astype(np.float64),
            crps=_sum(crps, known),
            crps_raw=_sum(crps_raw, known),
            active=_sum(crps, moving),
            neutral=_sum(neutral, known),
            neutral_active=_sum(neutral, moving),
            parts=_parts(pit, known),
        )

    def metrics(self, places: Places) -> Figures:
        """What the law of some channels is worth.

        Returns:
            ``crps``, the mean score, and ``crps_raw``, that of raw weights; ``crps_neutral``, that
            of the neutral rival; ``crps_active`` and ``crps_neutral_active`` in active frames
            alone; what the two are worth, ``skill`` and ``active_skill`` (`skill`).
            ``still_excess``, ``CRPS - CRPS of the neutral face`` in the other frames: the price of
            over-acting. ``coverage90``: share of the truth inside the law's central 90 %, that is
            in all parts but the outermost; a perfect law has .90.
        """
        count, active_count = self.count[places].sum(), self.active_count[places].sum()
        ours, active = self.crps[places].sum(), self.active[places].sum()
        neutral, neutral_active = self.neutral[places].sum(), self.neutral_active[places].sum()
        excess = (ours - active) - (neutral - neutral_active)
        inside = self.parts[1:-1, places].sum()
        return {
            "crps": ratio(ours, count),
            "crps_raw": ratio(self.crps_raw[places].sum(), count),
            "crps_active": ratio(active, active_count),
            "crps_neutral": ratio(neutral, count),
            "crps_neutral_active": ratio(neutral_active, active_count),
            "skill": skill(ours, neutral),
            "active_skill": skill(active, neutral_active),
            "still_excess": ratio(excess, count - active_count),
            "coverage90": ratio(inside, self.parts[:, places].sum()),
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


def skill(crps: float | None, neutral: float | None) -> float | None:
    """What a law is worth, ``1 - CRPS / CRPS of the neutral face``: 0 is nothing, 1 is perfect.

    The one definition: of a take, and of the averaged errors of any set of takes or persons.
    """
    left = ratio(crps, neutral)
    return None if left is None else 1.0 - left


def _sum(values: Floats, counted: Bools) -> Sums:
    return np.asarray(np.where(counted, values, 0.0).sum(axis=0, dtype=np.float64))


def _parts(pit: Floats, known: Bools) -> Sums:
    """[BINS, channels] how many known frames of each channel fall into each part."""
    channels = pit.shape[1]
    there = known & np.isfinite(pit)
    part = np.clip(np.where(there, pit, 0.0) * BINS, 0, BINS - 1).astype(np.intp)
    part[~there] = BINS
    cells = np.bincount(
        (part * channels + np.arange(channels)).ravel(), minlength=(BINS + 1) * channels
    )
    return cells.reshape(BINS + 1, channels)[:BINS].astype(np.float64)
