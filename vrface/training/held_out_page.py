"""The held-out report for people, as Markdown: tables of the model and its rivals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vrface.face.blendshapes import GROUPS
from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.training.evaluate import Report
from vrface.training.words import (
    BEST,
    COVERAGE,
    coverage_words,
    error,
    legend,
    listed,
    many,
    markdown_table,
    share,
    spaced,
    whole,
)

OURS = "this model"
"""What tables call the model that is reported on."""

_LEGEND = """\
Every figure is of wearers that nothing was learned from, neither by the model nor by its rivals.

- **hidden**, **lid**, **brow**, ...: error of the law of what the headset hides, CRPS x 1000. Lower
  is better; it counts being wrong, and being surer or less sure than one may be. *hidden* is all
  of them but the directions of gaze.
- **in band**: share of the truth inside the law's 90 % interval. {low:.2f} to {high:.2f} is honest;
  below it the model is surer than it may be.
- **active skill**: error saved against a face that always rests, while the face moves. 1 is
  perfect, 0 is worth nothing, below 0 the resting face would have been better.
- **sd ratio**: how far the inferred face moves against how far the true one does. 0 is a dead face.
- **lag**: how late the inferred face is, milliseconds, the sensors' own delay included.
- Calibration: *none* knows nothing of the wearer; *unpaired* the sensors at rest; *paired* the true
  face of the calibration seconds too.

The rivals, with laws of the same family and the same sensors:

{rivals}
**B** is the one that was best on wearers of the training, {learned} left aside: the bar.
"""

_MEANINGS = {
    "honest": "honest",
    "too narrow": "too narrow, it is surer than it may be",
    "too wide": "too wide, it is less sure than it could be",
}


def report_page(report: Report) -> str:
    """The whole report."""
    low, high = COVERAGE
    said = _LEGEND.format(
        low=low, high=high, rivals=legend(_rivals(report)), learned=listed(LEARNED_RIVALS)
    )
    parts = ["# Held-out report\n", said]
    if not report["headsets"]:
        parts.append("No held-out log is long enough, or shows enough of the face, to judge by.\n")
    for entry in report["headsets"]:
        parts += _entry(entry, report)
    return "\n".join(parts)


def score_tables(report: Report) -> str:
    """The short of it: for each headset the error over all hidden shapes by calibration."""
    return "\n".join(
        f"`{entry['headset']}` ({entry['evidence']}), {_looked_at(entry)}:\n\n"
        + _by_calibration(entry["calibrations"])
        for entry in report["headsets"]
    )


def coverage_verdict(coverage: float | None) -> str:
    """What the share of truth inside the 90 % interval means, as a sentence."""
    if coverage is None:
        return "Its spread cannot be judged."
    means = _MEANINGS[coverage_words(coverage)]
    return f"Its 90 % interval holds {100 * coverage:.1f} % of the truth: {means}."


def methods(summary: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The model and its rivals, each with its groups; ``best`` is one of the others again."""
    rivals = [(name, one["groups"]) for name, one in summary["rivals"].items() if name != BEST]
    return [(OURS, summary["groups"]), *rivals]


def hidden_errors(calibrations: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Rows of text: the name of a method and its error over all hidden shapes by calibration.

    Args:
        calibrations: Mode -> summary, of one entry of a report.
    """
    by_mode = [dict(methods(summary)) for summary in calibrations.values()]
    names = dict.fromkeys(name for scored in by_mode for name in scored)
    return [
        (
            spaced(name),
            *(error(s[name]["hidden"]["crps"]) if name in s else "-" for s in by_mode),
        )
        for name in names
    ]


def _entry(entry: Report, report: Report) -> list[str]:
    parts = [
        f"## {entry['headset']}: {entry['evidence']}\n",
        f"{_looked_at(entry)}, drawn by seed {report['seed']} from {report['held_out']['wearers']} "
        f"held out; each half of a log is calibrated from {entry['calibration_s']:.0f} s of the "
        "other half.\n",
    ]
    for mode, summary in entry["calibrations"].items():
        coverage = summary["groups"]["hidden"]["coverage90"]
        parts += [f"### Calibration {mode}\n", _by_group(summary)]
        parts.append(f"{coverage_verdict(coverage)}\n")
    if entry["tiers"]:
        parts += [
            "### What fewer sensors leave\n",
            "The same recordings with the channels of poorer headsets alone, calibration unpaired; "
            "more is hidden then.\n",
            _by_tier(entry),
        ]
    return parts


def _by_group(summary: Mapping[str, Any]) -> str:
    groups = _groups(summary)
    rows = [
        [
            spaced(name),
            *(error(scored[group]["crps"]) for group in groups),
            *(share(scored["hidden"][key]) for key in ("coverage90", "active_skill", "sd_ratio")),
            whole(scored["hidden"]["lag_ms"]),
        ]
        for name, scored in methods(summary)
    ]
    return markdown_table(["", *groups, "in band", "active skill", "sd ratio", "lag"], rows)


def _by_calibration(calibrations: Mapping[str, Any]) -> str:
    rows = [list(row) for row in hidden_errors(calibrations)]
    in_band = [share(one["groups"]["hidden"]["coverage90"]) for one in calibrations.values()]
    rows.append([f"*{OURS}: share of the truth in its 90 % interval*", *in_band])
    return markdown_table(["hidden shapes, CRPS x 1000", *calibrations], rows)


def _by_tier(entry: Report) -> str:
    tiers = {entry["headset"]: entry["calibrations"]["unpaired"], **entry["tiers"]}
    groups = list(dict.fromkeys(group for one in tiers.values() for group in _groups(one)))
    rows = []
    for tier, summary in tiers.items():
        ours, best = summary["groups"], summary["rivals"].get(BEST)
        errors = [error(ours[group]["crps"]) if group in ours else "-" for group in groups]
        bar = (
            f"{error(best['groups']['hidden']['crps'])} ({spaced(best.get('name', '-'))})"
            if best
            else "-"
        )
        rows.append([f"`{tier}`", *errors, share(ours["hidden"]["coverage90"]), bar])
    return markdown_table(["", *groups, "in band", "B: hidden"], rows)


def _rivals(report: Report) -> list[str]:
    """Every rival of some table."""
    summaries = [
        summary
        for entry in report["headsets"]
        for summary in (*entry["calibrations"].values(), *entry["tiers"].values())
    ]
    return [name for summary in summaries for name in summary["rivals"]]


def _groups(summary: Mapping[str, Any]) -> list[str]:
    return [group for group in ("hidden", *GROUPS) if group in summary["groups"]]


def _looked_at(entry: Report) -> str:
    return f"{many(entry['wearers'], 'wearer')}, {entry['seconds']:.0f} s"
