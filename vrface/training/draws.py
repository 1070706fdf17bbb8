"""How draws from a model's laws have to move: learned from how the truth wandered within them.

Where a law is right, the truth's place in it, as a normal score, is unit Gaussian; how long it
stays where it is, and which shapes go together, no law says. Both are measured here behind
headsets with fewer and fewer sensors, and travel in the checkpoint's statistics
(`vrface.outputs.lively`). A truth of exactly 0 or 1 stands for a whole stretch of scores; one drawn
from there frame by frame (randomised PIT) would look like tremor, so it counts as their mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.normal_score import log_odds, mean_below, score_of
from vrface.model.calibration import Arrays, Calibration
from vrface.model.model import Model
from vrface.outputs.easing import Eased, eased
from vrface.outputs.lively.blinking import REFRACTORY_S
from vrface.outputs.lively.draw import LIDS, WANDERS, closed_odds
from vrface.outputs.lively.noise import Noise
from vrface.outputs.lively.wander import Wander
from vrface.sensors.headset import HeadsetProfile, headset
from vrface.training.logs import Steps, TrainingLog
from vrface.training.metrics.events import MAX_BLINK_S, RAISE_ONSET, RAISE_RELEASE, closures, held
from vrface.training.recording import Inferred, Recording, Trial, inferences
from vrface.training.tiers import reduced

TIMES_S = (0.07, 0.25, 1.0, 5.0)
"""Time constants that draws are made of. With the right shares of them the scores of simulated
wearers are met within .06 of their autocorrelation at any lag."""

LAGS_S = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Where autocorrelation is looked at. Scores of a truth that leaves 0 jump: what they say of a
frame or two is too little."""

LOGS = 24
"""How many logs are looked at; more change shares by less than .02."""

BLINKS_PER_S = 17.0 / 60.0
"""The hazard where nothing is known of it: blinks at rest (Bentivoglio 1997, 150 people)."""

STEEPEST = 2.0
"""No hazard goes faster with the law's odds than with this power of them."""

NOTICED_S = 0.1
"""A law that senses a blink says so within this time of its onset."""

AWAY_S = 0.25
"""A truth that has reached 0 or 1 is taken to be at the mean of the scores there after about so
long. Were it there at once, its score would jump, and faces that learn from it tremble."""

TRIED_S = 240.0
"""Draws are tried for so long: hundreds of rises of each shape."""

MOST_STRETCH = 4.0

_TURNS = 400
_NEWTON = 30
_FLOOR = 1e-3  # no eigenvalue of a correlation is smaller


