"""The report's plots: overview, reliability, active against still, groups, stretches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from vrface.face.blendshapes import GROUPS
from vrface.render.plots import INFERRED, TRUTH
from vrface.render.style import STYLE
from vrface.training.report.evaluation import (
    CEILING,
    NEUTRAL,
    OURS,
    Evaluation,
    Evaluations,
    under,
)
from vrface.training.words import BEST, spaced

_B = "#1f6fb5"
_GREEN = "#2a9d8f"
_GREY = "#8d9199"

_LOOKS: dict[str, dict[str, Any]] = {
    "rival": {"color": "#b9bcc2", "marker": "o", "ms": 6},
    NEUTRAL: {"color": "#777777", "marker": "|", "ms": 15, "mew": 2},
    CEILING: {"color": _GREEN, "marker": "D", "ms": 6},
    BEST: {"color": _B, "marker": "s", "ms": 8},
    OURS: {"color": INFERRED, "marker": "o", "ms": 10},
}
"""How each method is drawn, those on top last."""

_WORDS = {
    OURS: "model",
    BEST: "B, the bar",
    "rival": "each other rival",
    NEUTRAL: "neutral face",
    CEILING: "C, a model of this very person",
}

_DPI = 90

_SHADE = 16
"""Colours are rounded to multiples: nobody sees it, and a picture takes half the room."""


def draw_overview(evaluations: Evaluations, caption: str, path: Path) -> None:
    """A panel a headset: the error of every method by calibration."""
    with _keyed(path, caption, (10, 5.6), _WORDS) as figure_:
        for axis, (headset, modes) in _panels(figure_, evaluations, 2, sharex=True):
            for row, evaluation in enumerate(modes.values()):
                for look, style in _LOOKS.items():
                    names = _rivals(evaluation) if look == "rival" else [look]
                    errors = [evaluation.error(name) for name in names]
                    known = [1000 * value for value in errors if value is not None]
                    axis.plot(known, [row] * len(known), ls="none", **_edged(style))
            axis.set_yticks(range(len(modes)), list(modes))
            axis.set_ylim(len(modes) - 0.5, -0.5)
            axis.set_title(headset, loc="left", size=10.5, weight="bold")
            axis.set_xlabel("CRPS x 1000 of the hidden shapes; left is better", size=10)
            axis.label_outer()
            axis.set_xlim(left=0)


def draw_reliability(evaluations: Evaluations, caption: str, path: Path) -> None:
    """A panel a headset: where the truth falls in the model's law, by calibration."""
    looks = [(_GREY, "-", 1.6), (INFERRED, "-", 2.4), (_B, "--", 1.4)]
    with drawn(path, caption, (10, 4.4)) as figure_:
        for axis, (headset, modes) in _panels(figure_, evaluations, 4, sharey=True):
            axis.axhline(1.0, color=_GREEN, lw=1.2, ls="--", label="honest")
            for (mode, evaluation), (color, dashes, width) in zip(
                modes.items(), looks, strict=False
            ):
                shares = (evaluation.summary.get("reliability") or {}).get("hidden")
                if shares:
                    axis.stairs(
                        len(shares) * np.array(shares, float),
                        np.linspace(0.0, 1.0, len(shares) + 1),
                        color=color,
                        ls=dashes,
                        lw=width,
                        label=mode,
                        baseline=None,
                    )
            axis.set_title(headset, loc="left", size=10.5, weight="bold")
            axis.set_xlim(0, 1)
            axis.set_xticks([0, 0.5, 1])
            axis.set_xlabel("quantile of its law")
        figure_.axes[0].set_ylim(bottom=0)
        figure_.axes[0].set_ylabel("truth / expected")
        handles, labels = figure_.axes[0].get_legend_handles_labels()
        figure_.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)


def draw_activity(evaluations: Evaluations, mode: str, caption: str, path: Path) -> None:
    """Skill while the face moves; error beyond the neutral face's while it rests."""
    panels: dict[str, tuple[str, float]] = {
        "active skill: the face moves; right is better": ("active_skill", 1.0),
        "still excess x 1000: it rests; left is better": ("still_excess", 1000.0),
    }
    with _keyed(path, caption, (10, 3.6), (OURS, BEST, CEILING)) as figure_:
        axes = figure_.subplots(1, 2, sharey=True)
        found = under(evaluations, mode)
        for axis, (title, (metric, factor)) in zip(axes, panels.items(), strict=True):
            for row, (_, evaluation) in enumerate(found):
                _dots(axis, row, evaluation, ("hidden", metric), factor)
            axis.axvline(0.0, color="#777777", lw=1.2)
            axis.set_title(title, loc="left", size=10.5, weight="bold")
            axis.set_yticks(range(len(found)), [name for name, _ in found])
            axis.set_ylim(len(found) - 0.5, -0.5)


def draw_groups(evaluations: Evaluations, mode: str, caption: str, path: Path) -> None:
    """A panel a headset: error by group."""
    with _keyed(path, caption, (10, 5.6), (OURS, BEST, NEUTRAL, CEILING)) as figure_:
        shown = {name: modes for name, modes in evaluations.items() if mode in modes}
        for axis, (headset, modes) in _panels(figure_, shown, 2, sharex=True):
            found = modes[mode].summary["groups"]
            groups = [group for group in GROUPS if group in found]
            for row, group in enumerate(groups):
                _dots(axis, row, modes[mode], (group, "crps"), 1000.0)
            axis.set_yticks(range(len(groups)), groups)
            axis.set_ylim(len(groups) - 0.5, -0.5)
            axis.set_xlim(left=0)
            axis.set_title(headset, loc="left", size=10.5, weight="bold")
            axis.set_xlabel("CRPS x 1000; left is better", size=10)


