"""`statistics`: how one recorded face blinks, looks, raises brows, moves and rests, in figures.

Weights are relative to the person's rest. Every take is looked at as a phone would have filmed it,
at `CAMERA_HZ`: a quick blink loses its lowest point between two frames, and a figure of a face
filmed more finely is no measure for one that was not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, group_indices, group_of, indices, mirrored
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.training.metrics.arrays import Bools, Figures, Floats
from vrface.training.metrics.events import runs
from vrface.training.metrics.liveliness import sides
from vrface.training.metrics.movement import lively
from vrface.training.realism.blinking import blinking
from vrface.training.realism.looking import looking
from vrface.training.realism.raising import raising
from vrface.training.rest import RESTLESS, relative

CAMERA_HZ = 30.0
"""What the open Live Link Face takes were filmed at."""

ACTIVE = 0.2
"""A frame is active where a hidden shape is further than this off its rest, as in protocol 1."""

STILL_RANGE = 0.05
"""Nothing moves in a second in which no shape goes through more than this. Assumed: as much as the
least deviation of a channel that counts as moving (`metrics.movement.LIVELY_STDDEV`)."""

HIDDEN = (
    *("eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight"),
    *(name for name in BLENDSHAPES if group_of(name) in ("brow", "nose")),
    *("cheekSquintLeft", "cheekSquintRight"),
)
"""What every closed headset hides, blinks and gaze aside."""

LIDS = indices(["eyeBlinkLeft", "eyeBlinkRight"])

REGIONS: dict[str, NDArray[np.intp]] = {
    "lid": np.setdiff1d(group_indices("lid"), LIDS),
    **{region: group_indices(region) for region in ("brow", "cheek", "nose", "mouth")},
}
"""Shapes by region; the lid without its blink."""

TOGETHER: dict[str, tuple[str, str]] = {
    "inner_outer": ("browInnerUp", "browOuterUp"),
    "frown_squint": ("browDown", "eyeSquint"),
    "frown_sneer": ("browDown", "noseSneer"),
    "smile_cheek": ("mouthSmile", "cheekSquint"),
    "down_lid": ("eyeLookDown", "eyeBlink"),
    "up_inner": ("eyeLookUp", "browInnerUp"),
    "wide_inner": ("eyeWide", "browInnerUp"),
}
"""What moves together on a face."""


class Filmed(NamedTuple):
    """A take as a phone would have filmed it.

    Attributes:
        weights: [frames, 54] relative to the person's rest; NaN where the face was lost.
        gaze: [frames, 4] radians.
        measured: [54] shapes that the recorder has of its own.
        period_s: Seconds between frames.
    """

    weights: Floats
    gaze: Floats
    measured: Bools
    period_s: float


def filmed(take: Take, rest: Floats) -> Filmed:
    """A take at `CAMERA_HZ`.

    Args:
        take: At any rate; a slower one gains nothing.
        rest: [54] of the person.
    """
    last = int(take.seconds * CAMERA_HZ)
    there = take.at(take.time_ns[0] + np.round(np.arange(last) * 1e9 / CAMERA_HZ).astype(np.int64))
    return Filmed(
        weights=relative(there.weights, rest),
        gaze=there.gaze,
        measured=np.asarray(take.source == Source.MEASURED),
        period_s=1.0 / CAMERA_HZ,
    )


def statistics(take: Take, rest: Floats) -> Figures:
    """Everything that one take tells.

    Args:
        take: One face, at any rate.
        rest: [54] weights at which this person rests.

    Returns:
        A figure for each name in `vrface.training.realism.published.STATISTICS`; None where the
        take does not tell.
    """
    film = filmed(take, rest)
    brows, lids = REGIONS["brow"], film.weights[:, LIDS]
    raisers = brows[["Up" in BLENDSHAPES[place] for place in brows] & film.measured[brows]]
    return {
        **{f"blink_{name}": value for name, value in blinking(lids, film.period_s).items()},
        **looking(film.gaze, lids, film.period_s),
        **raising(film.weights[:, raisers], film.period_s),
        **_activity(film),
        **_stillness(film),
        **_sides(film),
        **_together(film),
    }


def _activity(film: Filmed) -> Figures:
    """How much of the time and how far each region is off its rest, and how it gets there."""
    hidden = film.weights[:, indices(HIDDEN)]
    known = np.isfinite(hidden).all(axis=1)
    figures: Figures = {"active_share": _share(hidden[known].max(axis=1, initial=0.0) > ACTIVE)}
    for region, places in REGIONS.items():
        values = film.weights[:, places[film.measured[places]]].astype(np.float64)
        figures[f"{region}_level"] = _defined(np.nanmean(values))
        figures[f"{region}_sd"] = _rms(np.nanstd(values, axis=0))
        velocity = np.diff(values, axis=0) / film.period_s
        figures[f"{region}_speed"] = _rms(np.nanstd(velocity, axis=0))
    return figures


def _stillness(film: Filmed) -> Figures:
    """How much of the time nothing moves, blinks and glances aside, and what moves even then."""
    length = round(1.0 / film.period_s)
    seconds = len(film.weights) // length
    whole = film.weights[: seconds * length].reshape(seconds, length, -1)
    hidden = indices(HIDDEN)
    moving = np.flatnonzero(~RESTLESS & film.measured)
    upper, face = (_still(whole[:, :, places]) for places in (hidden, moving))
    calm = whole[upper][:, :, hidden].astype(np.float64)
    known = np.isfinite(whole[:, :, hidden]).all(axis=(1, 2))
    return {
        "still_upper": _share(upper[known]),
        "still_face": _share(face[known]),
        "still_longest_s": float(_longest(upper)),
        "still_drift": _rms(calm.mean(axis=1).std(axis=0)) if len(calm) > 1 else None,
        "still_tremble": _rms(np.diff(calm, axis=1).std(axis=(0, 1))) if len(calm) else None,
    }


def _still(seconds: Floats) -> Bools:
    """[seconds] in which every shape of [seconds, frames, shapes] stays within `STILL_RANGE`."""
    gone = seconds.max(axis=1) - seconds.min(axis=1)  # NaN where the face was lost
    return np.asarray((gone <= STILL_RANGE).all(axis=1))


def _longest(inside: Bools) -> int:
    """How many in the longest run."""
    return int(np.diff(runs(inside)).max(initial=0))


def _sides(film: Filmed) -> Figures:
    """How alike both sides of each region move."""
    figures: Figures = {}
    for region, places in {"blink": LIDS, **REGIONS}.items():
        names = [BLENDSHAPES[place] for place in places if film.measured[place]]
        both = [name for name in names if mirrored(name) in names]
        face = film.weights[:, indices(both)]
        found = sides(both, face, face)
        figures[f"{region}_sides"] = found["truth_correlation"]
        figures[f"{region}_gap"] = found["truth_gap"]
    return figures


def _together(film: Filmed) -> Figures:
    """Correlation of pairs of shapes, sides averaged, where both move."""
    return {
        f"with_{name}": _correlation(*(_both_sides(film.weights, shape) for shape in pair))
        for name, pair in TOGETHER.items()
    }


def _both_sides(weights: Floats, shape: str) -> Floats:
    return np.asarray(weights[:, indices([f"{shape}Left", f"{shape}Right"])].mean(axis=1))


def _correlation(one: Floats, other: Floats) -> float | None:
    both = np.stack([one, other], axis=1).astype(np.float64)
    both = both[np.isfinite(both).all(axis=1)]
    if len(both) < 2 or not lively(both).all():
        return None
    return float(np.asarray(np.corrcoef(both.T))[0, 1])


def _share(found: NDArray[Any]) -> float | None:
    return float(found.mean()) if found.size else None


def _rms(values: Floats) -> float | None:
    return _defined(np.sqrt(np.mean(np.square(values)))) if values.size else None


def _defined(value: np.floating[Any]) -> float | None:
    return float(value) if np.isfinite(value) else None
