"""The table of a report: the model and its rivals by group, for terminal and page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vrface.face.blendshapes import GROUPS

Report = dict[str, Any]

_SKILL, _COVERAGE = "skill", "in band"


@dataclass(frozen=True)
class Scores:
    """One table: error (CRPS x 1000) by group, active skill, coverage.

    Attributes:
        columns: Heads of the columns: groups, then skill and coverage of the hidden shapes.
        rows: Name of the method and its figures, None where undefined; the model comes first.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]

    @classmethod
    def of(cls, report: Report) -> Scores:
        """The summary of an evaluation report."""
        from vrface.training.evaluate import summary_rows

        rows = summary_rows(report)
        others = [metrics for name, metrics in rows[1:] if name != "best"]
        # "best" is one of the others wherever the same one was best for everybody.
        rows = [
            (name, metrics) for name, metrics in rows if name != "best" or metrics not in others
        ]
        present = rows[0][1]
        groups = [group for group in ("hidden", *GROUPS) if group in present]
        return cls(
            columns=(*groups, _SKILL, _COVERAGE),
            rows=tuple((name, _figures(metrics, groups)) for name, metrics in rows),
        )

    def texts(self) -> list[tuple[str, list[str]]]:
        """The rows as text: errors x 1000 with one decimal, shares with two."""
        return [
            (
                name,
                [
                    _text(value, column not in (_SKILL, _COVERAGE))
                    for column, value in zip(self.columns, values, strict=True)
                ],
            )
            for name, values in self.rows
        ]

    def verdict(self) -> str:
        """Who was closest over all hidden shapes: words that hide no defeat.

        A rival whose every figure is the model's own is the model itself, and no rival here.
        """
        (name, figures), *others = self.rows
        ours = figures[0]
        rivals = {
            rival: values[0]
            for rival, values in others
            if values[0] is not None and values != figures and rival != "best"
        }
        if ours is None or not rivals:
            return "There is nothing to compare here."
        best = min(rivals, key=lambda rival: rivals[rival])
        share, words = ours / rivals[best] - 1.0, best.replace("_", " ")
        if share < 0:
            text = f"{name} is closest: {-share:.1%} less error than its best rival, {words}."
        else:
            text = f"{name} is NOT the closest: {words} is. {name} has {share:.1%} more error."
        itself = [rival for rival, values in others if values == figures and rival != "best"]
        return f"{text} ({', '.join(itself)} is this very model.)" if itself else text


def evidence(report: Report) -> str:
    """What kind of evidence the figures are, for example ``real face, simulated sensors``."""
    return str(report["takes"][0]["label"])


def step_name(report: Report) -> str:
    """What ``step_ms`` timed: a step infers for several wearers together."""
    wearers = report.get("step_wearers")
    if wearers is None:
        return "step"
    return f"step, {wearers} wearer{'' if wearers == 1 else 's'}"


def uncalibrated(report: Report, mode: str) -> list[str]:
    """``PERSON/TAKE`` of each take that was to be calibrated and could not be.

    Args:
        report: Of an evaluation.
        mode: The calibration that was asked for.
    """
    return [
        f"{take['person']}/{take['name']}"
        for take in report["takes"]
        if take["calibration"] != mode
    ]


def calibration(report: Report, mode: str, seconds: float) -> str:
    """How the takes were calibrated, in words that hide no take that was not.

    Args:
        report: Of an evaluation.
        mode: The calibration that was asked for.
        seconds: How much of a take was to calibrate.
    """
    if mode == "none":
        return mode
    asked, lacking = f"{mode}, {seconds:g} s", uncalibrated(report, mode)
    if not lacking:
        return asked
    why = f"none possible for {', '.join(lacking)}: no take or sibling has {seconds:g} s to spare"
    return f"{mode} asked; {why}" if len(lacking) == len(report["takes"]) else f"{asked}; {why}"


def _figures(
    metrics: Mapping[str, Mapping[str, float | None]], groups: Sequence[str]
) -> tuple[float | None, ...]:
    hidden = metrics.get("hidden", {})
    errors = (metrics.get(group, {}).get("crps") for group in groups)
    return (*errors, hidden.get("active_skill"), hidden.get("coverage90"))


def _text(value: float | None, error: bool) -> str:
    if value is None:
        return "-"
    return f"{1000 * value:.1f}" if error else f"{value:.2f}"