def fit_draws(
    logs: Sequence[TrainingLog],
    model: Model,
    tiers: Sequence[str],
    progress: Steps = lambda what, done, of: None,
) -> Arrays:
    """What draws from the laws of a model have to know.

    Args:
        logs: Of any wearers.
        model: Whose laws.
        tiers: Names of poorer headsets that the logs are looked at behind too.
        progress: Told how far it is.

    Returns:
        ``draw_time_s`` [K]; ``draw_share`` [54, K]; ``draw_factor`` [54, 54], the Cholesky factor
        of the correlation; ``blink_hazard`` [2] (`vrface.outputs.lively.draw`).
    """
    chosen = logs[:: max(len(logs) // LOGS, 1)][:LOGS]
    trials, truths = [], {}
    for log in chosen:
        for trial in _trials(log, model, tiers):
            trials.append(trial)
            truths[trial] = log.truth
    scores, rises, blinks = _Scores(), _Rises(), _Blinks()
    for done, (trial, inferred) in enumerate(inferences(trials, model), 1):
        truth, period_s, eased = truths[trial], trial.recording.period_s, _eased(inferred)
        scores.add(_scores(eased, truth, period_s), period_s)
        rises.add(eased, truth, period_s)
        blinks.add(eased, truth, period_s)
        progress("learning how faces move", done, len(trials))
    shares, factor = scores.shares(), scores.factor()
    return {
        "draw_time_s": (rises.stretch(shares, factor) * np.array(TIMES_S)).astype(np.float32),
        "draw_share": shares,
        "draw_factor": factor,
        "blink_hazard": blinks.hazard(),
    }


def with_draws(
    model: Model,
    logs: Sequence[TrainingLog],
    tiers: Sequence[str],
    progress: Steps = lambda what, done, of: None,
) -> Model:
    """The model with statistics of how draws from its laws move, as `fit_draws` finds them."""
    return replace(
        model, statistics={**model.statistics, **fit_draws(logs, model, tiers, progress)}
    )


def _trials(log: TrainingLog, model: Model, tiers: Sequence[str]) -> Iterator[Trial]:
    """A log as it is, behind each tier, and behind the eyes' sensors alone."""
    own, none = log.paired, [Calibration.none()]
    eyes = own.headset.without("mouth_tracker") if _tracks_mouth(own.headset) else own.headset
    poorer = [reduced(own, tier) for tier in (*map(headset, tiers), eyes) if tier.streams]
    for paired in (own, *(one for one in poorer if one is not None)):
        yield Trial(Recording(paired.name, paired.wearer, (paired,)), "none", none)


def _tracks_mouth(worn: HeadsetProfile) -> bool:
    return "mouth_tracker" in [stream.name for stream in worn.streams]


def _eased(inferred: Inferred) -> Inferred:
    """The same with the laws that draws are taken from, of the first wearer."""
    laws, dt = [Eased.begun(1)], inferred.dt[:, :1]
    for n, law in enumerate(zip(inferred.loc[0, :, None], inferred.scale[0, :, None], strict=True)):
        laws.append(eased(laws[-1], *law, dt[n]))
    loc, scale = (np.stack(parts, axis=1) for parts in zip(*laws[1:], strict=True))
    return replace(inferred, loc=loc, scale=scale)


def _scores(inferred: Inferred, truth: NDArray[np.float32], period_s: float) -> NDArray[np.float64]:
    """[frames, 54] normal scores of the truth within its laws; NaN where unknown or measured."""
    loc, scale = (part[0].astype(np.float64) for part in (inferred.loc, inferred.scale))
    at, least, most = (score_of((value - loc) / scale) for value in (truth, 0.0, 1.0))
    for outside, edge, mean in (
        (truth <= 0.0, least, mean_below(least)),
        (truth >= 1.0, most, -mean_below(-most)),
    ):
        gone = -np.expm1(-period_s * _distance(outside) / AWAY_S)
        at = np.where(outside, edge + gone * (mean - edge), at)
    seen = inferred.source[0, :, :COUNT] != Source.INFERRED
    return np.where(seen, np.nan, at)


def _distance(inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    """[frames, 54] how many frames away the nearest one is that is not inside."""
    frame = np.arange(len(inside))[:, None]
    before = np.maximum.accumulate(np.where(inside, -len(inside), frame), axis=0)
    after = np.minimum.accumulate(np.where(inside, 2 * len(inside), frame)[::-1], axis=0)[::-1]
    return np.asarray(np.minimum(frame - before, after - frame))


@dataclass
class _Scores:
    """Sums of products of scores, over any number of recordings.

    Attributes:
        together: [2, 54, 54] products of shapes at one instant, and how many there are.
        mean: [2, 54] scores, and how many.
        later: [2, lags, 54] products of a shape with itself, so much later, and how many.
        seconds: Of all recordings.
    """

    together: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, COUNT, COUNT)))
    mean: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, COUNT)))
    later: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, len(LAGS_S), COUNT)))
    seconds: float = 0.0

    def add(self, scores: NDArray[np.float64], period_s: float) -> None:
        """Take in the scores [frames, 54] of a recording."""
        known = np.isfinite(scores)
        there, values = known.astype(np.float64), np.where(known, scores, 0.0)
        self.together += values.T @ values, there.T @ there
        self.mean += values.sum(axis=0), there.sum(axis=0)
        self.seconds += len(scores) * period_s
        for place, lag_s in enumerate(LAGS_S):
            early, late = (
                slice(None, -round(lag_s / period_s)),
                slice(round(lag_s / period_s), None),
            )
            self.later[0, place] += (values[early] * values[late]).sum(axis=0)
            self.later[1, place] += (there[early] * there[late]).sum(axis=0)

    def shares(self) -> NDArray[np.float32]:
        """[54, K] the shares of the time constants that meet each shape's autocorrelation best."""
        average = self._average()
        lagged = self.later[0] / np.maximum(self.later[1], 1.0) - average**2
        power = np.maximum(np.diag(self.together[0]) / self._count() - average**2, 1e-6)
        wanted = np.clip(lagged / power, 0.0, 1.0)
        known = self.later[1].min(axis=0) > 0
        wanted[:, ~known] = wanted[:, known].mean(axis=1, keepdims=True) if known.any() else 0.5
        away = np.array(LAGS_S)[:, None] / np.array(TIMES_S)
        kept = (1.0 + away + away**2 / 3.0) * np.exp(-away)
        shares = np.full((len(TIMES_S), COUNT), 1.0 / len(TIMES_S))
        for _ in range(_TURNS):  # multiplicative: shares stay positive (Lee and Seung 1999)
            shares *= (kept.T @ wanted + 1e-9) / (kept.T @ (kept @ shares) + 1e-9)
            shares /= shares.sum(axis=0)
        return shares.T.astype(np.float32)

    def factor(self) -> NDArray[np.float32]:
        """[54, 54] Cholesky factor of the correlation of the shapes, shrunk to what is known.

        The fewer independent seconds there are beside the number of shapes, the nearer it is to
        none. Lids and the eyes' directions are drawn by nobody: they stand apart.
        """
        average = self._average()
        shared = self.together[0] / np.maximum(self.together[1], 1.0) - np.outer(average, average)
        size = np.sqrt(np.maximum(np.diag(shared), 1e-6))
        drawn = np.isin(np.arange(COUNT), WANDERS)
        usable = (self.together[1] > 0) & drawn & drawn[:, None]
        correlation = np.where(usable, shared / np.outer(size, size), 0.0).clip(-1.0, 1.0)
        correlation *= self.seconds / (self.seconds + COUNT)
        np.fill_diagonal(correlation, 1.0)
        values, vectors = np.linalg.eigh(correlation)
        positive = (vectors * np.maximum(values, _FLOOR)) @ vectors.T
        length = np.sqrt(np.diag(positive))
        root = np.linalg.cholesky(positive / np.outer(length, length))
        return np.asarray(root, np.float32)

    def _count(self) -> NDArray[np.float64]:
        return np.asarray(np.maximum(self.mean[1], 1.0))

    def _average(self) -> NDArray[np.float64]:
        """[54] a law that is off everywhere is off, and no reason to wander slowly."""
        return np.asarray(self.mean[0] / self._count())