def draw_stretches(found: Sequence[Mapping[str, Any]], caption: str, path: Path) -> None:
    """The stretches of one take, the good one on the left.

    Args:
        found: One or two entries of `stretches.Stretches.found`.
        caption: One line: whose face, which sensors, checkpoint.
        path: Where to; its folder must exist.
    """
    rows = max(len(stretch["shapes"]) for stretch in found)
    with drawn(path, caption, (11, 1.0 + 1.35 * rows)) as figure_:
        axes = figure_.subplots(rows, len(found), sharex="col", sharey=True, squeeze=False)
        for column, stretch in enumerate(found):
            _stretch(axes[:, column], stretch)
        top = _top(found)
        axes[0, 0].set_ylim(-0.02 * top, top)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure_.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)


@contextmanager
def drawn(path: Path, caption: str, size: tuple[float, float]) -> Iterator[Figure]:
    """A figure in the house's look, written as PNG at the end.

    Args:
        path: Where to; its folder must exist.
        caption: One line on top: whose face, which sensors, seeds, checkpoint.
        size: Inches.
    """
    with mpl.rc_context(STYLE):
        made = Figure(figsize=size, dpi=_DPI, layout="constrained")
        made.suptitle(caption, size=9, x=0.01, ha="left", color="#444444")
        yield made
        raw = BytesIO()
        made.savefig(raw, format="rgba")
        width, height = made.canvas.get_width_height()
        colours = np.frombuffer(raw.getvalue(), np.uint8).reshape(height, width, 4)
        rounded = np.round(colours / _SHADE) * _SHADE
        imsave(path, rounded.clip(0, 255).astype(np.uint8), pil_kwargs={"optimize": True})


@contextmanager
def _keyed(
    path: Path, caption: str, size: tuple[float, float], looks: Iterable[str]
) -> Iterator[Figure]:
    """A figure with a key of how methods look."""
    with drawn(path, caption, size) as made:
        yield made
        keys = [
            Line2D([], [], ls="none", label=_WORDS[one], **_edged(_LOOKS[one])) for one in looks
        ]
        made.legend(
            handles=keys, loc="outside lower center", ncols=len(keys), frameon=False, fontsize=10
        )


def _panels(
    made: Figure, evaluations: Evaluations, columns: int, sharex: bool = False, sharey: bool = False
) -> list[tuple[Axes, tuple[str, Mapping[str, Evaluation]]]]:
    """One axis a headset, in rows of some columns."""
    rows = -(-len(evaluations) // columns)
    grid = made.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)
    axes: list[Axes] = list(grid.flat)
    for axis in axes[len(evaluations) :]:
        axis.set_axis_off()
    return list(zip(axes, evaluations.items(), strict=False))


def _dots(
    axis: Axes, row: int, evaluation: Evaluation, path: tuple[str, str], factor: float
) -> None:
    """One row of dots: a figure of each method that short tables list."""
    methods = evaluation.judged()
    if path[1] != "crps":  # a difference to the neutral face: its own is 0
        methods.remove(NEUTRAL)
    for name in (look for look in _LOOKS if look in methods):
        value = evaluation.metric(name, *path)
        if value is not None:
            axis.plot(factor * value, row, ls="none", **_edged(_LOOKS[name]))


def _edged(style: Mapping[str, Any]) -> dict[str, Any]:
    """White edges keep dots apart that lie on each other; a bar has none."""
    return {"mec": style["color"] if style["marker"] == "|" else "white", **style}


def _rivals(evaluation: Evaluation) -> list[str]:
    return [name for name in evaluation.rivals() if name != NEUTRAL]


def _top(found: Sequence[Mapping[str, Any]]) -> float:
    """One scale for all: small looks small, and nothing is cut off."""
    lines = [
        _values(shape[name])
        for stretch in found
        for shape in stretch["shapes"]
        for name in ("truth", "high", "rival")
        if shape[name] is not None
    ]
    return float(np.clip(1.05 * max(np.nanmax(line) for line in lines), 0.3, 1.04))


def _stretch(axes: NDArray[Any], stretch: Mapping[str, Any]) -> None:
    seconds = _values(stretch["seconds"])
    for axis, shape in zip(axes, stretch["shapes"], strict=False):
        axis.fill_between(
            seconds,
            _values(shape["low"]),
            _values(shape["high"]),
            color="#f4dfce",
            linewidth=0,
            label="its 90 % band",
        )
        axis.plot(seconds, _values(shape["mean"]), color=INFERRED, lw=1.6, label="model")
        if shape["rival"] is not None:
            label = f"B: {spaced(stretch['rival'])}"
            axis.plot(seconds, _values(shape["rival"]), color=_B, lw=1.1, ls="--", label=label)
        axis.plot(seconds, _values(shape["truth"]), color=TRUTH, lw=1.2, label="truth")
        axis.set_title(shape["name"], loc="left", size=10, weight="bold", pad=3)
        axis.set_xlim(seconds[0], seconds[-1])
    for axis in axes[len(stretch["shapes"]) :]:
        axis.set_axis_off()
    axes[-1].set_xlabel("seconds of the take")
    errors = (
        f"CRPS x 1000: {1000 * stretch['crps']:.0f}, neutral {1000 * stretch['neutral_crps']:.0f}"
    )
    axes[0].set_title(f"{stretch['kind']} stretch; {errors}", loc="right", size=10, pad=3)


def _values(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values])
