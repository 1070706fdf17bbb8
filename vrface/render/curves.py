"""The curves of a training run: error on what is learned from, and on wearers held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from vrface.render.style import STYLE

LEARNED = "#16181d"
HELD_OUT = "#c8610a"
_MEANING = "CRPS x 1000 of all shapes in disturbed windows; lower is better"


def draw_curves(path: Path, rows: Sequence[tuple[int, float, float]]) -> None:
    """Write the curves as PNG, 1000 x 500 pixels.

    Args:
        path: Where to; its folder must exist.
        rows: (step, loss, error on held-out windows) each, as CRPS; NaN = not known there.
    """
    steps, learned, held_out = np.array(rows, np.float64).reshape(-1, 3).T
    curves = {
        "what it learns from": (LEARNED, learned),
        "held-out wearers, averaged weights": (HELD_OUT, held_out),
    }
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 5), dpi=100)
        axis = figure.add_axes((0.065, 0.12, 0.915, 0.74))
        for name, (colour, error) in curves.items():
            _draw(axis, steps, 1000 * error, colour, name)
        axis.set_xlabel("step")
        axis.set_xlim(0, 1.02 * max(steps, default=1))
        axis.set_ylim(bottom=0)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        if axis.lines:
            axis.legend(loc="lower left", frameon=False)
        else:
            axis.text(0.5, 0.5, "too few steps for a curve", ha="center", transform=axis.transAxes)
        figure.text(0.012, 0.965, "Error while training", size=15, weight="bold", va="top")
        figure.text(0.245, 0.957, _MEANING, va="top", color="#444444")
        figure.savefig(path, metadata={"Software": "vrface"})


def _draw(
    axis: Axes, steps: NDArray[np.float64], error: NDArray[np.float64], colour: str, name: str
) -> None:
    known = np.isfinite(error)
    if known.any():
        label = f"{name}: {error[known][-1]:.1f} at the end"
        axis.plot(steps[known], error[known], color=colour, lw=1.6, marker="o", ms=3, label=label)
