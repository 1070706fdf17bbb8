"""How far a face is off the truth, and how it moves beside it: agreement, size, speed, delay.

Every metric here is a ratio of sums over frames and channels together. The sums over the frames
are made once, by channel (`Truth`, `Face`), and shared by all groups that a channel is in. Of
movement only channels that move at all are looked at: on a dead channel it would measure noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vrface.training.metrics.arrays import Bools, Figures, Floats, Places, Sums, ratio

LIVELY_STDDEV = 0.05
"""A channel moves if the standard deviation of its truth reaches this."""

MAX_LAG_S = 0.2
"""How far a delay or a lead is looked for."""

MIN_LAG_CORRELATION = 0.2
"""Where prediction and truth agree less than this at every lag, their best lag is chance."""


def lively(truth: Floats) -> Bools:
    """[channels] whether a channel's truth moves: its deviation is `LIVELY_STDDEV` or more."""
    frames = np.maximum(np.isfinite(truth).sum(axis=0), 1)
    variance = np.square(centred(truth)).sum(axis=0) / frames
    return np.asarray(np.sqrt(variance) >= LIVELY_STDDEV)


def centred(values: Floats) -> Floats:
    """Each channel about its own mean; 0 where unknown."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    about = filled - filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, about, 0.0))


@dataclass(frozen=True, eq=False)
class Truth:
    """A true face, and what is summed of it alone.

    Attributes:
        known: [frames, channels].
        values: [frames, channels]; 0 where unknown.
        centred: [frames, channels] about each channel's mean; 0 where unknown.
        count: [channels] frames that are known.
        mean: [channels].
        power: [channels] sum of the squares of `centred`.
        lively: [channels] whether it moves.
        moved: [2, channels] sums of the absolute first and third differences.
        pairs: [lags, channels] frames that are known on both sides of each lag.
        period_s: Seconds between frames.
    """

    known: Bools
    values: Sums
    centred: Floats
    count: Sums
    mean: Sums
    power: Sums
    lively: Bools
    moved: Sums
    pairs: Sums
    period_s: float

    @classmethod
    def of(cls, truth: Floats, period_s: float) -> Truth:
        """Of truth [frames, channels], NaN where unknown."""
        wide = truth.astype(np.float64)
        known, about = np.isfinite(wide), centred(wide)
        values = np.where(known, wide, 0.0)
        there = known.astype(np.float64)
        count = there.sum(axis=0)
        return cls(
            known=known,
            values=values,
            centred=about,
            count=count,
            mean=values.sum(axis=0) / np.maximum(count, 1.0),
            power=np.square(about).sum(axis=0),
            lively=lively(wide),
            moved=_moved(wide),
            pairs=_lagged(there, there, period_s),
            period_s=period_s,
        )

    def against(self, predicted: Floats) -> Face:
        """Sums of a prediction [frames, channels], finite where the truth is known."""
        values = np.where(self.known, predicted, 0.0)
        mean = values.sum(axis=0) / np.maximum(self.count, 1.0)
        about = np.where(self.known, values - mean, 0.0)
        error = values - self.values
        return Face(
            truth=self,
            absolute=np.abs(error).sum(axis=0),
            square=np.square(error).sum(axis=0),
            mean=mean,
            power=np.square(about).sum(axis=0),
            product=(about * self.centred).sum(axis=0),
            moved=_moved(np.where(self.known, values, np.nan)),
            lagged=_lagged(self.centred, about, self.period_s),
        )


@dataclass(frozen=True, eq=False)
class Face:
    """What is summed of a predicted face beside a true one.

    In formulas y is true, p predicted, c a channel. `moving` are the places of lively channels:
    where there are none, no metric of movement is defined.

    Attributes:
        truth: The true one.
        absolute: [channels] of the absolute errors.
        square: [channels] of their squares.
        mean: [channels] the mean.
        power: [channels] of the squares about it.
        product: [channels] of the products of both faces, each about its mean.
        moved: As of `Truth`.
        lagged: [lags, channels] as `product`, the prediction so many frames later.
    """

    truth: Truth
    absolute: Sums
    square: Sums
    mean: Sums
    power: Sums
    product: Sums
    moved: Sums
    lagged: Sums

    def metrics(self, places: Places) -> Figures:
        """How far some channels are off, and how those among them move that are lively.

        Returns:
            ``mae``, the mean absolute error, in which a dead face does well: never to be
            read alone; ``rmse``, ``sqrt(mean (p - y)^2)``; and of lively channels ``r2``, ``ccc``,
            ``sd_ratio``, ``velocity_ratio``, ``jerk_ratio`` and ``lag_ms``, as the methods of these
            names tell.
        """
        count = self.truth.count[places].sum()
        square = ratio(self.square[places].sum(), count)
        moving = places[self.truth.lively[places]]
        return {
            "mae": ratio(self.absolute[places].sum(), count),
            "rmse": None if square is None else float(np.sqrt(square)),
            "r2": self.r2(moving),
            "ccc": self.ccc(moving),
            "sd_ratio": self.sd_ratio(moving),
            "velocity_ratio": self.velocity_ratio(moving),
            "jerk_ratio": self.jerk_ratio(moving),
            "lag_ms": self.lag_ms(moving),
        }

    def r2(self, moving: Places) -> float | None:
        """Share of variance explained, ``1 - sum (p - y)^2 / sum (y - mean_c y)^2``.

        The variance is about each channel's own mean in the take, so that knowing which channel
        rests where earns nothing.
        """
        left = ratio(self.square[moving].sum(), self.truth.power[moving].sum())
        return None if left is None else 1.0 - left

    def ccc(self, moving: Places) -> float | None:
        """Lin's concordance.

        ``2 sum_c cov_c / sum_c (var_c y + var_c p + (mean_c y - mean_c p)^2)``: 1 only for the
        right shape at the right size and place. Correlation is blind to size.
        """
        truth, count = self.truth, self.truth.count[moving]
        gap = truth.mean[moving] - self.mean[moving]
        spread = (truth.power[moving] + self.power[moving]) / count + gap**2
        return ratio(2.0 * (self.product[moving] / count).sum(), spread.sum())

    def sd_ratio(self, moving: Places) -> float | None:
        """How far the prediction moves, ``sqrt(sum_c var_c p / sum_c var_c y)``.

        0 is a dead face, 1 as lively as the truth.
        """
        power = ratio(self.power[moving].sum(), self.truth.power[moving].sum())
        return None if power is None else float(np.sqrt(power))

    def velocity_ratio(self, moving: Places) -> float | None:
        """How fast the prediction moves, ``sum |dp| / sum |dy|`` frame to frame.

        Well below 1 is a sluggish face, well above a jittering one.
        """
        return self._moved_ratio(moving, 0)

    def jerk_ratio(self, moving: Places) -> float | None:
        """How abruptly the prediction moves, ``sum |d3 p| / sum |d3 y|``.

        ``d3`` is the third difference from frame to frame: noise too small to show in speed shows
        here. Truth that was recorded more slowly than it is scored has its jerk where its samples
        were, so the ratio compares faces on one truth, not takes.
        """
        return self._moved_ratio(moving, 1)

    def lag_ms(self, moving: Places) -> float | None:
        """How late the prediction is, in milliseconds; negative = early.

        The peak of ``r(k) = sum_c cov_c(p[t + k], y[t])`` over lags within `MAX_LAG_S`, placed
        between frames by the parabola through the peak and its neighbours: good to half a frame
        of whatever rate the truth was recorded at.

        Returns:
            None where no peak lies inside the range, or the correlation there is chance.
        """
        truth = self.truth
        pairs = np.maximum(truth.pairs[:, moving].sum(axis=1), 1.0)
        covariance = self.lagged[:, moving].sum(axis=1) / pairs
        reach, peak = len(pairs) // 2, int(covariance.argmax())
        power = truth.power[moving].sum() * self.power[moving].sum()
        spread = np.sqrt(power) / np.maximum(truth.count[moving].sum(), 1.0)
        if len(truth.known) <= 2 * reach or peak in (0, 2 * reach) or spread == 0:
            return None
        if covariance[peak] < MIN_LAG_CORRELATION * spread:
            return None
        before, at, after = covariance[peak - 1 : peak + 2]
        curvature = before - 2.0 * at + after
        between = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
        return float((peak - reach + between) * truth.period_s * 1e3)

    def _moved_ratio(self, moving: Places, row: int) -> float | None:
        part, whole = (face.moved[:, moving].sum(axis=1)[row] for face in (self, self.truth))
        return ratio(part, whole)


def _moved(values: Floats) -> Sums:
    """[2, channels] sums of the absolute first and third differences."""
    return np.stack([np.nansum(np.abs(np.diff(values, n, axis=0)), axis=0) for n in (1, 3)])


def _lagged(truth: Floats, predicted: Floats, period_s: float) -> Sums:
    """[lags, channels] sums of the products, from the earliest lag to the latest."""
    reach, frames = round(MAX_LAG_S / period_s), len(truth)
    total = np.zeros((2 * reach + 1, truth.shape[1]))
    for lag in range(-min(reach, frames), min(reach, frames) + 1):
        early, late = slice(0, frames - abs(lag)), slice(abs(lag), frames)
        of_truth, of_predicted = (early, late) if lag >= 0 else (late, early)
        total[lag + reach] = np.einsum("tc,tc->c", truth[of_truth], predicted[of_predicted])
    return total
