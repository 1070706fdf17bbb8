"""The report's plots of averages: overview, reliability, active against still, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vrface.face.blendshapes import GROUPS
from vrface.training.report.findings import (
    BEST,
    CEILING,
    OURS,
    Evaluation,
    Evaluations,
    figure,
    under,
)
from vrface.training.report.pictures import CEILING as GREEN
from vrface.training.report.pictures import INFERRED, NEUTRAL, RIVAL, B, drawn

_LOOKS: dict[str, dict[str, Any]] = {
    "rival": {"color": RIVAL, "marker": "o", "ms": 6},
    "neutral": {"color": NEUTRAL, "marker": "|", "ms": 15, "mew": 2},
    CEILING: {"color": GREEN, "marker": "D", "ms": 6},
    BEST: {"color": B, "marker": "s", "ms": 8},
    OURS: {"color": INFERRED, "marker": "o", "ms": 10},
}
"""How each method is drawn, those on top last."""

_WORDS = {
    OURS: "model",
    BEST: "B, best simple rival",
    "rival": "each other rival",
    "neutral": "neutral face",
    CEILING: "ceiling C, a model of this very person",
}


def draw_overview(evaluations: Evaluations, caption: str, path: Path) -> None:
    """A panel a headset: the error of every method by calibration."""
    with _keyed(path, caption, (10, 5.6), _WORDS) as figure_:
        for axis, (headset, modes) in _panels(figure_, evaluations, 2, sharex=True):
            for row, evaluation in enumerate(modes.values()):
                methods = evaluation.methods()
                for look, style in _LOOKS.items():
                    names = _rivals(evaluation) if look == "rival" else [look]
                    errors = [figure(methods.get(name, {}), "hidden", "crps") for name in names]
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
    looks = [("#8d9199", "-", 1.6), (INFERRED, "-", 2.4), (B, "--", 1.4)]
    with drawn(path, caption, (10, 3.2)) as figure_:
        for axis, (headset, modes) in _panels(figure_, evaluations, 4, sharey=True):
            axis.axhline(1.0, color=GREEN, lw=1.2, ls="--", label="honest")
            for (mode, evaluation), (color, dashes, width) in zip(
                modes.items(), looks, strict=False
            ):
                shares = (evaluation.summary.get("reliability") or {}).get("hidden")
                if shares:
                    edges = np.linspace(0.0, 1.0, len(shares) + 1)
                    axis.stairs(
                        len(shares) * np.array(shares, float),
                        edges,
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
        figure_.axes[0].set_ylabel("truth there / expected")
        handles, labels = figure_.axes[0].get_legend_handles_labels()
        figure_.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)


def draw_activity(evaluations: Evaluations, mode: str, caption: str, path: Path) -> None:
    """Skill while the face moves; error beyond the neutral face's while it rests."""
    panels: dict[str, tuple[str, float]] = {
        "active skill: the face moves; right is better": ("active_skill", 1.0),
        "still excess x 1000: it rests; left is better": ("still_excess", 1000.0),
    }
    methods = (OURS, BEST, CEILING)
    with _keyed(path, caption, (10, 3.6), methods) as figure_:
        axes = figure_.subplots(1, 2, sharey=True)
        for axis, (title, (metric, factor)) in zip(axes, panels.items(), strict=True):
            found = under(evaluations, mode)
            for row, (_, evaluation) in enumerate(found):
                _dots(axis, row, evaluation, methods, ("hidden", metric), factor)
            axis.axvline(0.0, color=NEUTRAL, lw=1.2)
            axis.set_title(title, loc="left", size=10.5, weight="bold")
            axis.set_yticks(range(len(found)), [name for name, _ in found])
            axis.set_ylim(len(found) - 0.5, -0.5)


def draw_groups(evaluations: Evaluations, mode: str, caption: str, path: Path) -> None:
    """A panel a headset: error by group."""
    methods = (OURS, BEST, "neutral", CEILING)
    with _keyed(path, caption, (10, 5.6), methods) as figure_:
        shown = {name: modes for name, modes in evaluations.items() if mode in modes}
        for axis, (headset, modes) in _panels(figure_, shown, 2, sharex=True):
            found = modes[mode].summary["groups"]
            groups = [group for group in GROUPS if group in found]
            for row, group in enumerate(groups):
                _dots(axis, row, modes[mode], methods, (group, "crps"), 1000.0)
            axis.set_yticks(range(len(groups)), groups)
            axis.set_ylim(len(groups) - 0.5, -0.5)
            axis.set_xlim(left=0)
            axis.set_title(headset, loc="left", size=10.5, weight="bold")
            axis.set_xlabel("CRPS x 1000; left is better", size=10)


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
    axis: Axes,
    row: int,
    evaluation: Evaluation,
    methods: Sequence[str],
    path: tuple[str, str],
    factor: float,
) -> None:
    """One row of dots: a figure of each method."""
    found = evaluation.methods()
    for name in (look for look in _LOOKS if look in methods):
        value = figure(found.get(name, {}), *path)
        if value is not None:
            axis.plot(factor * value, row, ls="none", **_edged(_LOOKS[name]))


def _edged(style: Mapping[str, Any]) -> dict[str, Any]:
    """White edges keep dots apart that lie on each other; a bar has none."""
    return {"mec": style["color"] if style["marker"] == "|" else "white", **style}


def _rivals(evaluation: Evaluation) -> list[str]:
    return [name for name in evaluation.rivals() if name != "neutral"]