@dataclass
class _Rises:
    """How often shapes that are drawn rise, in the truth and in draws from their laws.

    Attributes:
        true: Rises of the truth.
        laws: Location and scale of each recording, [frames, shapes that wander]; NaN where the
            truth is not known, or measured.
        period_s: Seconds between the frames of each.
    """

    true: int = 0
    laws: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = field(default_factory=list)
    period_s: list[float] = field(default_factory=list)

    def add(self, inferred: Inferred, truth: NDArray[np.float32], period_s: float) -> None:
        """Take in a recording."""
        unknown = np.isnan(truth) | (inferred.source[0, :, :COUNT] != Source.INFERRED)
        hidden = np.where(unknown, np.nan, truth)[:, WANDERS]
        self.true += _rises(hidden)
        self.laws.append(
            (
                np.where(np.isnan(hidden), np.nan, inferred.loc[0][:, WANDERS]).astype(np.float32),
                inferred.scale[0][:, WANDERS].astype(np.float32),
            )
        )
        self.period_s.append(period_s)

    def stretch(self, shares: NDArray[np.float32], factor: NDArray[np.float32]) -> float:
        """How much slower draws have to be to rise as often as the truth does.

        A face rests, rises, stays and rests again; of a Gaussian with the same autocorrelation more
        rises are small and short. If all times are stretched, rises are fewer by just that.

        Args:
            shares: [54, K] as `_Scores.shares` gives them.
            factor: [54, 54] as `_Scores.factor` gives it.
        """
        if not self.true:
            return 1.0
        mix = factor[np.ix_(WANDERS, WANDERS)]
        wander = Wander(Noise([0]), np.array(TIMES_S, np.float32), shares[WANDERS], mix)
        dt = np.full(1, np.median(self.period_s), np.float32)
        frames = sum(len(loc) for loc, _ in self.laws)
        tried = np.concatenate([wander(dt) for _ in range(min(round(TRIED_S / dt[0]), frames))])
        drawn, first = 0, 0
        for loc, scale in self.laws:
            at = log_odds(np.take(tried, np.arange(first, first + len(loc)), axis=0, mode="wrap"))
            drawn += _rises(np.clip(loc + scale * at, 0.0, 1.0))
            first += len(loc)
        return float(np.clip(drawn / self.true, 1.0, MOST_STRETCH))


