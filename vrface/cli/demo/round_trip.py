"""`RoundTrip`: sensor frames go up to a server, faces come back, and each trip is timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import ServerError
from vrface.face.expression import Style
from vrface.sensors.paired import Paired

SAME = 1e-4
"""Faces from the server and from this process may differ by this: other threads, other sums."""

PATIENCE_S = 30.0
"""How long a busy machine may take for one face."""


@dataclass(frozen=True)
class RoundTrip:
    """What came back over the wire.

    Attributes:
        weights: [frames, 54 + extras].
        stddev: [frames, 54 + extras].
        source: [frames, 54 + extras] `Source`.
        gaze: [frames, 4] radians.
        round_trip_ms: [frames] from handing a frame over to holding its face.
        seconds: How long all frames took.
        model_digest: Of the checkpoint that the server inferred with.
        seed: Of the lively style, as the server says.
    """

    weights: NDArray[np.float32]
    stddev: NDArray[np.float32]
    source: NDArray[np.uint8]
    gaze: NDArray[np.float32]
    round_trip_ms: NDArray[np.float64]
    seconds: float
    model_digest: bytes
    seed: int


def round_trip(
    paired: Paired,
    address: str,
    progress: Callable[[int], None],
    style: Style = "expected",
    seed: int = 0,
) -> RoundTrip:
    """Send every frame of a recording to a server, one after the other, and collect the faces.

    Args:
        paired: The recording.
        address: Of the server.
        progress: Told how many faces have come.
        style: What they show of what is inferred.
        seed: Of the lively style; 0 = the server draws one.

    Raises:
        ServerError: if the server is gone, or a face is missing or out of order.
    """
    from vrface.client import RemoteSession

    started = time.perf_counter()
    faces = []
    with RemoteSession(
        address, headset=paired.headset, timeout_s=PATIENCE_S, style=style, seed=seed
    ) as session:
        for face in session.run(paired.frames()):
            faces.append(face)
            progress(len(faces))
        digest, seed, trips = session.model_digest, session.seed, session.round_trip_ms
    wanted = len(paired.frame_time_ns)
    if [face.sequence for face in faces] != list(range(1, wanted + 1)):
        raise ServerError(f"{wanted} frames went up, but not one face each came down, in order.")
    return RoundTrip(
        weights=np.stack([face.weights for face in faces]),
        stddev=np.stack([face.stddev for face in faces]),
        source=np.stack([face.source for face in faces]),
        gaze=np.stack([face.gaze for face in faces]),
        round_trip_ms=np.array(trips),
        seconds=time.perf_counter() - started,
        model_digest=digest,
        seed=seed,
    )


def difference(trip: RoundTrip, weights: NDArray[np.float32], source: NDArray[np.uint8]) -> float:
    """The largest difference between the faces that crossed the wire and those made here.

    Args:
        trip: What came back.
        weights: [frames, 54 + extras] made in this process from the same frames.
        source: [frames, 54 + extras] likewise.

    Raises:
        ServerError: if a source differs, a value is there on one side only, or `SAME` is exceeded.
    """
    here, there = np.isfinite(weights), np.isfinite(trip.weights)
    largest = float(np.abs(weights - trip.weights)[here & there].max(initial=0.0))
    if (here != there).any() or (source != trip.source).any() or largest > SAME:
        raise ServerError(
            f"the faces over the wire are not those made here: they differ by up to {largest:.1e}.",
            "This is a fault of vrface; please report it with the seed.",
        )
    return largest
