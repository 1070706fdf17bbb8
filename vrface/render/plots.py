"""The timeline: what was hidden, what was inferred, and what the headset saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from vrface.render.style import STYLE

TRUTH = "#16181d"
INFERRED = "#c8610a"
# Heights of the two blocks, shares of the figure; above every panel there is room for its words.
_HIDDEN, _SEEN = (0.375, 0.895), (0.052, 0.295)
_ROOM = 0.042  # from a block's first panel up to the block's title
SEEN = ("#1f6fb5", "#2a9d8f", "#8e5bb5", "#777777")


@dataclass(frozen=True)
class HiddenChannel:
    """One blendshape that the headset cannot see; every value is relative to the resting face.

    Attributes:
        name: Of the blendshape.
        truth: [frames] in [0, 1]; NaN = not known.
        mean: [frames] the inferred weight.
        low: [frames] the law's .05 quantile.
        high: [frames] the law's .95 quantile.
    """

    name: str
    truth: NDArray[np.floating]
    mean: NDArray[np.floating]
    low: NDArray[np.floating]
    high: NDArray[np.floating]

    @property
    def inside(self) -> float:
        """Share of the known frames whose truth lies inside the band, NaN if none is known."""
        known = np.isfinite(self.truth)
        # A truth of exactly 0 lies inside a band that starts at 0, whatever rounding did to either.
        within = (self.truth >= self.low - 1e-6) & (self.truth <= self.high + 1e-6)
        return float(within[known].mean()) if known.any() else float("nan")


@dataclass(frozen=True)
class SeenChannel:
    """One quantity that the headset did sense.

    Attributes:
        label: What to call it, with its unit where it has one.
        values: [frames]; NaN = no value.
        panel: Channels of one panel share an axis.
    """

    label: str
    values: NDArray[np.floating]
    panel: str


@dataclass(frozen=True)
class Timeline:
    """Everything on the picture.

    Attributes:
        title: One line: headset, person, real or simulated.
        seconds: [frames] time on the shared axis.
        hidden: What the headset could not see, one shape or more.
        seen: What it saw; where nothing is to be drawn of it, the hidden shapes have the picture.
    """

    title: str
    seconds: NDArray[np.float64]
    hidden: Sequence[HiddenChannel]
    seen: Sequence[SeenChannel]


def draw_timeline(timeline: Timeline, path: Path) -> None:
    """Write the picture as PNG, 1400 x 1000 pixels.

    Args:
        timeline: What to draw.
        path: Where to; its folder must exist.
    """
    panels = list(dict.fromkeys(channel.panel for channel in timeline.seen))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(14, 10), dpi=100)
        top = _top(timeline.hidden)
        lowest = _SEEN[0] if not panels else _HIDDEN[0]  # without the second block: all of it
        axes = _rows(figure, len(timeline.hidden), lowest, _HIDDEN[1])
        for axis, hidden in zip(axes, timeline.hidden, strict=True):
            _draw_hidden(axis, timeline.seconds, hidden, top)
        rows = _rows(figure, len(panels), *_SEEN) if panels else []
        for axis, panel in zip(rows, panels, strict=True):
            channels = [channel for channel in timeline.seen if channel.panel == panel]
            _draw_seen(axis, timeline.seconds, channels, panel)
        for axis in figure.axes:
            axis.set_xlim(timeline.seconds[0], timeline.seconds[-1])
        for axis in figure.axes[:-1]:
            axis.tick_params(labelbottom=False)
        figure.axes[-1].set_xlabel("seconds")
        _write_words(figure, timeline.title)
        if panels:
            _write_seen(figure)
        figure.savefig(path, metadata={"Software": "vrface"})


def _rows(figure: Figure, count: int, bottom: float, top: float) -> list[Axes]:
    """Axes one below the other between two heights of the figure."""
    grid = figure.add_gridspec(
        count, 1, left=0.062, right=0.985, bottom=bottom, top=top, hspace=0.42
    )
    return [figure.add_subplot(grid[row, 0]) for row in range(count)]


def _top(hidden: Sequence[HiddenChannel]) -> float:
    """One scale for every hidden channel, so that small looks small and no doubt is cut off."""
    values = [np.nanmax([channel.truth, channel.high], initial=0.0) for channel in hidden]
    return float(np.clip(1.08 * max(values, default=1.0), 0.3, 1.04))


def _draw_hidden(
    axis: Axes, seconds: NDArray[np.float64], channel: HiddenChannel, top: float
) -> None:
    axis.fill_between(seconds, channel.low, channel.high, color=INFERRED, alpha=0.20, linewidth=0)
    axis.plot(seconds, channel.mean, color=INFERRED, linewidth=1.6)
    axis.plot(seconds, channel.truth, color=TRUTH, linewidth=1.0)
    axis.set_yticks([0.0, 0.5, 1.0] if top > 1.0 else [0.0, 0.25, 0.5])
    axis.set_ylim(-0.02 * top, top)
    axis.set_title(channel.name, loc="left", size=11, weight="bold", pad=4)
    if np.isfinite(channel.inside):
        text = f"{channel.inside:.0%} of the truth inside the band"
        axis.set_title(text, loc="right", size=9.5, color="#555555", pad=4)


def _draw_seen(
    axis: Axes, seconds: NDArray[np.float64], channels: Sequence[SeenChannel], panel: str
) -> None:
    for channel, colour in zip(channels, SEEN, strict=False):
        axis.plot(seconds, channel.values, color=colour, linewidth=1.1, label=channel.label)
    axis.set_facecolor("#f5f8fb")
    axis.set_ylim(bottom=min(axis.get_ylim()[0], 0.0))
    axis.set_title(panel, loc="left", size=11, weight="bold", pad=4)
    axis.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(channels),
        frameon=False,
        borderaxespad=0.1,
        borderpad=0.1,
        fontsize=9.5,
    )


def _write_words(figure: Figure, title: str) -> None:
    figure.text(0.012, 0.983, title, size=15, weight="bold", va="top")
    y = _HIDDEN[1] + _ROOM
    figure.text(0.012, y, "HIDDEN from the headset", weight="bold", va="center", color=INFERRED)
    meaning = "weight of each blendshape above the resting face: 0 = at rest, 1 = full"
    figure.text(0.195, y, meaning, va="center", color="#444444")
    for place, name in enumerate(("truth", "inferred", "90 % band")):
        x = 0.70 + 0.092 * place
        colour = TRUTH if name == "truth" else INFERRED
        alpha, width = (0.25, 10) if "band" in name else (1.0, 2.5)
        key = Line2D([x, x + 0.022], [y, y], color=colour, alpha=alpha, linewidth=width)
        key.set_solid_capstyle("butt")
        figure.add_artist(key)
        figure.text(x + 0.027, y, name, va="center")


def _write_seen(figure: Figure) -> None:
    y = _SEEN[1] + _ROOM
    figure.text(0.012, y, "SEEN by the headset", weight="bold", va="center", color=SEEN[0])
    meaning = (
        "some of the channels that the inference is made from, with delay, noise and drop-outs"
    )
    figure.text(0.195, y, meaning, va="center", color="#444444")
