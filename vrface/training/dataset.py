"""`dataset`: windows of lessons, batch by batch, in one order that nothing but the seed sets.

Window n is a function of the lessons, the config and n alone. So a run that is resumed, or shared
by several processes, sees what an undisturbed one would have seen.

A window comes with what is known of its wearer: nothing, what the sensors read in other seconds of
the same donning, or the face behind them too; as it will be told of real ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Arrays, Calibration
from vrface.model.calibration.summary import QUANTILES, REST
from vrface.model.features import PLANES, SKIN, SLOTS, WIDTH, against
from vrface.model.known import SUMMARY, summaries
from vrface.training.config import TrainConfig
from vrface.training.disturb import kept, sensed, warp
from vrface.training.lessons import Lesson
from vrface.training.mirror import (
    mirrored_calibration,
    mirrored_features,
    mirrored_positions,
    mirrored_weights,
)

TOLD_S = (4.0, 30.0)
"""Shortest and longest seconds that tell of a wearer."""

APART_S = 0.5
"""Between a window and what tells of its wearer: neighbours say the same."""

SPARSE = 4
"""Of what tells of a wearer every n-th frame is looked at."""

_MOUTH = np.array([stream == "mouth_tracker" for stream, _ in SLOTS])
_VALUES = (PLANES.index("value"), PLANES.index("difference"))


class Batch(NamedTuple):
    """Windows to learn from.

    Attributes:
        features: [windows, frames, 4, 256].
        dt: [windows, frames] seconds since the frame before; 0 for the first.
        summary: [windows, `SUMMARY`] what is known of the wearers.
        positions: [windows, 128, 3] of skin sensors, metres.
        truth: [windows, frames, 54] rest-relative weights; NaN where unknown.
        counts: [windows, 54] how much an error counts: less where the shape is measured.
    """

    features: NDArray[np.float32]
    dt: NDArray[np.float32]
    summary: NDArray[np.float32]
    positions: NDArray[np.float32]
    truth: NDArray[np.float32]
    counts: NDArray[np.float32]


def dataset(
    lessons: Sequence[Lesson],
    statistics: Arrays,
    config: TrainConfig,
    *,
    first: int = 0,
    shard: tuple[int, int] = (0, 1),
) -> Iterator[Batch]:
    """Batches without end.

    Args:
        lessons: To cut windows from, each in proportion to its length.
        statistics: Of all training wearers (`vrface.training.logs.population`).
        config: Sizes, disturbances and the seed.
        first: Number of the batch to begin with.
        shard: (index, count): of every batch only the windows whose number leaves `index` when
            divided by `count`; all shards together see what one alone would.

    Raises:
        BadUse: if `count` does not divide the windows of a batch, or no log is long enough.
    """
    index, shards = shard
    if config.windows % shards or not 0 <= index < shards:
        raise BadUse(
            f"shard {index} of {shards} of {config.windows} windows.",
            "Give (index, count) with index below count, and a count that divides the windows.",
        )
    windows = _Windows(lessons, statistics, config)
    return (
        windows.batch(range(config.windows * n + index, config.windows * (n + 1), shards))
        for n in count(first)
    )


class _Windows:
    """Makes windows by number."""

    def __init__(self, lessons: Sequence[Lesson], statistics: Arrays, config: TrainConfig) -> None:
        self._lessons = [lesson for lesson in lessons if len(lesson.dt) >= config.frames]
        if not self._lessons:
            raise BadUse(
                f"no log is longer than a window of {config.frames} frames.", "Record longer ones."
            )
        seconds = np.array([lesson.seconds for lesson in self._lessons])
        self._upto = np.cumsum(seconds) / seconds.sum()
        self._statistics = statistics
        self._config = config

    def batch(self, numbers: Sequence[int]) -> Batch:
        """The windows of some numbers, in that order."""
        shape = (len(numbers), self._config.frames)
        batch = Batch(
            features=np.empty((*shape, len(PLANES), WIDTH), np.float32),
            dt=np.empty(shape, np.float32),
            summary=np.empty((len(numbers), SUMMARY), np.float32),
            positions=np.empty((len(numbers), len(SKIN), 3), np.float32),
            truth=np.empty((*shape, COUNT), np.float32),
            counts=np.empty((len(numbers), COUNT), np.float32),
        )
        for row, number in enumerate(numbers):
            self._fill(Batch(*(part[row] for part in batch)), number)
        return batch

    def _fill(self, row: Batch, number: int) -> None:
        """Write one window into its row."""
        config = self._config
        rng = np.random.default_rng([config.seed, number, 1])
        lesson = self._lessons[int(np.searchsorted(self._upto, rng.random(), side="right"))]
        start = int(rng.integers(len(lesson.dt) - config.frames + 1))
        frames = slice(start, start + config.frames)
        there = kept(lesson.headset, config.disturbances, rng)
        gain = np.where(
            _MOUTH, np.exp(config.disturbances.gain * rng.standard_normal(WIDTH)), 1.0
        ).astype(np.float32)
        measured = sensed(lesson.headset, there)
        warped = warp(config.disturbances, measured, rng)
        known = self._known(lesson, frames, warped, rng)
        known = Calibration(known.mode, _seen(known.sensors, there, gain), known.face)
        features = lesson.features(frames)
        features[:, :, ~there] = 0.0
        row.positions[:], row.truth[:] = lesson.positions, lesson.truth(frames, warped)
        features = against(features, known.levels(self._statistics))
        # A gain scales what a channel does off its rest: value and difference alike.
        features[:, _VALUES] *= gain
        row.counts[:] = np.where(measured, config.measured, 1.0)
        if rng.random() < config.mirror:
            features, known = mirrored_features(features), mirrored_calibration(known)
            row.positions[:] = mirrored_positions(row.positions)
            row.truth[:] = mirrored_weights(row.truth)
            row.counts[:] = mirrored_weights(row.counts)
        row.features[:] = features
        row.dt[:] = lesson.dt[frames]
        row.dt[0] = 0.0
        row.summary[:] = summaries([known], self._statistics)[0]

    def _known(
        self,
        lesson: Lesson,
        frames: slice,
        warped: tuple[NDArray[np.float32], NDArray[np.float32]],
        rng: np.random.Generator,
    ) -> Calibration:
        """What is known of the wearer of a window, from other seconds."""
        drawn, length_s, at = rng.random(3)
        if drawn >= self._config.unpaired + self._config.paired:
            return Calibration.none()
        time_s = lesson.time_s
        free = (
            (0.0, time_s[frames.start] - APART_S),
            (time_s[frames.stop - 1] + APART_S, lesson.seconds),
        )
        begin_s, end_s = max(free, key=lambda side: side[1] - side[0])
        told_s = TOLD_S[0] + (TOLD_S[1] - TOLD_S[0]) * length_s
        told_s = min(told_s, end_s - begin_s)
        if told_s < TOLD_S[0]:
            return Calibration.none()
        begin_s += at * (end_s - begin_s - told_s)
        first, last = np.searchsorted(time_s, [begin_s, begin_s + told_s])
        tells = slice(first, last, SPARSE)
        features = lesson.features(tells)
        if drawn < self._config.unpaired:
            return Calibration.unpaired(features)
        rest, weights = lesson.face_rest, lesson.weights[tells]
        moved = rest + (1.0 - rest) * lesson.truth(tells, warped)
        # What is below rest no warp has a part in; where no rest is known, nothing moves off it.
        weights = np.where(weights > rest, moved, weights).astype(np.float32)
        return Calibration.paired(features, weights, time_s[tells])


def _seen(
    sensors: NDArray[np.float32], there: NDArray[np.bool_], gain: NDArray[np.float32]
) -> NDArray[np.float32]:
    """A calibration's sensors as those that are there say them, each with its gain."""
    rest = sensors[REST]
    seen = rest + (sensors - rest) * gain
    seen[len(QUANTILES) :] = sensors[len(QUANTILES) :] * gain
    return np.where(there, seen, np.float32(np.nan)).astype(np.float32)
