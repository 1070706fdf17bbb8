"""Lanes: the same seconds of the same wearer, side by side; in each another stream stops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES
from vrface.model.calibration import Calibration
from vrface.model.model import Model
from vrface.outputs.blending import BLEND_S
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired, column_frames
from vrface.session.pipeline import Pipeline
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.sequences import features_of

LENGTHS_S = (0.05, 0.2, 0.6)

RATE_HZ = 90.0

SECONDS = 30.0
"""Of a wearer's life: no longer than what calibrates them, so that nothing is found anew in it."""

FIRST_S, EVERY_S = 3.0, 2.87
"""When the first stop begins, and how long after one the next does: in no step with any sensor."""


class Stop(NamedTuple):
    """What stops in one lane, again and again.

    Attributes:
        stream: Which stream; empty = none.
        seconds: For how long each time.
    """

    stream: str
    seconds: float


UNDISTURBED = Stop("", 0.0)


@dataclass(frozen=True, eq=False)
class Lanes:
    """What was shown in L lanes; the first one is `UNDISTURBED`.

    Attributes:
        recording: What each lane hears, stops aside.
        stops: [L].
        begins_s: When each lane's stream stops.
        time_s: [frames] from the first one on.
        names: [N] of the weights.
        weights: [frames, L, N] as shown; NaN where absent.
        stddev: [frames, L, N] behind each.
        source: [frames, L, N] of each.
        fading: [frames, L, N] what of an earlier source is still in each weight.
    """

    recording: Paired
    stops: tuple[Stop, ...]
    begins_s: NDArray[np.float64]
    time_s: NDArray[np.float64]
    names: tuple[str, ...]
    weights: NDArray[np.float32]
    stddev: NDArray[np.float32]
    source: NDArray[np.uint8]
    fading: NDArray[np.float32]

    def between(self, since_s: float, until_s: float) -> slice:
        """The frames from one instant on, up to another, that one excluded."""
        first, last = np.searchsorted(self.time_s, (since_s, until_s))
        return slice(int(first), int(last))


def recorded(headset: HeadsetProfile, seed: int, seconds: float = SECONDS) -> Paired:
    """A synthetic wearer behind a headset."""
    performance = perform(Wearer.drawn(seed), seed=seed, seconds=seconds)
    return simulate(performance, headset, Donning.drawn(seed), rate_hz=RATE_HZ)


def stopped(recording: Paired, stop: Stop, begins_s: NDArray[np.float64]) -> Paired:
    """A recording of which nothing of one stream arrives for a while, again and again."""
    if not stop.stream:
        return recording
    number = recording.headset.stream_index(stop.stream)
    samples = recording.streams[number]
    since_s = (samples.arrival_ns - recording.frame_time_ns[0])[:, None] / 1e9 - begins_s
    lost = ((since_s >= 0.0) & (since_s < stop.seconds)).any(axis=1)
    streams = list(recording.streams)
    streams[number] = samples.kept(~lost)
    return replace(recording, streams=tuple(streams))


def lived(recording: Paired, model: Model) -> Lanes:
    """Stop each stream of a recording for each of `LENGTHS_S`, and keep what is shown.

    Args:
        recording: Its wearer is calibrated by it, as far as sensors tell.
        model: What infers.
    """
    streams = [stream.name for stream in recording.headset.streams]
    stops = (UNDISTURBED, *(Stop(name, length) for name in streams for length in LENGTHS_S))
    time_s = (recording.frame_time_ns - recording.frame_time_ns[0]) / 1e9
    begins_s = np.arange(FIRST_S, time_s[-1] - EVERY_S, EVERY_S)
    known = Calibration.unpaired(features_of(recording))
    pipeline = Pipeline(recording.headset, model, len(stops), [known] * len(stops))
    faces, fading = [], []
    heard = [stopped(recording, stop, begins_s) for stop in stops]
    for number, (frame_time_ns, samples) in enumerate(column_frames(heard)):
        pipeline.push_columns(samples)
        faces.append(pipeline.step(np.full(len(stops), number + 1), frame_time_ns))
        fading.append(_fading(pipeline)[:, : faces[-1].weights.shape[1]])
    return Lanes(
        recording,
        stops,
        begins_s,
        time_s,
        (*BLENDSHAPES, *pipeline.extras),
        np.array([face.weights for face in faces]),
        np.array([face.stddev for face in faces]),
        np.array([face.source for face in faces]),
        np.array(fading),
    )


def _fading(pipeline: Pipeline) -> NDArray[np.float32]:
    """What of an earlier source is in each weight, as `vrface.outputs.blending` lets it go."""
    blended = pipeline._stepper.memory.blended
    share = np.clip(1.0 - np.asarray(blended.since_s) / BLEND_S, 0.0, 1.0)
    return np.asarray(blended.off * (share * share * (3.0 - 2.0 * share)), np.float32)