def _rises(weights: NDArray[np.floating]) -> int:
    """How often a shape of [frames, shapes] rises; NaN ends it."""
    return sum(len(held(track, RAISE_ONSET, RAISE_RELEASE)) for track in weights.T)


@dataclass
class _Blinks:
    """Frames in which a blink may begin while no sensor sees the lids.

    Attributes:
        odds: Of closed lids, by the law; arrays [frames].
        began: Blinks that began about then; a blink is spread over `NOTICED_S`.
        seconds: How long each frame was.
    """

    odds: list[NDArray[np.float64]] = field(default_factory=list)
    began: list[NDArray[np.float64]] = field(default_factory=list)
    seconds: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, inferred: Inferred, truth: NDArray[np.float32], period_s: float) -> None:
        """Take in a recording."""
        free = (inferred.source[0][:, LIDS] == Source.INFERRED).all(axis=1)
        free &= np.isfinite(truth[:, LIDS]).all(axis=1)
        began, noticed = np.zeros(len(truth)), max(round(NOTICED_S / period_s), 1)
        found = closures(truth[:, LIDS])
        short = (found.spans[:, 1] - found.spans[:, 0]) * period_s <= MAX_BLINK_S
        # Winks, and eyes kept shut, are no blinks; while they last none can begin.
        for (start, stop), blink in zip(found.spans, short & found.closed.all(axis=1), strict=True):
            began[start : start + noticed] += blink / noticed
            free[start + noticed : stop + round(REFRACTORY_S / period_s)] = False
        odds = closed_odds(inferred.loc[0][:, LIDS], inferred.scale[0][:, LIDS])
        self.odds.append(odds[free])
        self.began.append(began[free])
        self.seconds.append(np.full(int(free.sum()), period_s))

    def hazard(self) -> NDArray[np.float32]:
        """[2] a and b of ``exp(a + b odds)`` blinks a second, most likely for what was seen.

        Poisson regression by Newton's steps; b is kept in 0 to `STEEPEST`.
        """
        odds, began, seconds = (
            np.concatenate([[], *parts]) for parts in (self.odds, self.began, self.seconds)
        )
        if not began.sum():
            return np.array([np.log(BLINKS_PER_S), 0.0], np.float32)
        middle = odds.mean()
        a, b = np.log(began.sum() / seconds.sum()), 0.0
        for _ in range(_NEWTON):
            expected = np.exp(np.clip(a + b * (odds - middle), -20.0, 5.0)) * seconds
            off = np.array([(began - expected).sum(), ((began - expected) * (odds - middle)).sum()])
            bent = np.array(
                [[(expected * (odds - middle) ** n).sum() for n in (m, m + 1)] for m in (0, 1)]
            )
            step = np.clip(np.linalg.solve(bent + 1e-6 * np.eye(2), off), -0.5, 0.5)
            a, b = a + step[0], float(np.clip(b + step[1], 0.0, STEEPEST))
        a += np.log(
            began.sum() / (np.exp(np.clip(a + b * (odds - middle), -20.0, 5.0)) * seconds).sum()
        )
        return np.array([a - b * middle, b], np.float32)
