"""Whether a shown face moves as faces do, whoever's moment it shows: sides, and windows of motion.

Neither looks at whether the right thing happened: a plausible but unrelated face passes both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import group_of, mirrored
from vrface.training.metrics.arrays import Figures, Floats, mean
from vrface.training.metrics.movement import centred, lively

WINDOW = 64
"""Frames of one window: about a second."""

HOP = 16
"""Frames from one window to the next; more in a long record, which has `MAX_WINDOWS`."""

MAX_WINDOWS = 1024

MIN_WINDOWS = 96
"""Fewer give no distance: half of them would not fill the covariance of `COMPONENTS` numbers."""

COMPONENTS = 24
"""Principal components of the truth's windows that a distance is taken in."""

BLOCK_S = 8.0
"""Halves of the truth are dealt in blocks this long: neighbouring windows are nearly the same."""

MIN_BLOCKS = 4

DEALS = 10

_OPPOSED = ("jawLeft", "mouthLeft")
"""A jaw or a mouth goes to one side or the other: these are no two sides of one movement."""


def sides(names: Sequence[str], truth: Floats, shown: Floats) -> Figures:
    """How alike the two sides of the face move.

    Args:
        names: Of the channels.
        truth: [frames, channels]; NaN where not scored.
        shown: [frames, channels].

    Returns:
        ``truth_correlation`` and ``shown_correlation``, ``sum cov(l, r) / sqrt(sum var l sum var
        r)`` over the pairs of which a side moves in the truth; ``truth_gap`` and ``shown_gap``,
        their mean ``|left - right|``. None where no pair moves, or nothing to correlate does.
    """
    moves = dict(zip(names, lively(truth), strict=True))
    pairs = [
        (names.index(name), names.index(mirrored(name)))
        for name in names
        if name.endswith("Left") and mirrored(name) in names
        if name not in _OPPOSED and group_of(name) != "gaze"
        if moves[name] or moves[mirrored(name)]
    ]
    left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    unknown = ~(np.isfinite(truth[:, left]) & np.isfinite(truth[:, right]))
    figures: Figures = {}
    for whose, face in (("truth", truth), ("shown", shown)):
        one, other = (np.where(unknown, np.nan, face[:, side]) for side in (left, right))
        figures[f"{whose}_correlation"] = _correlation(one, other)
        figures[f"{whose}_gap"] = mean(np.abs(one - other))
    return figures


def windows(truth: Floats, shown: Floats, period_s: float) -> Figures:
    """Frechet distance of windows of motion, and what it would be between parts of the truth.

    A window is `WINDOW` frames of values and of velocities, these scaled so that in the truth both
    spread alike, in the first `COMPONENTS` principal components of the truth's windows and, as one
    number more, the length of what these leave over: the truth's components are smooth, and jitter
    lies outside them. The windows of a face are then taken for one Gaussian:
    ``|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))``. A covariance of n windows in d numbers is
    shrunk towards its diagonal by ``d / (d + n)``.

    Args:
        truth: [frames, channels]; windows with a NaN are left out of both faces.
        shown: [frames, channels].
        period_s: Seconds between frames.

    Returns:
        ``frechet``; ``floor``, its mean between two halves of the truth, dealt at random in blocks
        of `BLOCK_S`, over `DEALS` deals; ``multiple`` of the floor. The halves have half as many
        windows each, so that a face as lively as the truth comes out below 1. All None where
        fewer than `MIN_WINDOWS` windows or `MIN_BLOCKS` blocks are known, or the truth stands
        still.
    """
    known = np.where(np.isfinite(shown), truth, np.nan)
    starts = _starts(np.asarray(np.isfinite(known).all(axis=1)))
    block = round(BLOCK_S / period_s)
    blocks = starts // block
    # A window across two blocks would be in both halves.
    blocks[(starts + WINDOW - 1) // block != blocks] = -1
    dealt = np.unique(blocks[blocks >= 0])
    if len(starts) < MIN_WINDOWS or len(dealt) < MIN_BLOCKS or not lively(known).any():
        return {"frechet": None, "floor": None, "multiple": None}
    true, other = _components(truth, shown, starts)
    rng = np.random.default_rng(0)
    halves = [np.isin(blocks, rng.permutation(dealt)[: len(dealt) // 2]) for _ in range(DEALS)]
    floor = np.mean([_frechet(true[one], true[(blocks >= 0) & ~one]) for one in halves])
    distance = _frechet(true, other)
    return {"frechet": distance, "floor": float(floor), "multiple": distance / float(floor)}


def _correlation(one: Floats, other: Floats) -> float | None:
    one, other = centred(one), centred(other)
    spread = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / spread) if spread > 0 else None


def _starts(known: NDArray[np.bool_]) -> NDArray[np.intp]:
    """[windows] first frames of the windows in which every frame is known."""
    hop = max(HOP, len(known) // MAX_WINDOWS)
    starts = np.arange(0, len(known) - WINDOW + 1, hop)
    total = np.concatenate([[0], np.cumsum(known)])
    return np.asarray(starts[total[starts + WINDOW] - total[starts] == WINDOW])


def _components(
    truth: Floats, shown: Floats, starts: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[windows, components + 1] of the truth and of the shown face, in the truth's components."""
    rows = starts[:, None] + np.arange(WINDOW)
    values = truth[rows].astype(np.float64)
    size = np.std(values, axis=(0, 1)).mean() / max(np.std(np.diff(values, axis=1)), 1e-9)

    def flat(face: Floats) -> NDArray[np.float64]:
        cut = face[rows].astype(np.float64)
        both = np.concatenate([cut, size * np.diff(cut, axis=1)], axis=1)
        return both.reshape(len(cut), -1)

    true, other = flat(truth), flat(shown)
    middle = true.mean(axis=0)
    _, _, axes = np.linalg.svd(true - middle, full_matrices=False)
    axes = axes[:COMPONENTS]
    return _placed(true - middle, axes), _placed(other - middle, axes)


def _placed(flat: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along each axis, and how much is left when these are taken away."""
    along = flat @ axes.T
    left = np.sqrt(np.maximum((flat**2).sum(axis=1) - (along**2).sum(axis=1), 0.0))
    return np.concatenate([along, left[:, None]], axis=1)


def _frechet(one: Floats, other: Floats) -> float:
    """Frechet distance of two clouds [points, components], each taken for a Gaussian."""
    (mean_1, cov_1), (mean_2, cov_2) = _gaussian(one), _gaussian(other)
    root = _root(cov_1)
    shared = np.trace(_root(root @ cov_2 @ root))
    apart = ((mean_1 - mean_2) ** 2).sum() + np.trace(cov_1) + np.trace(cov_2) - 2.0 * shared
    return float(max(apart, 0.0))


def _gaussian(points: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    middle = points.mean(axis=0)
    covariance = (points - middle).T @ (points - middle) / len(points)
    shrink = points.shape[1] / (points.shape[1] + len(points))
    own = np.diag(np.diag(covariance))
    return middle, (1.0 - shrink) * covariance + shrink * own


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The square root of a symmetric positive semidefinite matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2.0)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
