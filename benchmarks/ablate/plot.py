"""The plot: every row's error beside the base's, with its interval, by headset."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.ablate.rows import Found, ratio, rows
from vrface.render.style import STYLE
from vrface.training.report.jobs import TIERS

_COLORS = ("#8d9199", "#1f6fb5", "#d1495b")
_DPI = 90


def draw(found: Found, path: Path) -> None:
    """Draw simulated wearers; where a row cannot be compared there is no point."""
    listed = [row for row in rows(found.settings) if row.key != row.beside]
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 0.34 * len(listed) + 1.4), layout="constrained")
        axis = figure.subplots()
        axis.axvline(1.0, color="#777777", lw=1.2)
        for place, (headset, color) in enumerate(zip(TIERS, _COLORS, strict=True)):
            for number, row in enumerate(listed):
                found_ratio = ratio(row, found.judged, "simulated", headset)
                if found_ratio is None or found_ratio["ratio"] is None:
                    continue
                middle, at = found_ratio["ratio"], number + 0.2 * (place - 1)
                low, high = found_ratio["low"] or middle, found_ratio["high"] or middle
                axis.plot([low, high], [at, at], color=color, lw=1.6)
                axis.plot(middle, at, "o", color=color, ms=5, label=None if number else headset)
        axis.set_yticks(range(len(listed)), [row.title.replace("`", "") for row in listed])
        axis.set_ylim(len(listed) - 0.5, -0.5)
        axis.set_xlabel("error beside the base's, 95 % over wearers; left is better")
        handles = [axis.plot([], [], "o-", color=color)[0] for color in _COLORS]
        figure.legend(handles, TIERS, loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(path, dpi=_DPI, metadata={"Software": None})
