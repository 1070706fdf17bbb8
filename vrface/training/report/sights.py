"""The report's tables of how a face looks: movement, agreement, spread, events, drops, millimetres.

Each takes evaluations of one kind of evidence and gives a table alone; `page` writes what it is of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from vrface.training.report.evaluation import (
    CEILING,
    OURS,
    Evaluation,
    Evaluations,
    figure,
    under,
)
from vrface.training.report.tables import judged
from vrface.training.words import BEST, Text, error, markdown_table, share, tenth, whole

Columns: TypeAlias = Mapping[str, tuple[tuple[str, ...], Text]]
"""Head -> where in a summary, and how it is written."""

GROUPS = ("lid", "brow", "cheek", "nose")
"""The parts of the upper face."""


def activity(evaluations: Evaluations, mode: str) -> str:
    """While the hidden face moves, and while it rests."""
    return _metrics(
        evaluations,
        mode,
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
        {
            "SD ratio": ("sd_ratio", share),
            "velocity ratio": ("velocity_ratio", share),
            "jerk ratio": ("jerk_ratio", share),
            "lag, ms": ("lag_ms", whole),
        },
    )


def agreement(evaluations: Evaluations, mode: str) -> str:
    """By group, how well the face follows the truth: model, B and, where it is one, C."""
    metrics = {"R2": "r2", "CCC": "ccc", "active skill": "active_skill"}
    rows = [
        [
            f"`{headset}`",
            group,
            *(
                share(evaluation.metric(method, group, metric))
                if method != CEILING or evaluation.has_ceiling
                else "-"
                for metric in metrics.values()
                for method in (OURS, BEST, CEILING)
            ),
        ]
        for headset, evaluation in under(evaluations, mode)
        for group in GROUPS
        if group in evaluation.summary["groups"]
    ]
    heads = [head for words in metrics for head in (f"{words}: model", "B", "C")]
    return markdown_table(["", "", *heads], rows)


def coverage(evaluations: Evaluations) -> str:
    """Share of the truth in the 90 % interval, and below and above it, by calibration."""
    rows = []
    for headset, modes in evaluations.items():
        for mode, evaluation in modes.items():
            shares = (evaluation.summary.get("reliability") or {}).get("hidden") or [None]
            inside, best = (
                evaluation.metric(method, "hidden", "coverage90") for method in (OURS, BEST)
            )
            texts = [share(value) for value in (shares[0], inside, shares[-1], best)]
            rows.append([f"`{headset}`", mode, *texts])
    heads = ["", "calibration", "below", "in the 90 % interval", "above", "in B's"]
    return markdown_table(heads, rows)


def of_summaries(evaluations: Evaluations, mode: str, columns: Columns) -> str:
    """Figures of the model alone: a row a headset.

    Args:
        evaluations: Of one kind of evidence.
        mode: Of calibration.
        columns: What there is to tell.
    """
    rows = [
        [f"`{headset}`", *(text(figure(one.summary, *path)) for path, text in columns.values())]
        for headset, one in under(evaluations, mode)
    ]
    return markdown_table(["", *columns], rows)


def blinks(evaluations: Evaluations, mode: str) -> str:
    """Blinks of the shown face: a row a headset, which says whether lids have a sensor."""
    rows = [
        [
            f"`{headset}`",
            _lids(one),
            *(text(figure(one.summary, "events", "blinks", key)) for key, text in _BLINKS.values()),
        ]
        for headset, one in under(evaluations, mode)
    ]
    return markdown_table(["", "lids", *_BLINKS], rows)


def styles(evaluations: Evaluations, mode: str) -> str:
    """The expected and the lively stream beside the truth: two rows a headset; else empty."""
    rows = [
        [
            f"`{headset}`",
            style,
            *(text(figure(one.summary, *path)) for path, text in columns.values()),
        ]
        for headset, one in under(evaluations, mode)
        for style, columns in (("expected", _EXPECTED), ("lively", _LIVELY))
        if "lively" in one.summary
    ]
    return markdown_table(["", "style", *_LIVELY], rows) if rows else ""


def _lids(evaluation: Evaluation) -> str:
    return "measured" if lids_measured(evaluation) else "inferred"


def lids_measured(evaluation: Evaluation) -> bool:
    """Whether lids have a sensor."""
    return bool(figure(evaluation.summary, "events", "blinks", "measured"))


def _metrics(evaluations: Evaluations, mode: str, columns: Mapping[str, tuple[str, Text]]) -> str:
    """Metrics of all hidden shapes: a row a headset and method."""
    methods: Sequence[str] = (OURS, BEST, CEILING)
    rows = [
        [
            f"`{headset}`",
            judged(method, evaluation),
            *(text(evaluation.metric(method, "hidden", key)) for key, text in columns.values()),
        ]
        for headset, evaluation in under(evaluations, mode)
        for method in methods
        if method in evaluation.judged()
    ]
    return markdown_table(["", "hidden shapes", *columns], rows)


_BLINKS: dict[str, tuple[str, Text]] = {
    "true blinks a minute": ("truth_per_minute", tenth),
    "shown": ("shown_per_minute", tenth),
    "F1, 100 ms": ("f1_100ms", share),
    "F1, 50 ms": ("f1_50ms", share),
    "onset error, ms": ("onset_error_ms", whole),
    "false a minute": ("false_per_minute", tenth),
    "winks": ("winks", tenth),
    "kept": ("winks_kept", tenth),
    "R2": ("r2", share),
    "of copying": ("copied_r2", share),
}
_MOVEMENT: Columns = {
    "SD ratio": (("groups", "hidden", "sd_ratio"), share),
    "velocity ratio": (("groups", "hidden", "velocity_ratio"), share),
    "jerk ratio": (("groups", "hidden", "jerk_ratio"), share),
    "lag, ms": (("groups", "hidden", "lag_ms"), whole),
}
_EVENTS: Columns = {
    "true brow raises a minute": (("events", "brow_raises", "truth_per_minute"), tenth),
    "shown": (("events", "brow_raises", "shown_per_minute"), tenth),
    "beyond the truth": (("events", "brow_raises", "beyond_truth_per_minute"), tenth),
    "in still frames": (("still_raises",), tenth),  # each style has its own: below
    "true blinks a minute": (("events", "blinks", "truth_per_minute"), tenth),
    "shown ": (("events", "blinks", "shown_per_minute"), tenth),
    "F1, 100 ms": (("events", "blinks", "f1_100ms"), share),
    "false a minute": (("events", "blinks", "false_per_minute"), tenth),
    "left-right correlation": (("liveliness", "sides", "shown_correlation"), share),
    "windows / floor": (("liveliness", "windows", "multiple"), tenth),
}
_EXPECTED: Columns = {
    **{head: (("shown", *path), text) for head, (path, text) in _MOVEMENT.items()},
    **_EVENTS,
    "in still frames": (("lively", "still_raises", "expected_per_minute"), tenth),
}
_LIVELY: Columns = {
    **{head: (("lively", *path), text) for head, (path, text) in {**_MOVEMENT, **_EVENTS}.items()},
    "in still frames": (("lively", "still_raises", "shown_per_minute"), tenth),
}
MEASURED: Columns = {
    "R2": (("groups", "measured", "r2"), share),
    "CCC": (("groups", "measured", "ccc"), share),
    "MAE x 1000": (("groups", "measured", "mae"), error),
    "lag, ms": (("groups", "measured", "lag_ms"), whole),
}
RAISES: Columns = {
    "true brow raises a minute": (("events", "brow_raises", "truth_per_minute"), tenth),
    "shown": (("events", "brow_raises", "shown_per_minute"), tenth),
    "beyond the truth": (("events", "brow_raises", "beyond_truth_per_minute"), tenth),
}
LIVELINESS: Columns = {
    "left-right correlation, true": (("liveliness", "sides", "truth_correlation"), share),
    "shown": (("liveliness", "sides", "shown_correlation"), share),
    "left-right gap x 1000, true": (("liveliness", "sides", "truth_gap"), error),
    "shown ": (("liveliness", "sides", "shown_gap"), error),
    "windows / floor": (("liveliness", "windows", "multiple"), tenth),
}
RECOVERY: Columns = {
    "drops a take": (("recovery", "drops"), tenth),
    "seconds each": (("recovery", "drop_s"), tenth),
    "came off in": (("recovery", "came_off"), tenth),
    "recovery, ms": (("recovery", "recovery_ms"), whole),
    "overshoot": (("recovery", "overshoot"), share),
    "CRPS x 1000": (("recovery", "crps"), error),
    "in drops": (("recovery", "crps_dropped"), error),
    "MAE x 1000 in drops": (("recovery", "mae_dropped"), error),
    "of holding the last face": (("recovery", "hold_last_mae"), error),
}
MILLIMETRES: Columns = {
    "model, mm": (("mm", "vertex_error"), share),
    "neutral face": (("mm", "neutral_error"), share),
    "mean face": (("mm", "mean_face_error"), share),
    "model / mean face": (("mm", "ratio"), share),
}
