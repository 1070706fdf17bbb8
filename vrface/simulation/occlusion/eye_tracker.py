"""A simulated eye tracker: lids and gaze, in evaluation sensors version 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.face.gaze import GAZE_CHANNELS
from vrface.sensors.headset import measured_by_channel
from vrface.sensors.stream import Stream

OPENNESS_GAIN = 1.1
"""A lid counts as fully open before it is: openness saturates at 1."""

LID_SHAPE_NOISE = 0.02
"""Standard deviation of wide and squeeze; openness has the profile's."""

HELD_BELOW = 0.7
"""Openness below which a gaze can no longer be seen."""

HELD_AROUND_S = 0.033
"""Before and after a lid was that low, gaze is not believed either."""


def openness(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the left and the right lid are open, without noise: ``clip(1.1 (1 - eyeBlink))``.

    Args:
        weights: [..., 54].

    Returns:
        [..., 2] in [0, 1]; NaN where the face is unknown.
    """
    blink = weights[..., indices(["eyeBlinkLeft", "eyeBlinkRight"])]
    lid: NDArray[np.float32] = np.clip(np.float32(OPENNESS_GAIN) * (1 - blink), 0.0, 1.0)
    return lid


def lids(
    stream: Stream, weights: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Sense the lids: openness, wide (eyeWide) and squeeze (eyeSquint), each with white noise.

    Args:
        stream: The lids of a headset.
        weights: [samples, 54] the face at the stream's own rate.
        rng: Draws the noise.

    Returns:
        [samples, channels] in [0, 1]; NaN where the face is unknown.
    """
    open_left_right = openness(weights)
    values = np.empty((len(weights), len(stream.channels)))
    for number, name in enumerate(stream.channels):
        if name.startswith("openness"):
            truth = open_left_right[:, int(name.endswith("right"))]
            noise = stream.noise
        else:
            truth = weights[:, indices([str(measured_by_channel("lids", name))])[0]]
            noise = LID_SHAPE_NOISE
        values[:, number] = truth + noise * rng.standard_normal(len(weights))
    return np.clip(values, 0.0, 1.0).astype(np.float32)


def gaze(
    stream: Stream,
    weights: NDArray[np.float32],
    angles: NDArray[np.float32],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Sense where each eye looks.

    While its lid is below `HELD_BELOW` of open, and `HELD_AROUND_S` before and after, an eye's gaze
    stays where it was: trackers lose the pupil there, and in face recordings the lid leaks into
    gaze. The noise is white and goes on, so that a held gaze does not give itself away.

    Args:
        stream: The gaze of a headset, of each eye or combined: then it is the mean of both, which
            needs both. Channels beyond the angles have no value.
        weights: [samples, 54] the face at the stream's own rate.
        angles: [samples, 4] the true gaze, radians.
        rng: Draws the noise.

    Returns:
        [samples, channels]; NaN where gaze is unknown.
    """
    low = np.nan_to_num(openness(weights), nan=1.0) < HELD_BELOW
    low = widened(low, round(HELD_AROUND_S * stream.rate_hz))
    steady = held(angles, np.repeat(low, 2, axis=1))
    names = GAZE_CHANNELS
    if stream.name == "gaze_combined":
        steady, names = steady.reshape(-1, 2, 2).mean(axis=1), ("yaw", "pitch")
    seen = steady + stream.noise * rng.standard_normal(steady.shape)
    values = np.full((len(seen), len(stream.channels)), np.nan)
    for number, name in enumerate(stream.channels):
        if name in names:
            values[:, number] = seen[:, names.index(name)]
    return values.astype(np.float32)


def widened(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """True also `by` samples before and after every true one, along axis 0."""
    wide = mask.copy()
    for shift in range(1, by + 1):
        wide[shift:] |= mask[:-shift]
        wide[:-shift] |= mask[shift:]
    return wide


def held(values: NDArray[np.float32], where: NDArray[np.bool_]) -> NDArray[np.float32]:
    """[samples, columns] values, and `where` it says so the last one from before.

    NaN where there is none before. Both are [samples, columns].
    """
    place = np.where(where, -1, np.arange(len(values))[:, None])
    latest = np.maximum.accumulate(place, axis=0)
    kept = np.take_along_axis(values, np.maximum(latest, 0), axis=0)
    return np.where(latest >= 0, kept, np.float32(np.nan))
