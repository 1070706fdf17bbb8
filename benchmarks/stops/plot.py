"""The picture of one stream: the weights that depend on it most, through each of its stops."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from benchmarks.stops.figures import away
from benchmarks.stops.lanes import LENGTHS_S, Lanes, Stop
from vrface.face.expression import Source
from vrface.render.plots import TRUTH
from vrface.render.style import STYLE

ROWS = 4

BEFORE_S, AFTER_S = 0.3, 1.5

SHOWN = "#c8610a"

COLOURS = {
    Source.ABSENT: "#ffffff",
    Source.MEASURED: "#1f6fb5",
    Source.INFERRED: "#e8a15c",
    Source.HELD: "#d1495b",
    Source.NEUTRAL: "#8d9199",
    Source.GENERATED: "#8e5bb5",
    Source.CUED: "#f2d13c",
    Source.COPIED: "#2a9d8f",
}

_BAND = (-0.11, -0.04)
"""Where the sources are drawn, below the weights."""


def draw(lanes: Lanes, stream: str, path: Path) -> None:
    """Write the picture as PNG, 1300 x 900 pixels.

    Args:
        lanes: What was shown.
        stream: Which one stopped.
        path: Where to; its folder must exist.
    """
    stops = [lanes.stops.index(Stop(stream, seconds)) for seconds in LENGTHS_S]
    begin_s, weights = most(lanes, stops)
    there = lanes.source[_span(lanes, begin_s)][:, stops][:, :, weights]
    sources = [Source(one) for one in np.unique(there).tolist()]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(13, 9), dpi=100, layout="constrained")
        axes = figure.subplots(len(weights), len(stops), sharex=True, sharey="row")
        for column, lane in zip(axes.T, stops, strict=True):
            for axis, weight in zip(column, weights, strict=True):
                _panel(axis, lanes, lane, weight, begin_s)
            column[0].set_title(f"away for {1000 * lanes.stops[lane].seconds:.0f} ms")
            column[-1].set_xlabel("seconds since the stop")
        for axis, weight in zip(axes[:, 0], weights, strict=True):
            axis.set_ylabel(lanes.names[weight])
        figure.suptitle(
            f"{lanes.recording.headset.name}: {stream} stops, all else runs", weight="bold"
        )
        keys = [
            axes[0, 0].plot([], [], color=TRUTH, lw=1.0, label="without the stop")[0],
            axes[0, 0].plot([], [], color=SHOWN, lw=1.8, label="shown, and its stddev")[0],
            *(Patch(color=COLOURS[one], label=one.name.lower()) for one in sources),
        ]
        figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
        figure.savefig(path, metadata={"Software": "vrface"})


def most(lanes: Lanes, among: Sequence[int]) -> tuple[float, list[int]]:
    """The stop that moves a face most, and the weights that it moves, one of a left and a right.

    Half of them are such whose source it changes, if it changes any: of the others there is more to
    be seen than how far they are from what they would have measured.

    Args:
        lanes: What was shown.
        among: The lanes of one stream; the last one's stops are the longest.
    """
    spans = [_span(lanes, begin_s) for begin_s in lanes.begins_s]
    there = np.isfinite(lanes.weights)
    apart = [np.where(there[:, lane] & there[:, 0], away(lanes, lane), 0.0) for lane in among]
    worst = int(np.argmax([sum(one[span].max() for one in apart) for span in spans]))
    order = np.argsort(-apart[-1][spans[worst]].sum(axis=0), kind="stable")
    pairs = {_pair(lanes.names[weight]): int(weight) for weight in order[::-1]}
    once = [int(weight) for weight in order if weight in pairs.values()]
    source = lanes.source[spans[worst]]
    changed = (source[:, among[-1]] != source[:, 0]).any(axis=0)
    kinds = [[weight for weight in once if changed[weight] == kind] for kind in (True, False)]
    first = kinds[0][: max(ROWS // 2, ROWS - len(kinds[1]))]
    return float(lanes.begins_s[worst]), [*first, *kinds[1]][:ROWS]


def _pair(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")


def _span(lanes: Lanes, begin_s: float) -> slice:
    return lanes.between(begin_s - BEFORE_S, begin_s + LENGTHS_S[-1] + AFTER_S)


def _panel(axis: Axes, lanes: Lanes, lane: int, weight: int, begin_s: float) -> None:
    seconds = lanes.stops[lane].seconds
    span = _span(lanes, begin_s)
    time_s = lanes.time_s[span] - begin_s
    shown, stddev = lanes.weights[span, lane, weight], lanes.stddev[span, lane, weight]
    axis.axvspan(0.0, seconds, color="#f0f0f0", lw=0)
    low, high = (shown - stddev).clip(0.0, 1.0), (shown + stddev).clip(0.0, 1.0)
    axis.fill_between(time_s, low, high, color=SHOWN, alpha=0.20, lw=0)
    axis.plot(time_s, shown, color=SHOWN, lw=1.8)
    axis.plot(time_s, lanes.weights[span, 0, weight], color=TRUTH, lw=1.0)
    _sources(axis, time_s, lanes.source[span, lane, weight])
    axis.set_ylim(_BAND[0] - 0.02, 1.02)
    axis.set_xlim(time_s[0], time_s[-1])


def _sources(axis: Axes, time_s: NDArray[np.float64], source: NDArray[np.uint8]) -> None:
    ends = np.flatnonzero(np.diff(source)) + 1
    bounds = [0, *ends.tolist(), len(source) - 1]
    for first, last in pairwise(bounds):
        colour = COLOURS[Source(int(source[first]))]
        axis.fill_between(time_s[[first, last]], *_BAND, color=colour, lw=0)
