"""The report's tables, Markdown: errors by method, take, group and channel, for one evidence.

Each takes the evaluations of one kind of evidence, headset -> calibration -> `Evaluation`, and
gives a table alone; `page` writes what it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, GROUPS
from vrface.training.averages import Groups
from vrface.training.held_out_page import markdown_table
from vrface.training.report.findings import (
    BEST,
    CEILING,
    OURS,
    Evaluation,
    Evaluations,
    figure,
    name_of,
    under,
)

Text: TypeAlias = Callable[[float | None], str]

JUDGED = (OURS, BEST, "neutral", CEILING)
"""What the short tables list."""


def error(value: float | None) -> str:
    """A CRPS, x 1000."""
    return "-" if value is None else f"{1000 * value:.1f}"


def share(value: float | None) -> str:
    """A ratio, a share or a skill."""
    return "-" if value is None else f"{value:.2f}"


def whole(value: float | None) -> str:
    """Milliseconds, counts."""
    return "-" if value is None else f"{value:.0f}"


def tenth(value: float | None) -> str:
    """Rates a minute, millimetres."""
    return "-" if value is None else f"{value:.1f}"


def percent(value: float | None) -> str:
    """A share of a way."""
    return "-" if value is None else f"{100 * value:.0f} %"


def listing(rows: Iterable[Sequence[str]]) -> str:
    """Names and what they are: a table whose second column is text."""
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    return f"| | |\n| --- | --- |\n{lines}"


def standing(evaluations: Evaluations, modes: Sequence[str]) -> str:
    """The short of it: the model beside B, and its place among all methods."""
    rows = []
    for headset, found in evaluations.items():
        for mode in modes:
            if mode in found:
                one = found[mode]
                place = f"{one.rank[0]} of {one.rank[1]}" if one.rank is not None else "-"
                which = f" ({name_of(one.best)})" if one.best is not None else ""
                cells = (error(one.error(OURS)), error(one.error(BEST)) + which)
                rows.append([f"`{headset}`", mode, *cells, share(one.beside_best), place])
    heads = ["", "calibration", "model", "B", "model / B", "rank"]
    return markdown_table(heads, rows)


def by_method(modes: Mapping[str, Evaluation]) -> str:
    """One headset: error of all hidden shapes, relative to the rest and raw, by calibration."""
    by_mode = {mode: evaluation.methods() for mode, evaluation in modes.items()}
    rows = []
    for method in _joined(by_mode.values()):
        cells = [
            error(figure(found.get(method, {}), "hidden", metric))
            for found in by_mode.values()
            for metric in ("crps", "crps_raw")
        ]
        rows.append([name_of(method), *cells])
    for row in rows:
        if row[0] == name_of(BEST):
            row[0] += _chosen(modes)
    heads = [head for mode in modes for head in (mode, "raw")]
    return markdown_table(["hidden shapes, CRPS x 1000", *heads], rows)


def by_take(evaluation: Evaluation) -> str:
    """One headset under one calibration: error of all hidden shapes, take by take."""
    laws = [
        {OURS: take, **take["rivals"], **(take.get("ceilings") or {})} for take in evaluation.takes
    ]
    order = dict.fromkeys([OURS, BEST, *(name for found in laws for name in found)])
    rows = [
        [
            name_of(method),
            *(error(figure(found.get(method, {}), "groups", "hidden", "crps")) for found in laws),
        ]
        for method in order
        if any(method in found for found in laws)
    ]
    for row in rows:
        row[0] = _judged(BEST, evaluation) if row[0] == name_of(BEST) else row[0]
    known = ["calibrated", *(take["calibration"] for take in evaluation.takes)]
    return markdown_table(["", *(_titled(take) for take in evaluation.takes)], [*rows, known])


def by_group(evaluations: Evaluations, mode: str) -> str:
    """Error by group, of the model and what it is judged by."""
    groups = ("hidden", *GROUPS)
    rows = []
    for headset, evaluation in under(evaluations, mode):
        found = evaluation.methods()
        rows += [
            [
                f"`{headset}`",
                _judged(method, evaluation),
                *(error(figure(found[method], group, "crps")) for group in groups),
            ]
            for method in JUDGED
            if method in found
        ]
    return markdown_table(["", "CRPS x 1000", *groups], rows)


def by_channel(evaluations: Evaluations, mode: str) -> str:
    """Error and skill of the model by channel; under it, where it moves, the agreement."""
    found = {name: evaluation.channels() for name, evaluation in under(evaluations, mode)}
    heads = [head for name in found for head in (f"`{name}`", "skill", "CCC")]
    rows = []
    for channel in BLENDSHAPES:
        if any(channel in channels for channels in found.values()):
            cells = [
                text(figure(channels.get(channel, {}), metric))
                for channels in found.values()
                for metric, text in (("crps", error), ("skill", share), ("ccc", share))
            ]
            label = f"*{channel}*" if channel in EYE_LOOK else channel
            rows.append([label, *cells])
    return markdown_table(["CRPS x 1000", *heads], rows)


def activity(evaluations: Evaluations, mode: str) -> str:
    """While the hidden face moves, and while it rests."""
    return _metrics(
        evaluations,
        mode,
        (OURS, BEST, CEILING),
        {
            "active skill": ("active_skill", share),
            "skill": ("skill", share),
            "still excess x 1000": ("still_excess", error),
        },
    )


def movement(evaluations: Evaluations, mode: str) -> str:
    """How the inferred face moves beside the true one."""
    return _metrics(
        evaluations,
        mode,
        (OURS, BEST, CEILING),
        {
            "R2": ("r2", share),
            "CCC": ("ccc", share),
            "SD ratio": ("sd_ratio", share),
            "velocity ratio": ("velocity_ratio", share),
            "jerk ratio": ("jerk_ratio", share),
            "lag, ms": ("lag_ms", whole),
        },
    )


def coverage(evaluations: Evaluations) -> str:
    """Share of the truth in the 90 % interval, and below and above it, by calibration."""
    rows = []
    for headset, modes in evaluations.items():
        for mode, evaluation in modes.items():
            found, best = evaluation.summary, evaluation.methods().get(BEST, {})
            shares = (found.get("reliability") or {}).get("hidden") or [None]
            inside = figure(found["groups"], "hidden", "coverage90")
            rows.append(
                [
                    f"`{headset}`",
                    mode,
                    share(shares[0]),
                    share(inside),
                    share(shares[-1]),
                    share(figure(best, "hidden", "coverage90")),
                ]
            )
    heads = ["", "calibration", "below", "in the 90 % interval", "above", "in B's"]
    return markdown_table(heads, rows)


def gap(evaluations: Evaluations) -> str:
    """How much of the way from B to the ceiling the model has gone."""
    modes = _joined(evaluations.values())
    rows = [
        [
            f"`{headset}`",
            *(percent(found[mode].closed) if mode in found else "-" for mode in modes),
        ]
        for headset, found in evaluations.items()
    ]
    return markdown_table(["of the way from B to C", *modes], rows)


def against(modes: Mapping[str, Evaluation]) -> str:
    """One headset: error of the model divided by each rival's, with the interval over persons."""
    names = _joined(evaluation.summary.get("against") or {} for evaluation in modes.values())
    rows = [
        [
            name_of(name) + (_chosen(modes) if name == BEST else ""),
            *(_interval(one.summary.get("against") or {}, name) for one in modes.values()),
        ]
        for name in names
    ]
    return markdown_table(["model / rival", *modes], rows)


