"""What a scored face is judged by: one function a metric, each with its formula.

Arrays are [frames, channels], frames evenly spaced. Truth is NaN where nothing is scored (a lost
row, a calibration second); a prediction must be finite wherever truth is. A metric that is
undefined is None. Metrics of movement (`r2`, `ccc`, `sd_ratio`, `velocity_ratio`, `lag_ms`) look
at channels that move at all: on a dead channel they would measure noise. Sums run over the frames
and channels together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

LIVELY_STDDEV = 0.05
"""A channel moves if the standard deviation of its truth reaches this."""

MAX_LAG_S = 0.2
"""How far a delay or a lead is looked for."""

MIN_LAG_CORRELATION = 0.2
"""Where prediction and truth agree less than this at every lag, their best lag is chance."""


def mean(values: Floats) -> float | None:
    """Mean of what is known; NaN counts as unknown."""
    known = np.isfinite(values)
    return float(values[known].mean()) if known.any() else None


def mae(truth: Floats, predicted: Floats) -> float | None:
    """Mean absolute error, ``mean |p - y|``. A dead face does well here: never read it alone."""
    return mean(np.abs(predicted - truth))


def rmse(truth: Floats, predicted: Floats) -> float | None:
    """Root mean square error, ``sqrt(mean (p - y)^2)``."""
    square = mean((predicted - truth) ** 2)
    return None if square is None else float(np.sqrt(square))


def lively(truth: Floats) -> NDArray[np.bool_]:
    """[channels] whether a channel's truth moves: its deviation is `LIVELY_STDDEV` or more."""
    variance = np.square(_centred(truth)).sum(axis=0) / _frames(truth)
    return np.asarray(np.sqrt(variance) >= LIVELY_STDDEV)


def r2(truth: Floats, predicted: Floats) -> float | None:
    """Share of variance explained, ``1 - sum (p - y)^2 / sum (y - mean_c y)^2``, lively channels.

    The variance is about each channel's own mean in the take, so that knowing which channel rests
    where earns nothing.
    """
    truth, predicted = _lively(truth, predicted)
    if not truth.size:
        return None
    error = np.nansum((predicted - truth) ** 2)
    return float(1.0 - error / np.square(_centred(truth)).sum())


def ccc(truth: Floats, predicted: Floats) -> float | None:
    """Lin's concordance, lively channels.

    ``2 sum_c cov_c / sum_c (var_c y + var_c p + (mean_c y - mean_c p)^2)``: 1 only for the right
    shape at the right size and place. Correlation is blind to size.
    """
    truth, predicted = _lively(truth, predicted)
    if not truth.size:
        return None
    y, p = _centred(truth), _centred(predicted)
    gap = np.nanmean(truth, axis=0) - np.nanmean(predicted, axis=0)
    spread = (y**2 + p**2).sum(axis=0) / _frames(truth) + gap**2
    agreement = 2.0 * (y * p).sum(axis=0) / _frames(truth)
    return float(agreement.sum() / spread.sum())


def sd_ratio(truth: Floats, predicted: Floats) -> float | None:
    """How far the prediction moves, ``sqrt(sum_c var_c p / sum_c var_c y)``, lively channels.

    0 is a dead face, 1 as lively as the truth.
    """
    truth, predicted = _lively(truth, predicted)
    if not truth.size:
        return None
    return float(np.sqrt(np.square(_centred(predicted)).sum() / np.square(_centred(truth)).sum()))


def velocity_ratio(truth: Floats, predicted: Floats) -> float | None:
    """How fast the prediction moves, ``sum |dp| / sum |dy|`` frame to frame, lively channels.

    Well below 1 is a sluggish face, well above a jittering one.
    """
    truth, predicted = _lively(truth, predicted)
    moved = np.nansum(np.abs(np.diff(truth, axis=0)))
    return float(np.nansum(np.abs(np.diff(predicted, axis=0))) / moved) if moved > 0 else None


