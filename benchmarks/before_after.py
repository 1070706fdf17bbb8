"""What the simulated wearer is worth: the small recipe on real faces, before it and with it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from vrface.training.report.evaluation import OURS
from vrface.training.report.findings import HEADLINE, Findings
from vrface.training.report.jobs import HEADSETS
from vrface.training.words import error, markdown_table, share

EARLIER = Path(__file__).with_name("earlier_wearer.csv")
"""The same recipe, trained on the first, simple wearer; measured once and kept."""

_COLUMNS = {
    "crps": ("error (CRPS x 1000)", error, -1),
    "active_skill": ("active skill", share, 1),
    "still_excess": ("still excess x 1000", error, -1),
    "coverage90": ("in its 90 % interval", share, 0),
}
"""Metric -> its words, how it is written, and which way is better (0 = neither)."""


class Change(NamedTuple):
    """One figure before and after.

    Attributes:
        headset: What was worn.
        metric: One of `crps`, `active_skill`, `still_excess`, `coverage90`.
        before: With the earlier wearer.
        after: With this one.
    """

    headset: str
    metric: str
    before: float
    after: float

    @property
    def better(self) -> bool:
        """Whether it improved."""
        return (self.after - self.before) * _COLUMNS[self.metric][2] > 0


def changes(found: Findings) -> list[Change]:
    """Of the hidden shapes of real faces, unpaired, through each headset that was measured."""
    with EARLIER.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    before = {row["headset"]: row for row in rows if row["calibration"] == HEADLINE}
    return [
        Change(headset, metric, float(before[headset][metric]), after)
        for headset in HEADSETS
        if headset in found.real
        for metric in _COLUMNS
        if (after := found.real[headset][HEADLINE].metric(OURS, "hidden", metric)) is not None
    ]


def before_after(found: Findings) -> str | None:
    """The page's table, Markdown; None where no real face was measured."""
    every = changes(found)
    if not every:
        return None
    rows = []
    for headset in dict.fromkeys(change.headset for change in every):
        row = [f"`{headset}`"]
        for change in every:
            if change.headset == headset:
                text = _COLUMNS[change.metric][1]
                row.append(f"{text(change.before)} -> {text(change.after)}")
        rows.append(row)
    words = [words for words, _, _ in _COLUMNS.values()]
    judged = [change for change in every if change.metric in ("active_skill", "still_excess")]
    improved = sum(change.better for change in judged)
    return (
        markdown_table(["real faces, unpaired", *words], rows)
        + f"\n\nActive skill and still excess improved in {improved} of {len(judged)} cases."
    )