def worst(evaluations: Evaluations) -> str:
    """The worst tenth of persons beside all of them."""
    rows = []
    for headset, modes in evaluations.items():
        for mode, evaluation in modes.items():
            hidden = figure(evaluation.summary["groups"], "hidden", "crps")
            tenth_of = evaluation.summary.get("worst_decile") or {}
            cells = (
                error(figure(tenth_of, "hidden", "crps")),
                share(figure(tenth_of, "hidden", "skill")),
                share(figure(tenth_of, "hidden", "coverage90")),
            )
            rows.append([f"`{headset}`", mode, error(hidden), *cells])
    heads = ["", "calibration", "all", "worst tenth", "its skill", "its coverage"]
    return markdown_table(heads, rows)


def of_summaries(
    evaluations: Evaluations, mode: str, columns: Mapping[str, tuple[tuple[str, ...], Text]]
) -> str:
    """Figures of the model alone: a row a headset.

    Args:
        evaluations: Of one kind of evidence.
        mode: Of calibration.
        columns: Head -> where in the summary, and how it is written.
    """
    rows = [
        [
            f"`{headset}`",
            *(text(figure(evaluation.summary, *path)) for path, text in columns.values()),
        ]
        for headset, evaluation in under(evaluations, mode)
    ]
    return markdown_table(["", *columns], rows)


