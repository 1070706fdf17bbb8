"""The metrics as their formulas say, each by itself, over one face's frames and channels together.

What `vrface.training.metrics` finds from sums by channel is compared with these. What they mean is
told there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.training.metrics.arrays import Bools, Figures, Floats
from vrface.training.metrics.laws import BINS
from vrface.training.metrics.movement import LIVELY_STDDEV, MAX_LAG_S, MIN_LAG_CORRELATION


def face_metrics(truth: Floats, predicted: Floats, period_s: float) -> Figures:
    """What `Face.metrics` says of all channels."""
    return {
        "mae": mae(truth, predicted),
        "rmse": rmse(truth, predicted),
        "r2": r2(truth, predicted),
        "ccc": ccc(truth, predicted),
        "sd_ratio": sd_ratio(truth, predicted),
        "velocity_ratio": velocity_ratio(truth, predicted),
        "jerk_ratio": jerk_ratio(truth, predicted),
        "lag_ms": lag_ms(truth, predicted, period_s),
    }


def law_metrics(
    active: Bools, crps: Floats, crps_raw: Floats, neutral: Floats, pit: Floats
) -> Figures:
    """What `LawSums.metrics` says of all channels."""
    return {
        "crps": mean(crps),
        "crps_raw": mean(crps_raw),
        "crps_active": mean(crps[active]),
        "crps_neutral": mean(neutral),
        "crps_neutral_active": mean(neutral[active]),
        "skill": skill(crps, neutral),
        "active_skill": skill(crps[active], neutral[active]),
        "still_excess": still_excess(crps, neutral, active),
        "coverage90": coverage90(pit),
    }


def mean(values: Floats) -> float | None:
    """Of what is known."""
    known = values[np.isfinite(values)].astype(np.float64)
    return float(known.mean()) if known.size else None


def mae(truth: Floats, predicted: Floats) -> float | None:
    """``mean |p - y|``."""
    return mean(np.abs(predicted - truth))


def rmse(truth: Floats, predicted: Floats) -> float | None:
    """``sqrt(mean (p - y)^2)``."""
    square = mean((predicted - truth) ** 2)
    return None if square is None else float(np.sqrt(square))


def r2(truth: Floats, predicted: Floats) -> float | None:
    """``1 - sum (p - y)^2 / sum (y - mean_c y)^2``."""
    truth, predicted = _lively(truth, predicted)
    if not truth.size:
        return None
    error = np.nansum((predicted - truth) ** 2)
    return float(1.0 - error / np.nansum(_centred(truth) ** 2))


def ccc(truth: Floats, predicted: Floats) -> float | None:
    """``2 sum_c cov_c / sum_c (var_c y + var_c p + (mean_c y - mean_c p)^2)``."""
    truth, predicted = _lively(truth, predicted)
    if not truth.size:
        return None
    y, p = _centred(truth), _centred(predicted)
    gap = np.nanmean(truth, axis=0) - np.nanmean(predicted, axis=0)
    spread = np.nanmean(y**2, axis=0) + np.nanmean(p**2, axis=0) + gap**2
    return float(2.0 * np.nanmean(y * p, axis=0).sum() / spread.sum())


def sd_ratio(truth: Floats, predicted: Floats) -> float | None:
    """``sqrt(sum_c var_c p / sum_c var_c y)``."""
    truth, predicted = _lively(truth, predicted)
    if not truth.size:
        return None
    return float(np.sqrt(np.nansum(_centred(predicted) ** 2) / np.nansum(_centred(truth) ** 2)))


def velocity_ratio(truth: Floats, predicted: Floats) -> float | None:
    """``sum |dp| / sum |dy|``."""
    return _difference_ratio(truth, predicted, order=1)


def jerk_ratio(truth: Floats, predicted: Floats) -> float | None:
    """``sum |d3 p| / sum |d3 y|``."""
    return _difference_ratio(truth, predicted, order=3)


def lag_ms(truth: Floats, predicted: Floats, period_s: float) -> float | None:
    """Where ``r(k) = sum_c cov_c(p[t + k], y[t])`` has its peak, by a parabola."""
    truth, predicted = _lively(truth, predicted)
    reach = round(MAX_LAG_S / period_s)
    if not truth.size or len(truth) <= 2 * reach:
        return None
    y, p = _centred(truth), _centred(predicted)
    covariance = np.array([_covariance_at(lag, y, p) for lag in range(-reach, reach + 1)])
    peak = int(covariance.argmax())
    spread = np.sqrt(np.nanmean(y**2) * np.nanmean(p**2))
    if peak in (0, 2 * reach) or covariance[peak] < MIN_LAG_CORRELATION * spread or spread == 0:
        return None
    before, at, after = covariance[peak - 1 : peak + 2]
    curvature = before - 2.0 * at + after
    between = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return float((peak - reach + between) * period_s * 1e3)


def coverage90(pit: Floats) -> float | None:
    """Share of the truth inside the law's central 90 %: PIT in [.05, .95]."""
    known = pit[np.isfinite(pit)]
    return float(((known >= 0.05) & (known <= 0.95)).mean()) if known.size else None


def reliability(pit: Floats) -> list[float] | None:
    """Share of the truth in each of `BINS` equal parts of the law."""
    known = pit[np.isfinite(pit)]
    if not known.size:
        return None
    counts, _ = np.histogram(known, bins=BINS, range=(0.0, 1.0))
    return [float(count) / known.size for count in counts]


def skill(crps: Floats, neutral: Floats) -> float | None:
    """``1 - CRPS / CRPS of the neutral face``."""
    ours, theirs = mean(crps), mean(neutral)
    return None if ours is None or not theirs else 1.0 - ours / theirs


def still_excess(crps: Floats, neutral: Floats, active: Bools) -> float | None:
    """``CRPS - CRPS of the neutral face`` on frames that are not active."""
    ours, theirs = mean(crps[~active]), mean(neutral[~active])
    return None if ours is None or theirs is None else ours - theirs


def _difference_ratio(truth: Floats, predicted: Floats, order: int) -> float | None:
    truth, predicted = _lively(truth, predicted)
    moved = np.nansum(np.abs(np.diff(truth, order, axis=0)))
    return float(np.nansum(np.abs(np.diff(predicted, order, axis=0))) / moved) if moved else None


def _lively(truth: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    """The lively channels of both, the prediction unknown where the truth is."""
    truth, predicted = truth.astype(np.float64), predicted.astype(np.float64)
    known = np.isfinite(truth)
    moves = [
        bool(seen.any()) and float(np.std(channel[seen])) >= LIVELY_STDDEV
        for channel, seen in zip(truth.T, known.T, strict=True)
    ]
    return truth[:, moves], np.where(known, predicted, np.nan)[:, moves]


def _centred(values: Floats) -> NDArray[np.float64]:
    """Each channel about its own mean."""
    return np.asarray(values - np.nanmean(values, axis=0), dtype=np.float64)


def _covariance_at(lag: int, y: Floats, p: Floats) -> float:
    """Mean of ``p[t + lag] y[t]`` over the pairs that are known."""
    early, late = slice(0, len(y) - abs(lag)), slice(abs(lag), len(y))
    of_y, of_p = (early, late) if lag >= 0 else (late, early)
    return float(np.nanmean(y[of_y] * p[of_p]))