def lag_ms(truth: Floats, predicted: Floats, period_s: float) -> float | None:
    """How late the prediction is, in milliseconds; negative = early. Lively channels.

    The peak of ``r(k) = sum_c cov_c(p[t + k], y[t])`` over lags within `MAX_LAG_S`, placed between
    frames by the parabola through the peak and its neighbours.

    Args:
        truth: [frames, channels].
        predicted: [frames, channels].
        period_s: Seconds between frames.

    Returns:
        None where no peak lies inside the range, or the correlation there is chance.
    """
    truth, predicted = _lively(truth, predicted)
    reach = round(MAX_LAG_S / period_s)
    if not truth.size or len(truth) <= 2 * reach:
        return None
    y, p, known = _centred(truth), _centred(predicted), np.isfinite(truth)
    covariance = np.array([_covariance_at(lag, y, p, known) for lag in range(-reach, reach + 1)])
    peak = int(covariance.argmax())
    spread = np.sqrt((y**2).sum() * (p**2).sum()) / max(known.sum(), 1)
    if peak in (0, 2 * reach) or covariance[peak] < MIN_LAG_CORRELATION * spread or spread == 0:
        return None
    before, at, after = covariance[peak - 1 : peak + 2]
    curvature = before - 2.0 * at + after
    between = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return float((peak - reach + between) * period_s * 1e3)


def randomised_pit(loc: Floats, scale: Floats, truth: Floats, uniform: Floats) -> Floats:
    """Probability integral transform of a censored logistic law, uniform if the law is right.

    ``P(Y < y) + u P(Y = y)`` with `uniform` u in [0, 1]. Without u the point masses at 0 and 1
    would make any interval look too wide (a perfect law's closed 90 % interval covers .956 of a
    face).
    """
    with np.errstate(over="ignore"):
        at = 1.0 / (1.0 + np.exp((loc - truth) / scale))
    below = np.where(truth <= 0.0, 0.0, at)
    up_to = np.where(truth >= 1.0, 1.0, at)
    return np.asarray(below + uniform * (up_to - below))


def coverage90(pit: Floats) -> float | None:
    """Share of truth inside the law's central 90 %: PIT in [.05, .95]. A perfect law has .90."""
    known = pit[np.isfinite(pit)]
    return float(((known >= 0.05) & (known <= 0.95)).mean()) if known.size else None


def active_skill(crps: Floats, neutral: Floats, active: NDArray[np.bool_]) -> float | None:
    """``1 - CRPS / CRPS of the neutral face`` on active frames: 0 is worth nothing, 1 is perfect.

    Args:
        crps: [frames, channels]; NaN where not scored.
        neutral: The same of the neutral rival.
        active: [frames] where any hidden shape but the blinks is well off its rest.
    """
    ours, theirs = mean(crps[active]), mean(neutral[active])
    return None if ours is None or not theirs else 1.0 - ours / theirs


def still_excess(crps: Floats, neutral: Floats, active: NDArray[np.bool_]) -> float | None:
    """``CRPS - CRPS of the neutral face`` on the other frames: the price of over-acting."""
    ours, theirs = mean(crps[~active]), mean(neutral[~active])
    return None if ours is None or theirs is None else ours - theirs


def _frames(truth: Floats) -> NDArray[np.intp]:
    """[channels] how many frames are known, at least 1."""
    return np.asarray(np.maximum(np.isfinite(truth).sum(axis=0), 1))


def _centred(values: Floats) -> Floats:
    """Each channel about its own mean; 0 where unknown."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    centred = filled - filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, centred, 0.0))


def _lively(truth: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    """The lively channels of both, the prediction unknown where the truth is."""
    moves = lively(truth)
    truth, predicted = truth[:, moves], predicted[:, moves]
    return truth, np.where(np.isfinite(truth), predicted, np.nan)


def _covariance_at(lag: int, y: Floats, p: Floats, known: NDArray[np.bool_]) -> float:
    """Mean of ``p[t + lag] y[t]`` over the pairs that are known."""
    early, late = slice(0, len(y) - abs(lag)), slice(abs(lag), len(y))
    of_y, of_p = (early, late) if lag >= 0 else (late, early)
    pairs = (known[of_y] & known[of_p]).sum()
    return float(np.einsum("tc,tc->", y[of_y], p[of_p]) / max(pairs, 1))
