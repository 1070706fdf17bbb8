"""The page's plots: every statistic as a band that is true to life, and the simulated one on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from vrface.render.plots import INFERRED
from vrface.training.realism.finding import Finding
from vrface.training.realism.words import judged, plain
from vrface.training.report.plots import drawn

_BAND, _OUTSIDE, _INSIDE = "#cfe6e2", INFERRED, "#1d6b62"

_REACH = 0.75
"""Share of the width of its band that a row shows on either side; an arrow lies further out."""

_MARGIN = 0.85
"""In the same unit: room for the ends of the band in figures."""

_COLUMNS = 2
_ROW_IN = 0.33
_LABEL = 42
"""Letters of a row's name on one line."""


def draw_findings(groups: Mapping[str, Sequence[Finding]], caption: str, path: Path) -> None:
    """A panel a group, a row a statistic, each on a scale of its own.

    Args:
        groups: By title.
        caption: One line on top.
        path: Where to; its folder must exist.
    """
    columns = _halves(groups)
    rows = max(sum(len(groups[title]) + 2 for title in column) for column in columns)
    with drawn(path, caption, (13.0, 1.0 + _ROW_IN * rows)) as figure:
        parts = figure.subfigures(1, len(columns), squeeze=False)[0]
        for part, column in zip(parts, columns, strict=True):
            heights = [len(groups[title]) + 2 for title in column]
            spare = rows - sum(heights)
            axes = part.subplots(
                len(column) + bool(spare),
                1,
                squeeze=False,
                height_ratios=[*heights, spare] if spare else heights,
            )[:, 0]
            for axis, title in zip(axes, column, strict=False):
                _panel(axis, title, groups[title])
            for axis in axes[len(column) :]:
                axis.set_axis_off()
        figure.legend(handles=_key(), loc="outside lower center", ncols=4, frameon=False)


def _halves(groups: Mapping[str, Sequence[Finding]]) -> list[list[str]]:
    """Titles in columns of about the same height, in their order."""
    height = {title: len(findings) + 2 for title, findings in groups.items() if findings}
    columns: list[list[str]] = [[]]
    filled = 0
    for title, more in height.items():
        if columns[-1] and filled + more / 2 > len(columns) * sum(height.values()) / _COLUMNS:
            columns.append([])
        columns[-1].append(title)
        filled += more
    return columns


def _panel(axis: Axes, title: str, findings: Sequence[Finding]) -> None:
    axis.set_title(title, loc="left", size=11, weight="bold")
    for row, finding in enumerate(findings):
        _row(axis, row, finding)
    names = [fill(finding.what, _LABEL) for finding in findings]
    axis.set_yticks(range(len(findings)), names, size=8.5, linespacing=0.95)
    axis.set_ylim(len(findings) - 0.4, -0.6)
    axis.set_xlim(-_REACH - _MARGIN, 1.0 + _REACH + _MARGIN)
    axis.set_xticks([])
    axis.grid(visible=False)
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.tick_params(length=0)


def _row(axis: Axes, row: int, finding: Finding) -> None:
    """The band from 0 to 1, its ends in figures, and where the simulated wearers lie on it."""
    width = finding.high - finding.low or abs(finding.high) or 1.0

    def place(value: float) -> float:
        return (value - finding.low) / width

    if not judged(finding):
        axis.text(0.0, row, "no figure published", size=7.5, va="center", color="#777777")
        return
    axis.barh(row, place(finding.high) or 0.01, height=0.62, color=_BAND)
    for value, x, side in ((finding.low, -_REACH, "right"), (finding.high, 1.0 + _REACH, "left")):
        gap = -0.08 if side == "right" else 0.08
        axis.text(x + gap, row, plain(value), size=8, ha=side, va="center", color="#666666")
    if finding.simulated is None:
        return
    colour = _INSIDE if finding.inside else _OUTSIDE
    if finding.spread is not None:
        ends = [min(max(place(end), -_REACH), 1.0 + _REACH) for end in finding.spread]
        axis.plot(ends, [row, row], color=colour, lw=1.6, alpha=0.75)
    x = place(finding.simulated)
    marker = "<" if x < -_REACH else ">" if x > 1.0 + _REACH else "o"
    x = min(max(x, -_REACH), 1.0 + _REACH)
    axis.plot(x, row, marker=marker, ms=7, color=colour, mec="white")


def _key() -> list[Line2D | Patch]:
    return [
        Patch(color=_BAND, label="true to life"),
        Line2D([], [], color=_INSIDE, marker="o", mec="white", label="simulated, inside"),
        Line2D([], [], color=_OUTSIDE, marker="o", mec="white", label="simulated, outside"),
        Line2D([], [], color=_OUTSIDE, marker=">", ls="none", label="further out than drawn"),
    ]
