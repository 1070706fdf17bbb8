"""What the simulated wearer is worth: the small recipe on real faces, before it and with it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from vrface.training.report.evaluation import OURS
from vrface.training.report.findings import HEADLINE, Findings
from vrface.training.words import error, markdown_table, share

EARLIER = Path(__file__).with_name("earlier_wearer.csv")
"""The same recipe, trained on the first, simple wearer; measured once and kept."""


class Figure(NamedTuple):
    """One column of the table.

    Attributes:
        words: Its head.
        metric: Of an evaluation.
        kept: Its name in `EARLIER`.
        upwards: Whether more is better.
    """

    words: str
    metric: str
    kept: str
    upwards: bool


ERRORS = (
    Figure("error", "crps", "crps", False),
    Figure("error while active", "crps_active", "crps_active", False),
    Figure("in its 90 % interval", "coverage90", "coverage90", True),
)
SKILLS = (
    Figure("active skill", "active_skill", "same_active_skill", True),
    Figure("still excess", "still_excess", "same_still_excess", False),
)
"""Beside one neutral face, that of today's checkpoint."""

OWN = (
    Figure("active skill", "active_skill", "active_skill", True),
    Figure("still excess", "still_excess", "still_excess", False),
)
"""Each beside the neutral face of its own checkpoint, as protocol 1 has it."""

_SHARES = ("coverage90", "active_skill")


class Change(NamedTuple):
    """One figure before and after.

    Attributes:
        headset: What was worn.
        figure: Which.
        before: With the earlier wearer.
        after: With this one.
    """

    headset: str
    figure: Figure
    before: float
    after: float

    @property
    def better(self) -> bool:
        """Whether it improved."""
        return self.after != self.before and (self.after > self.before) == self.figure.upwards


def changes(found: Findings, figures: tuple[Figure, ...]) -> list[Change]:
    """Of the hidden shapes of real faces, unpaired, through each headset that was measured."""
    with EARLIER.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        before = {row["headset"]: row for row in rows}
    return [
        Change(headset, figure, float(before[headset][figure.kept]), after)
        for headset in before
        if headset in found.real
        for figure in figures
        if (after := found.real[headset][HEADLINE].metric(OURS, "hidden", figure.metric))
        is not None
    ]


def before_after(found: Findings) -> str | None:
    """The page's tables, Markdown; None where no real face was measured."""
    if not found.real:
        return None
    return "\n\n".join(
        [
            "Errors are CRPS x 1000, and so is still excess. The error of a law needs nothing "
            "beside it:",
            _table(changes(found, ERRORS)),
            "Skill and excess are counted from a neutral face, and that has a law too, whose "
            "spread is learned from the same wearers. Beside *one* neutral face, today's:",
            _table(changes(found, SKILLS)),
            f"{_improved(changes(found, SKILLS))} Each beside the neutral face of its own "
            "checkpoint, as protocol 1 has it, the two do not compare, because today's neutral "
            "face is the better one while faces move:",
            _table(changes(found, OWN)),
            _improved(changes(found, OWN)),
        ]
    )


def _table(every: list[Change]) -> str:
    heads = dict.fromkeys(change.figure.words for change in every)
    rows = []
    for headset in dict.fromkeys(change.headset for change in every):
        row = [f"`{headset}`"]
        for change in every:
            if change.headset == headset:
                text = share if change.figure.metric in _SHARES else error
                row.append(f"{text(change.before)} -> {text(change.after)}")
        rows.append(row)
    return markdown_table(["real faces, unpaired", *heads], rows).rstrip("\n")


def _improved(every: list[Change]) -> str:
    better = sum(change.better for change in every)
    return f"Active skill and still excess improved in {better} of {len(every)} cases."
