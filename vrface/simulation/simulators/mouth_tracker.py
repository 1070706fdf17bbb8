"""A tracker of shapes, at the mouth or on the upper face: cameras and somebody else's network.

The truth is never cleanly visible. What the tracker knows is late by a little that changes, and
smoothed; shapes whose images resemble each other mix; each channel has its own gain, offset and
dead zone; noise and drift lie on top; hair on the lips makes all of it worse; now and then the face
is not found. Sizes are those of published mouth trackers where one is given, else assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT, indices
from vrface.sensors.stream import Stream
from vrface.simulation.occlusion.shape_tracker import NOISE_TIME_CONSTANT_S, true_shape
from vrface.simulation.occlusion.wear import through_scheme
from vrface.simulation.simulators.outages import Outages
from vrface.simulation.simulators.signals import Floats, one_pole, wander, weights_at
from vrface.simulation.worn import Worn


@dataclass(frozen=True)
class _Family:
    """How a tracker answers.

    Attributes:
        smooth_s: Least and largest time constant of its low-pass.
        gamma: Least and largest exponent of its answer.
        levels: How many values a channel can take; 0 = any.
        noise: Standard deviation of its noise, in the profile's.
    """

    smooth_s: tuple[float, float] = (0.002, 0.015)
    gamma: tuple[float, float] = (1.0, 1.0)
    levels: int = 0
    noise: float = 1.0


_FAMILIES = {
    "quick": _Family(),
    "smoothed": _Family(smooth_s=(0.03, 0.08), noise=0.6),
    "curved": _Family(smooth_s=(0.01, 0.03), gamma=(0.8, 1.25)),
    "quantised": _Family(smooth_s=(0.01, 0.05), gamma=(0.6, 1.7), levels=64, noise=0.8),
}

FAMILIES: tuple[str, ...] = tuple(_FAMILIES)
"""How it answers; the last one is held out for testing."""

GAIN = (0.7, 1.3)
"""Least and largest gain of a channel, by donning. Assumed, as an avatar's gains."""

BIAS = 0.02
"""Standard deviation of a channel's offset, by donning. Assumed."""

DEAD = (0.0, 0.06)
"""Below this much a channel stays 0, by donning. Assumed: trackers calm a resting face."""

CROSSTALK = 0.12
"""How much of one shape at most shows in another one of `MIXED`, by donning. Assumed."""

MIXED: tuple[tuple[str, ...], ...] = (
    (
        "mouthPucker",
        "mouthFunnel",
        "mouthPressLeft",
        "mouthPressRight",
        "mouthRollLower",
        "mouthRollUpper",
        "mouthClose",
    ),
    ("browDownLeft", "browDownRight", "noseSneerLeft", "noseSneerRight"),
    ("mouthSmileLeft", "cheekSquintLeft", "mouthDimpleLeft"),
    ("mouthSmileRight", "cheekSquintRight", "mouthDimpleRight"),
)
"""Shapes that look alike to a camera from below, or close by."""

LATE_S, LATE_JITTER_S = (0.0, 0.02), 0.004
"""How much older than its time stamp a value is, by donning, and how that changes: with the
profile's latency the 10-60 ms of camera trackers. Assumed."""

DRIFT, DRIFT_S = 0.015, 30.0
"""Standard deviation of the slow drift of a channel, and its time. Assumed."""

BEARD = 1.0
"""How much louder noise, crosstalk and dead zone are under a full beard. Assumed."""

LOST_PER_MINUTE, LOST_S = 0.5, (0.15, 1.5)
"""How often the face is not found, and how long: together about half a percent. Assumed."""


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Weights in [0, 1]; protocol of `Sense`."""
    family = _FAMILIES[worn.family(stream.name)]
    rng, noise = worn.donned(stream.name), worn.noise(stream.name)
    worse = 1.0 + BEARD * worn.donning.beard * (stream.name == "mouth_tracker")

    late_s = rng.uniform(*LATE_S) + LATE_JITTER_S * wander(noise, time_s, 0.1, 1)[:, 0]
    face = weights_at(worn, time_s - np.maximum(late_s, 0.0)).astype(np.float64)
    face = one_pole(face @ _mixing(rng, worse), time_s, rng.uniform(*family.smooth_s))
    weights = _through(worn, time_s, face)
    truth = np.stack([true_shape(name, weights) for name in stream.channels], axis=1)

    count = len(stream.channels)
    answer = truth.astype(np.float64) ** rng.uniform(*family.gamma, count)
    answer = answer * rng.uniform(*GAIN, count) + BIAS * worse * rng.standard_normal(count)
    answer += DRIFT * wander(noise, time_s, DRIFT_S, count)
    level = family.noise * worse * stream.noise
    answer += level * wander(noise, time_s, NOISE_TIME_CONSTANT_S, count)
    dead = worse * rng.uniform(*DEAD, count)
    values = np.clip((answer - dead) / (1.0 - dead), 0.0, 1.0)
    if family.levels:
        values = np.round(values * (family.levels - 1)) / (family.levels - 1)
    seconds = worn.performance.seconds
    values[Outages.drawn(noise, seconds, LOST_PER_MINUTE * worse, *LOST_S).cover(time_s)] = np.nan
    return values.astype(np.float32)


def _mixing(rng: np.random.Generator, worse: float) -> Floats:
    """[54, 54] what each shape shows of the others."""
    mixing = np.eye(COUNT)
    for names in MIXED:
        alike = indices(list(names))
        leak = np.minimum(worse * rng.uniform(0.0, CROSSTALK, (len(alike), len(alike))), 0.3)
        np.fill_diagonal(leak, 1.0)
        mixing[np.ix_(alike, alike)] = leak
    return mixing


def _through(worn: Worn, time_s: Floats, face: Floats) -> NDArray[np.float32]:
    """[samples, 54] what the headset's scheme leaves of the face."""
    # The scheme wants a take; only its weights matter.
    take = worn.performance.at(time_s).take()
    weights = np.clip(face, 0.0, 1.0).astype(np.float32)
    return through_scheme(replace(take, weights=weights), worn.headset.scheme)
