"""`wear`: put a simulated headset on a recorded face.

The face goes in whole; out come the samples that the headset would have sent and the truth it
hides. The figures are "evaluation sensors version 1": a real face under them is a real face with
simulated sensors, and every score of it says so.
"""

from __future__ import annotations

import zlib
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, TakeError
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.scheme_table import Fate
from vrface.face.schemes import scheme
from vrface.face.take import Take
from vrface.sensors.headset import SHAPE_STREAMS, HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.sensors.recording import StreamSamples
from vrface.sensors.stream import Stream
from vrface.simulation.occlusion import eye_tracker, shape_tracker

SENSORS_VERSION = 1
"""Of the simulated sensors' figures; scores under different versions are not comparable."""

DROPPED = 0.02
"""Share of a stream's samples that never arrive, each by chance."""


def wear(take: Take, headset: HeadsetProfile, *, seed: int, rate_hz: float = 60.0) -> Paired:
    """Hide what a headset hides and sense the rest as it would.

    The face passes through the headset's own scheme, with its losses; each stream samples it at its
    own rate with gain, noise, holds and drop-outs, and samples arrive the profile's latency late.
    Where the recording lost the face there are no samples and no truth. Streams nobody simulates
    yet stay silent.

    Args:
        take: A full face.
        headset: What to put on.
        seed: Which donning: gains, noise and drop-outs. The same seed gives the same bytes.
        rate_hz: How often a face is wanted.

    Returns:
        Samples and truth; the truth's eyeLook weights derive from its gaze.

    Raises:
        BadUse: if `rate_hz` is not above 0, or leaves fewer than two frames.
        TakeError: if the recording has the face in fewer than two frames.
    """
    if take.tracked.sum() < 2:
        raise TakeError(f"take {take.name!r} has the face in fewer than two frames.")
    length_ns = int(take.time_ns[-1] - take.time_ns[0])
    # A take's last frame time is rounded to nanoseconds: it may lie a hair before its instant.
    frames = int(length_ns * rate_hz / 1e9 + 1e-6) + 1 if rate_hz > 0 else 0
    if frames < 2:
        raise BadUse(f"{rate_hz} Hz makes {frames} frames of a take of {take.seconds:.3f} s.")
    frame_time_ns = take.time_ns[0] + np.round(np.arange(frames) * 1e9 / rate_hz).astype(np.int64)
    return Paired(
        name=take.name,
        wearer=take.person,
        donning=f"simulated-{seed}",
        headset=headset,
        frame_time_ns=frame_time_ns,
        streams=tuple(_sense(take, headset, stream, seed) for stream in headset.streams),
        truth=_truth(take, frame_time_ns),
        real_face=not take.simulated,
        real_sensors=False,
    )


def _sense(take: Take, headset: HeadsetProfile, stream: Stream, seed: int) -> StreamSamples:
    """The samples of one stream."""
    rng = _generator(seed, take.person, stream.name, take.name)
    period_ns = 1e9 / stream.rate_hz
    start_ns = take.time_ns[0] + rng.uniform(0, period_ns)
    count = int((take.time_ns[-1] - take.time_ns[0]) / period_ns) + 2  # the last are past the end
    time_ns = np.round(start_ns + np.arange(count) * period_ns).astype(np.int64)

    face = take.at(time_ns)
    weights = through_scheme(face, headset.scheme)
    if stream.name in SHAPE_STREAMS:
        values = _shapes(take, stream, weights, seed, rng)
    elif stream.name == "lids":
        values = eye_tracker.lids(stream, weights, rng)
    elif stream.name in ("gaze", "gaze_combined"):
        values = eye_tracker.gaze(stream, weights, face.gaze, rng)
    else:
        values = np.full((count, len(stream.channels)), np.nan, dtype=np.float32)
    known = face.tracked & np.isfinite(values).any(axis=1)
    arrives = known & (rng.uniform(size=count) >= DROPPED)
    return StreamSamples(
        sample_time_ns=time_ns[arrives],
        arrival_ns=time_ns[arrives] + 1000 * stream.latency_us,
        values=values[arrives],
    )


def _shapes(
    take: Take,
    stream: Stream,
    weights: NDArray[np.float32],
    seed: int,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """What a stream of shapes sees; extras draw of their own, so that no other value changes."""
    values = np.empty((len(weights), len(stream.channels)), dtype=np.float32)
    beyond = np.isin(stream.channels, EXTRAS)
    extras = f"{stream.name} extras"
    own = _generator(seed, take.person, extras, take.name)
    for name, here, noise in ((stream.name, ~beyond, rng), (extras, beyond, own)):
        if here.any():
            channels = list(compress(stream.channels, here))
            donning = _generator(seed, take.person, name)
            values[:, here] = shape_tracker.shapes(channels, weights, stream, donning, noise)
    return values


def _generator(seed: int, *names: str) -> np.random.Generator:
    """Randomness of its own for each person, stream and take: none depends on the others."""
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])


def through_scheme(face: Take, name: str) -> NDArray[np.float32]:
    """[frames, 54] what a scheme leaves of a face: itself, lost (NaN), or what two shapes share.

    Models are trained on this. So only shapes that share one value of the scheme are written and
    read; how it splits and merges the others is no business of a sensor that sees them whole.
    """
    absent = face.source == Source.ABSENT
    weights = face.weights
    if name:
        via = scheme(name)
        shared = [t.name for row in via.rows if row.fate == Fate.COPIED for t in row.into]
        passed = via.read(via.write(np.where(absent, np.float32(0.0), weights)))[:, :COUNT]
        weights = np.where(np.isin(BLENDSHAPES, via.lacks), np.float32(np.nan), weights)
        weights = np.where(np.isin(BLENDSHAPES, shared), passed, np.clip(weights, 0.0, 1.0))
    return np.where(absent, np.float32(np.nan), weights)


def _truth(take: Take, frame_time_ns: NDArray[np.int64]) -> Take:
    truth = take.at(frame_time_ns)
    truth.weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(truth.gaze)
    return truth
