"""Ceilings: how near any method could come to one person's face in one take.

- ``personal``: a ridge on the same regressors as the rival's, learned from the rest of the very
  take: the take is cut into `BLOCKS`, and each is predicted from the others, `GUARD_S` beside it
  left out.
- ``personal_noncausal``: the same, told the sensors of `AHEAD_S` later too where that helps. What
  it gains is what waiting would gain.
- ``label_noise``: the truth itself, smoothed over its neighbours. What is left is the labels' own
  jitter, which nothing can foretell.

Both personal ones are given what rivals are: a correction (`rivals.correction`), and a share of a
climatology. Penalties and climatologies of a block come from the truth of the other blocks, its
correction and share from what was said, held out, of every other block. All are laws of the family
that models have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.training.calibrate import MIN_SCORED_S
from vrface.training.rivals.constants import unsized
from vrface.training.rivals.correction import corrected, fit_correction
from vrface.training.rivals.law import Law, Pool, Predictive
from vrface.training.rivals.pool import fit_share
from vrface.training.scales import CrpsByScale, crps_of_laws, histogram, least, scale_at

BLOCKS = 10
GUARD_S = 1.0
AHEAD_S = (0.1, 0.25, 0.5)

STRENGTHS = (0.1, 1.0, 10.0, 100.0)
"""Penalties tried, as shares of the number of rows; regressors have unit variance."""

CHOSEN_ON = 1024
"""Rows at the most, evenly drawn, that a correction and a share are chosen on."""

REACH = 3
"""Rows of the labels on either side that the local quadratic is fitted to."""


def ceilings_of(
    regressors: NDArray[np.float32],
    truth: NDArray[np.float32],
    period_s: float,
    label_period_s: float,
) -> dict[str, Predictive]:
    """The law of each ceiling.

    Args:
        regressors: [W, frames, regressors] of one recording.
        truth: [frames, 54] rest-relative; rows of NaN where nothing is scored, and shapes that are
            NaN everywhere are not told.
        period_s: Seconds between frames.
        label_period_s: Seconds between the rows that the truth was interpolated from.

    Returns:
        By name; none where less than `calibrate.MIN_SCORED_S` are scored.
    """
    rows = np.flatnonzero(np.isfinite(truth).any(axis=1))
    if len(rows) * period_s < MIN_SCORED_S:
        return {}
    later = [0, *(round(ahead / period_s) for ahead in AHEAD_S)]
    reach = max(round(REACH * label_period_s / period_s), REACH)
    take = _Take.of(rows, truth, period_s)
    now, ahead = (take.tried(regressors, places) for places in ([0], later))
    return {
        "personal": take.law(now),
        "personal_noncausal": take.law(np.concatenate([now, ahead], axis=1)),
        "label_noise": _label_noise(truth, reach),
    }


@dataclass(frozen=True, eq=False)
class _Take:
    """The truth of a take, in blocks.

    Attributes:
        rows: [rows] frames in which something is known; all below is of these.
        truth: [rows, 54].
        told: [54] which shapes are known.
        block: [rows].
        guarded: Of each block its rows and those of `GUARD_S` on both sides: it does not learn
            from these.
        frames: Of the recording.
    """

    rows: NDArray[np.intp]
    truth: NDArray[np.float32]
    told: NDArray[np.bool_]
    block: NDArray[np.intp]
    guarded: list[slice]
    frames: int

    @classmethod
    def of(cls, rows: NDArray[np.intp], truth: NDArray[np.float32], period_s: float) -> _Take:
        """Of truth [frames, 54], known in `rows`."""
        block = np.arange(len(rows)) * BLOCKS // len(rows)
        guard = round(GUARD_S / period_s)
        guarded = []
        for k in range(BLOCKS):
            own = rows[block == k]
            bounds = np.searchsorted(rows, [own[0] - guard, own[-1] + guard + 1])
            guarded.append(slice(*map(int, bounds)))
        told = np.asarray(np.isfinite(truth[rows]).all(axis=0))
        return cls(rows, truth[rows], told, block, guarded, len(truth))

    def tried(self, regressors: NDArray[np.float32], later: list[int]) -> NDArray[np.float32]:
        """What ridges say of each block that learned from the others.

        Args:
            regressors: [W, frames, regressors].
            later: Frames ahead whose regressors are told together.

        Returns:
            [W, strengths, rows, told shapes].
        """
        places = [np.minimum(self.rows + ahead, self.frames - 1) for ahead in later]
        truth = self.truth[:, self.told]
        return np.stack(
            [
                _held_out(np.concatenate([seen[at, 1:] for at in places], axis=1), truth, self)
                for seen in regressors
            ]
        )

    def law(self, tried: NDArray[np.float32]) -> Pool:
        """The best of what was tried, corrected, and pooled with a climatology.

        Args:
            tried: [W, choices, rows, told shapes].
        """
        said = np.zeros((len(tried), *self.truth.shape), np.float32)
        for wearer, choices in zip(said, tried, strict=True):
            wearer[:, self.told] = self._best(choices)
        moving, constant, share = self._chosen(unsized(said))
        return Pool(
            Law(*map(self._at_frames, moving)),
            Law(*map(self._at_frames, constant)),
            self._at_frames(share),
        )

    def _best(self, tried: NDArray[np.float32]) -> NDArray[np.float32]:
        """[rows, told shapes] of the choice with the least absolute error in the other blocks.

        Squares would let a single large movement choose.
        """
        errors = np.abs(tried - self.truth[:, self.told])
        by_block = np.stack([errors[:, self.block == k].sum(axis=1) for k in range(BLOCKS)])
        best = (by_block.sum(axis=0) - by_block).argmin(axis=1)
        rows, shapes = np.arange(len(self.rows))[:, None], np.arange(tried.shape[2])
        return np.asarray(tried[best[self.block], rows, shapes])

    def _chosen(self, said: Law) -> tuple[Law, Law, NDArray[np.float32]]:
        """Corrections, climatologies and shares of the blocks, each by what is known of others.

        Even blocks are corrected by odd ones and the reverse: a correction has few parameters, and
        one for every block would cost five times as much.

        Args:
            said: [W, rows, 54] what the ridges say.

        Returns:
            The corrected law [W, rows, 54], the climatology [1, rows, 54] and the share of the
            former [rows, 54].
        """
        truth, shape = self.truth, said.loc.shape
        moving = Law(np.empty(shape, np.float32), np.empty(shape, np.float32))
        constant = Law(np.empty_like(truth[None]), np.empty_like(truth[None]))
        share = np.empty_like(truth)
        for k, out in enumerate(self.guarded):
            levels = histogram(np.delete(truth, out, axis=0))
            own = self.block == k
            constant.loc[:, own], constant.scale[:, own] = least(crps_of_laws(levels))
        every = -(-shape[0] * shape[1] // (2 * CHOSEN_ON))
        sides = [self.block % 2 == side for side in (0, 1)]
        others = [np.flatnonzero(~own)[::every] for own in sides]
        came = [np.tile(truth[rows], (shape[0], 1)) for rows in others]
        for own, rows, truth_there in zip(sides, others, came, strict=True):
            correction = fit_correction(_stacked(said, shape, rows), truth_there)
            law = corrected(correction, Law(said.loc[:, own], said.scale))
            moving.loc[:, own], moving.scale[:, own] = law
        for own, rows, truth_there in zip(sides, others, came, strict=True):
            one, other = (_stacked(law, shape, rows) for law in (moving, constant))
            share[own] = fit_share(one, other, truth_there)
        return moving, constant, share

    def _at_frames(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Values [..., rows, 54] at their frames; 1 in all others, where nothing is asked."""
        out = np.ones((*values.shape[:-2], self.frames, values.shape[-1]), np.float32)
        out[..., self.rows, :] = values
        return out


