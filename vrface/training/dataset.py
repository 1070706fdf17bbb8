"""`dataset`: windows of training logs, batch by batch, in one order that nothing but the seed sets.

Window n is a function of the logs, the config and n alone. So a run that is resumed, or shared by
several processes, sees what an undisturbed one would have seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model.features import PLANES, SLOTS, WIDTH
from vrface.sensors.paired import Paired
from vrface.training.config import TrainConfig
from vrface.training.disturb import disturbed
from vrface.training.logs import TrainingLog
from vrface.training.mirror import mirrored_features, mirrored_weights
from vrface.training.rest import relative
from vrface.training.sequences import features_of, rested, seconds_between
from vrface.training.tiers import without_extras

_MOUTH = np.array([stream == "mouth_tracker" for stream, _ in SLOTS])


class Batch(NamedTuple):
    """Windows to learn from.

    Attributes:
        features: [windows, frames, 4, 68].
        dt: [windows, frames] seconds since the frame before; 0 for the first.
        truth: [windows, frames, 54] rest-relative weights; NaN where unknown.
    """

    features: NDArray[np.float32]
    dt: NDArray[np.float32]
    truth: NDArray[np.float32]


def dataset(
    logs: Sequence[TrainingLog],
    population: NDArray[np.float32],
    config: TrainConfig,
    *,
    first: int = 0,
    shard: tuple[int, int] = (0, 1),
) -> Iterator[Batch]:
    """Batches without end.

    Args:
        logs: To draw windows from, each in proportion to its length.
        population: [68] what a slot reads at rest on average.
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
    windows = _Windows(logs, population, config)
    return (
        windows.batch(range(config.windows * n + index, config.windows * (n + 1), shards))
        for n in count(first)
    )


class _Window(NamedTuple):
    """One window before it is aligned, and what is to be done with its features."""

    paired: Paired
    face_rest: NDArray[np.float32]
    rest: NDArray[np.float32]
    gain: NDArray[np.float32]
    mirror: bool


class _Windows:
    """Makes windows by number."""

    def __init__(
        self, logs: Sequence[TrainingLog], population: NDArray[np.float32], config: TrainConfig
    ) -> None:
        shortest_s = config.frames / config.disturbances.rate_hz[1]
        self._logs = [
            replace(log, paired=without_extras(log.paired))
            for log in logs
            if log.paired.truth.seconds > shortest_s
        ]
        if not self._logs:
            raise BadUse(
                f"no log is longer than a window, {shortest_s:.1f} s.", "Record longer ones."
            )
        seconds = np.array([log.paired.truth.seconds for log in self._logs])
        self._upto = np.cumsum(seconds) / seconds.sum()
        self._population = population
        self._config = config

    def batch(self, numbers: Sequence[int]) -> Batch:
        """The windows of some numbers, in that order."""
        windows = [self._window(number) for number in numbers]
        shape = (len(windows), self._config.frames)
        features = np.empty((*shape, len(PLANES), WIDTH), np.float32)
        for worn in {window.paired.headset for window in windows}:
            rows = [row for row, window in enumerate(windows) if window.paired.headset == worn]
            features[rows] = self._features([windows[row] for row in rows])
        truth, dt = np.empty((*shape, COUNT), np.float32), np.empty(shape, np.float32)
        for row, window in enumerate(windows):
            truth[row] = relative(window.paired.truth.weights, window.face_rest)
            dt[row] = seconds_between(window.paired.frame_time_ns)
            if window.mirror:
                features[row] = mirrored_features(features[row])
                truth[row] = mirrored_weights(truth[row])
        return Batch(features, dt, truth)

    def _window(self, number: int) -> _Window:
        config = self._config
        rng = np.random.default_rng([config.seed, number])
        log = self._logs[int(np.searchsorted(self._upto, rng.random(), side="right"))]
        paired = disturbed(log.paired, config.frames, config.disturbances, rng)
        known = np.isfinite(log.sensor_rest) & (rng.random() < config.own_rest)
        gain = np.exp(config.disturbances.gain * rng.standard_normal(WIDTH))
        return _Window(
            paired=paired,
            face_rest=log.face_rest,
            rest=np.where(known, log.sensor_rest, self._population),
            gain=np.where(_MOUTH, gain, 1.0).astype(np.float32),
            mirror=bool(rng.random() < config.mirror),
        )

    def _features(self, windows: Sequence[_Window]) -> NDArray[np.float32]:
        """[windows, frames, 4, 68] of windows through one headset, by the path serving takes."""
        features = features_of([window.paired for window in windows])
        features = rested(features, np.stack([window.rest for window in windows]))
        # A gain scales what a channel does off its rest: value and difference alike.
        features[:, :, :2] *= np.stack([window.gain for window in windows])[:, None, :]
        return features.swapaxes(0, 1)
