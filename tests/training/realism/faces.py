"""Hand-made takes, whose figures are known."""

from collections.abc import Callable, Mapping

import numpy as np

from vrface.face.blendshapes import BLENDSHAPES, COUNT, indices
from vrface.face.expression import Source
from vrface.face.take import Take

REST = np.zeros(COUNT)

Track = Callable[[np.ndarray], np.ndarray]


def take(
    shapes: Mapping[str, Track] | None = None,
    *,
    pitch: Track | None = None,
    seconds: float = 60.0,
    rate_hz: float = 30.0,
    person: str = "nobody",
) -> Take:
    """A take that rests at 0 but for some shapes (a name without its side is both sides)."""
    time_s = np.arange(round(seconds * rate_hz) + 1) / rate_hz
    weights = np.zeros((len(time_s), COUNT), np.float32)
    for name, track in (shapes or {}).items():
        sides = [name] if name in BLENDSHAPES else [f"{name}Left", f"{name}Right"]
        weights[:, indices(sides)] = track(time_s)[:, None]
    gaze = np.zeros((len(time_s), 4), np.float32)
    if pitch is not None:
        gaze[:, 1::2] = pitch(time_s)[:, None]
    return Take(
        name="hand-made",
        person=person,
        time_ns=np.round(time_s * 1e9).astype(np.int64),
        weights=weights,
        gaze=gaze,
        source=np.full(COUNT, Source.MEASURED, np.uint8),
    )


def pulses(
    heights: tuple[float, ...], every_s: float = 4.0, up_s: float = 0.1, down_s: float = 0.2
) -> Track:
    """One straight rise and fall after another, of these heights in turn."""

    def track(time_s: np.ndarray) -> np.ndarray:
        since, number = time_s % every_s - 1.0, (time_s // every_s).astype(int)
        rise = np.clip(np.minimum(1.0 + since / up_s, 1.0 - since / down_s), 0.0, 1.0)
        return np.asarray(rise * np.array(heights)[number % len(heights)])

    return track


def held(height: float, start_s: float, stop_s: float) -> Track:
    """`height` from one time to another, 0 otherwise."""
    return lambda time_s: np.where((time_s >= start_s) & (time_s < stop_s), height, 0.0)