def _stacked(law: Law, shape: tuple[int, ...], rows: NDArray[np.intp]) -> Law:
    """Some rows of a law of `shape` [W, rows, 54], all wearers below each other."""
    wide = (np.broadcast_to(part, shape)[:, rows] for part in law)
    return Law(*(part.reshape(-1, shape[-1]) for part in wide))


def _held_out(
    told: NDArray[np.float32], truth: NDArray[np.float32], take: _Take
) -> NDArray[np.float32]:
    """What each block's rows are told from the others, [strengths, rows, shapes].

    Args:
        told: [rows, regressors].
        truth: [rows, shapes], known.
        take: Its blocks.
    """
    x = _components(told)
    gram, cross = x.T @ x, x.T @ truth
    tried = np.empty((len(STRENGTHS), *truth.shape), np.float32)
    for k, out in enumerate(take.guarded):
        own = take.block == k
        others = len(x) - (out.stop - out.start)
        left = gram - x[out].T @ x[out], cross - x[out].T @ truth[out]
        for strength, said in zip(STRENGTHS, tried, strict=True):
            said[own] = x[own] @ _solved(*left, strength * others)
    return tried


def _components(told: NDArray[np.float32]) -> NDArray[np.float32]:
    """The constant and the principal components of unit-variance regressors, [rows, components].

    A component that varies less than the lightest penalty is left out: it would be shrunk to
    less than half, and neighbouring instants have hundreds of these.
    """
    spread = told.std(axis=0)
    moving = spread > 1e-4
    unit = (told[:, moving] - told[:, moving].mean(axis=0)) / spread[moving]
    variance, axes = np.linalg.eigh(unit.T @ unit / len(unit))
    one = np.ones((len(told), 1), np.float32)
    return np.concatenate([one, unit @ axes[:, variance > STRENGTHS[0]]], axis=1)