def _metrics(
    evaluations: Evaluations,
    mode: str,
    methods: Sequence[str],
    columns: Mapping[str, tuple[str, Text]],
) -> str:
    """Metrics of all hidden shapes: a row a headset and method."""
    rows = []
    for headset, evaluation in under(evaluations, mode):
        found: dict[str, Groups] = evaluation.methods()
        rows += [
            [
                f"`{headset}`",
                _judged(method, evaluation),
                *(text(figure(found[method], "hidden", key)) for key, text in columns.values()),
            ]
            for method in methods
            if method in found
        ]
    return markdown_table(["", "hidden shapes", *columns], rows)


def _judged(method: str, evaluation: Evaluation) -> str:
    """A method's name; of B, which rival it is too."""
    best = evaluation.best
    which = f" ({name_of(best)})" if method == BEST and best is not None else ""
    return name_of(method) + which


def _chosen(modes: Mapping[str, Evaluation]) -> str:
    """Which rival is B, by calibration where it is not always the same."""
    names = {mode: name_of(one.best) if one.best else "-" for mode, one in modes.items()}
    if len(set(names.values())) == 1:
        return f" ({next(iter(names.values()))})"
    return f" ({', '.join(f'{mode}: {name}' for mode, name in names.items())})"


def _interval(ratios: Mapping[str, Any], name: str) -> str:
    ratio, low, high = (figure(ratios, name, part) for part in ("ratio", "low", "high"))
    within = f" ({share(low)} to {share(high)})" if low is not None and high is not None else ""
    return share(ratio) + within


def _titled(take: Mapping[str, Any]) -> str:
    seen = " (SEEN in training)" if take.get("seen") else ""
    return f"{take['person']} / {take['name']}{seen}"


def _joined(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys: in the order of the mapping that has most of them, then what that lacks."""
    found = sorted((list(mapping) for mapping in mappings), key=len, reverse=True)
    return list(dict.fromkeys(key for keys in found for key in keys))


BLINKS: dict[str, tuple[tuple[str, ...], Text]] = {
    "true blinks a minute": (("events", "blinks", "truth_per_minute"), tenth),
    "shown": (("events", "blinks", "shown_per_minute"), tenth),
    "F1, 100 ms": (("events", "blinks", "f1_100ms"), share),
    "F1, 50 ms": (("events", "blinks", "f1_50ms"), share),
    "onset error, ms": (("events", "blinks", "onset_error_ms"), whole),
    "false a minute": (("events", "blinks", "false_per_minute"), tenth),
    "winks": (("events", "blinks", "winks"), tenth),
    "kept": (("events", "blinks", "winks_kept"), tenth),
}
RAISES: dict[str, tuple[tuple[str, ...], Text]] = {
    "true brow raises a minute": (("events", "brow_raises", "truth_per_minute"), tenth),
    "shown": (("events", "brow_raises", "shown_per_minute"), tenth),
    "beyond the truth": (("events", "brow_raises", "beyond_truth_per_minute"), tenth),
    "left-right correlation, true": (("liveliness", "sides", "truth_correlation"), share),
    "shown ": (("liveliness", "sides", "shown_correlation"), share),
    "left-right gap x 1000, true": (("liveliness", "sides", "truth_gap"), error),
    "shown  ": (("liveliness", "sides", "shown_gap"), error),
    "windows / floor": (("liveliness", "windows", "multiple"), tenth),
}
RECOVERY: dict[str, tuple[tuple[str, ...], Text]] = {
    "drops a take": (("recovery", "drops"), tenth),
    "seconds each": (("recovery", "drop_s"), tenth),
    "recovery, ms": (("recovery", "recovery_ms"), whole),
    "overshoot x 1000": (("recovery", "overshoot"), error),
    "CRPS x 1000": (("recovery", "crps"), error),
    "in drops": (("recovery", "crps_dropped"), error),
    "MAE x 1000 in drops": (("recovery", "mae_dropped"), error),
    "of holding the last face": (("recovery", "hold_last_mae"), error),
}
MILLIMETRES: dict[str, tuple[tuple[str, ...], Text]] = {
    "model, mm": (("mm", "vertex_error"), share),
    "neutral face": (("mm", "neutral_error"), share),
    "mean face": (("mm", "mean_face_error"), share),
    "model / mean face": (("mm", "ratio"), share),
}
