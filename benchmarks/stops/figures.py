"""What stops do to a face, in figures: the worst over all stops of one stream and length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.stops.lanes import EVERY_S, LENGTHS_S, RATE_HZ, Lanes
from vrface.face.expression import Source
from vrface.outputs.blending import MOST_PER_S
from vrface.training.words import markdown_table

SAME = 0.02
"""Weights that are this close to the undisturbed ones are back: so much is a sensor's noise."""

AFTER_S = EVERY_S - LENGTHS_S[-1]
"""How long a face is watched after a return."""


@dataclass(frozen=True)
class Figures:
    """Of one lane. Speeds are the largest step from frame to frame, in 1/s.

    Attributes:
        stream: What stopped.
        seconds: For how long.
        shown: How fast a weight moves: while the stream is away, and once it is back.
        well: How fast one moves meanwhile where nothing stopped.
        of_source: How fast one moves by a change of source alone, both times.
        inferred: How much faster one moves that is inferred all along than undisturbed, both times.
        farthest: How far one gets from the undisturbed one.
        shape: Which.
        back_s: After how long all are within `SAME` again, at most.
        sources: What stood behind the weights whose source changed, in order.
    """

    stream: str
    seconds: float
    shown: tuple[float, float]
    well: float
    of_source: tuple[float, float]
    inferred: tuple[float, float]
    farthest: float
    shape: str
    back_s: float
    sources: tuple[str, ...]


def figures(lanes: Lanes) -> list[Figures]:
    """Of each lane but the undisturbed one."""
    return [_of(lanes, lane) for lane in range(1, len(lanes.stops))]


def away(lanes: Lanes, lane: int) -> NDArray[np.float32]:
    """[frames, N] how far each weight is from the undisturbed one; absent is 0, as engines show."""
    return np.abs(np.nan_to_num(lanes.weights[:, lane]) - np.nan_to_num(lanes.weights[:, 0]))


def _of(lanes: Lanes, lane: int) -> Figures:
    stop, apart = lanes.stops[lane], away(lanes, lane)
    spells, backs_s, places = [], [], np.zeros(len(lanes.time_s), np.bool_)
    for begin_s in lanes.begins_s:
        back_s = begin_s + stop.seconds
        gone, after = lanes.between(begin_s, back_s), lanes.between(back_s, back_s + AFTER_S)
        spells.append((gone, after))
        far = np.flatnonzero((apart[after] > SAME).any(axis=1))
        backs_s.append((far[-1] + 1) / RATE_HZ if far.size else 0.0)
        places[gone.start : after.stop] = True
    apart = np.where(places[:, None], apart, 0.0)
    inferred = (lanes.source[:, (0, lane)] == Source.INFERRED).all(axis=1)
    beyond = np.where(inferred, lanes.weights[:, lane] - lanes.weights[:, 0], np.nan)

    def both(values: NDArray[np.float32]) -> tuple[float, float]:
        gone, after = (max(fastest(values, one[phase]) for one in spells) for phase in (0, 1))
        return gone, after

    return Figures(
        stream=stop.stream,
        seconds=stop.seconds,
        shown=both(lanes.weights[:, lane]),
        well=max(both(lanes.weights[:, 0])),
        of_source=both(np.cumsum(of_source(lanes, lane), axis=0)),
        inferred=both(beyond),
        farthest=float(apart.max()),
        shape=lanes.names[int(apart.max(axis=0).argmax())],
        back_s=max(backs_s),
        sources=_sources(lanes, lane, places),
    )


def of_source(lanes: Lanes, lane: int) -> NDArray[np.float32]:
    """[frames, N] how far each weight came from the frame before by a change of source alone.

    In the frame of the change that is all that it moves; then, what fades. Where the undisturbed
    one comes as far, no stop is behind it.
    """
    changes = np.diff(lanes.source[:, (0, lane)], axis=0, prepend=lanes.source[:1, (0, lane)]) != 0
    steps = (lanes.weights[:, (0, lane)], lanes.fading[:, (0, lane)])
    shown, faded = (np.diff(one, axis=0, prepend=one[:1]) for one in steps)
    well, own = np.nan_to_num(np.where(changes, shown, faded)).swapaxes(0, 1)
    return np.where(np.isclose(own, well, atol=1e-3), 0.0, own).astype(np.float32)


def fastest(values: NDArray[np.float32], frames: slice) -> float:
    """The largest step of [frames, N] values into one of some frames, 1/s; NaN is no step."""
    steps = np.abs(np.diff(values[frames.start - 1 : frames.stop], axis=0))
    return float(np.nan_to_num(steps).max(initial=0.0) * RATE_HZ)


def _sources(lanes: Lanes, lane: int, places: NDArray[np.bool_]) -> tuple[str, ...]:
    """What weights go through while the undisturbed ones are what they always are."""
    shown, well = lanes.source[places, lane], lanes.source[places, 0]
    frames, weights = np.nonzero(shown != well)
    order = np.argsort(frames, kind="stable")
    found = [well[frames[order], weights[order]], shown[frames[order], weights[order]]]
    names = [Source(int(one)).name.lower() for column in zip(*found, strict=True) for one in column]
    return tuple(dict.fromkeys(names))


def table(rows: Sequence[Figures]) -> str:
    """The figures, Markdown."""
    heads = (
        "stream",
        "stops, ms",
        "shown, 1/s",
        "undisturbed",
        f"by source (<= {MOST_PER_S:g})",
        "inferred, beyond",
        "farthest",
        "back, s",
        "sources",
    )
    return markdown_table(
        heads,
        [
            (
                f"`{row.stream}`",
                f"{1000 * row.seconds:.0f}",
                _both(row.shown),
                f"{row.well:.1f}",
                _both(row.of_source),
                _both(row.inferred),
                f"{row.farthest:.2f} {row.shape}",
                f"{row.back_s:.2f}",
                ", ".join(row.sources) or "-",
            )
            for row in rows
        ],
    )


def entries(rows: Sequence[Figures]) -> list[dict[str, Any]]:
    """The figures, for JSON."""
    return [asdict(row) for row in rows]


def _both(speeds: tuple[float, float]) -> str:
    return " / ".join(f"{speed:.1f}" for speed in speeds)