def _solved(
    gram: NDArray[np.floating], cross: NDArray[np.floating], penalty: float
) -> NDArray[np.float32]:
    """Ridge weights; the first regressor is the constant, which has no penalty."""
    on_all = np.full(len(gram), np.float32(penalty))
    on_all[0] = 0.0
    return np.asarray(np.linalg.solve(gram + np.diag(on_all), cross), dtype=np.float32)


def _label_noise(truth: NDArray[np.float32], reach: int) -> Law:
    """A law at the truth smoothed over `reach` frames on both sides."""
    loc = smoothed(truth, reach)
    return Law(loc[None], scale_at(CrpsByScale.of(loc, truth).table(), loc)[None])


def smoothed(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """A local quadratic through the rows around each row (Savitzky and Golay, 1964).

    Args:
        values: [rows, channels]; rows of NaN are unknown, and stay 0.
        reach: Rows on either side that it is fitted to; those beyond the ends are unknown.

    Returns:
        [rows, channels].
    """
    there = np.asarray(np.isfinite(values).any(axis=1))
    filled = np.nan_to_num(values)
    at = np.arange(-reach, reach + 1) / reach
    rows = there[:, None].astype(np.float64)
    count = np.stack([_around(rows, at**power)[:, 0] for power in range(5)])
    sums = np.stack([_around(filled, at**power) for power in range(3)], axis=1)
    powers = np.add.outer(np.arange(3), np.arange(3))
    moments = np.moveaxis(count[powers], -1, 0)
    fitted = np.linalg.pinv(moments, hermitian=True)[:, :1] @ sums
    return np.where(there[:, None], fitted[:, 0], 0.0).astype(np.float32)


def _around(values: NDArray[np.floating], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted sum over the rows around each row, [rows, channels]."""
    reach = len(weight) // 2
    padded = np.pad(values.astype(np.float64), ((reach, reach), (0, 0)))
    total = np.zeros(values.shape)
    for place, share in enumerate(weight):
        total += share * padded[place : place + len(values)]
    return total
