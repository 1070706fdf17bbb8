"""The words and tables of a report: who was how far off, for terminal and page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vrface.face.blendshapes import GROUPS

Report = dict[str, Any]

_SKILL, _COVERAGE = "active skill", "in band"


@dataclass(frozen=True)
class Scores:
    """One table: error (CRPS x 1000) by group, active skill, coverage.

    Attributes:
        columns: Heads of the columns: groups, then skill and coverage of the hidden shapes.
        rows: Name of the method and its figures, None where undefined; the model comes first.
        ceilings: The same of what nobody can do on the frame path.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    ceilings: tuple[tuple[str, tuple[float | None, ...]], ...] = ()

    @classmethod
    def of(cls, report: Report) -> Scores:
        """The summary of an evaluation report."""
        from vrface.training.evaluate import summary_rows

        rows = summary_rows(report)
        present = rows[0][1]
        groups = [group for group in ("hidden", *GROUPS) if group in present]
        figures = [(name, _figures(metrics, groups)) for name, metrics in rows]
        ceilings = report["summary"].get("ceilings", {})
        others = [row[1] for row in figures[1:] if row[0] != "best"]
        return cls(
            columns=(*groups, _SKILL, _COVERAGE),
            # "best" is one of the others wherever the same one was best for everybody.
            rows=tuple(
                (name, values)
                for name, values in figures
                if name not in ceilings and (name != "best" or values not in others)
            ),
            ceilings=tuple(row for row in figures if row[0] in ceilings),
        )

    def texts(self) -> list[tuple[str, list[str]]]:
        """The rows, then the ceilings, as text: errors x 1000 with one decimal, shares with two."""
        return [
            (
                name,
                [
                    _text(value, column not in (_SKILL, _COVERAGE))
                    for column, value in zip(self.columns, values, strict=True)
                ],
            )
            for name, values in (*self.rows, *self.ceilings)
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


def sights(report: Report) -> list[str]:
    """What a viewer sees, in a line each: blinks, brow raises, sensor drops, millimetres."""
    summary = report["summary"]
    blinks, raises = (summary["events"][kind] for kind in ("blinks", "brow_raises"))
    lids = "measured" if blinks["measured"] else "inferred"
    lines = [
        f"blinks ({lids}): {_number(blinks['shown_per_minute'])} a minute shown for "
        f"{_number(blinks['truth_per_minute'])} true ones; "
        f"{_number(blinks['false_per_minute'])} of those shown are made up; "
        f"F1 {_number(blinks['f1_100ms'], 2)} within 100 ms",
        f"brow raises: {_number(raises['shown_per_minute'])} a minute shown for "
        f"{_number(raises['truth_per_minute'])} true ones; "
        f"{_number(raises['beyond_truth_per_minute'])} of those shown are made up",
    ]
    recovery = summary["recovery"]
    if recovery.get("drops"):
        lines.append(
            f"sensor drops of {_number(recovery['drop_s'], 0)} s: "
            f"{_number(recovery['came_off'])} of {_number(recovery['drops'])} a take move the "
            f"face, which is back after {_number(recovery['recovery_ms'], 0)} ms; off by "
            f"{_number(recovery['mae_dropped'], 3)} meanwhile, holding the last face by "
            f"{_number(recovery['hold_last_mae'], 3)}"
        )
    if "mm" in summary:
        lines.append(
            f"on the rig: {_number(summary['mm']['vertex_error'], 2)} mm off, the neutral face "
            f"{_number(summary['mm']['neutral_error'], 2)} mm, the mean face "
            f"{_number(summary['mm']['mean_face_error'], 2)} mm"
        )
    return lines


def evidence(report: Report) -> str:
    """What kind of evidence the figures are, for example ``real face, simulated sensors``."""
    return str(report["takes"][0]["label"])


def bar(report: Report) -> str:
    """The rival that was best on the training wearers: what a model is to beat; "-" = unknown."""
    best = (take["rivals"].get("best", {}).get("name", "-") for take in report["takes"])
    return ", ".join(name.replace("_", " ") for name in dict.fromkeys(best))


def step_name(report: Report) -> str:
    """What ``step_ms`` timed: a step infers for several wearers together."""
    wearers = report["step_wearers"]
    return f"step, {wearers} wearer{'' if wearers == 1 else 's'}"


def name_of(take: Mapping[str, Any]) -> str:
    """``PERSON/TAKE`` of a take of a report."""
    return f"{take['person']}/{take['name']}"


def scored_s(report: Report) -> float:
    """Seconds that the averages are over."""
    left_out = report["summary"]["left_out"]
    return sum(float(t["seconds"]) for t in report["takes"] if name_of(t) not in left_out)


def fell_back(report: Report, mode: str) -> bool:
    """Whether a calibration was asked for and no take got it: its averages are then of none."""
    return mode != "none" and all(take["calibration"] == "none" for take in report["takes"])


def calibration(report: Report, mode: str, seconds: float) -> str:
    """How the takes were calibrated, in words that hide no take that was not.

    Args:
        report: Of an evaluation.
        mode: The calibration that was asked for.
        seconds: How much of a take was to calibrate.
    """
    if mode == "none":
        return mode
    why = f"no take or sibling has {seconds:g} s to spare"
    if fell_back(report, mode):
        return f"{mode} asked; none possible for any take: {why}"
    left_out = report["summary"]["left_out"]
    asked = f"{mode}, {seconds:g} s"
    if not left_out:
        return asked
    return f"{asked}; left out of the averages, as none was possible: {', '.join(left_out)} ({why})"


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


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
