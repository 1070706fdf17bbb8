"""What the page says in the same words everywhere: figures, ranges, a table and its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vrface.training.realism.finding import Finding
from vrface.training.words import markdown_table

UNPUBLISHED = ("no figure published", "assumed")
"""What a source begins with where nobody measured it: such a row is told, not judged."""


def plain(value: float | None) -> str:
    """A figure of any size with three digits that count; "-" where it is not defined."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


def span(low: float, high: float) -> str:
    """A range; one figure where it is no wider."""
    one, other = plain(low), plain(high)
    return one if one == other else f"{one} to {other}"


def with_words(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose last column is text."""
    return markdown_table(heads, rows).replace("---: |\n", "--- |\n", 1)


def judged(finding: Finding) -> bool:
    """Whether anybody published what a finding is to be beside."""
    return not finding.source.startswith(UNPUBLISHED)


def table(findings: Sequence[Finding]) -> str:
    """A row a finding."""
    heads = ("", "simulated", "over wearers", "true to life", "", "who says so")
    rows = (
        (
            one.what,
            plain(one.simulated),
            "-" if one.spread is None else span(*one.spread),
            span(one.low, one.high) if judged(one) else "-",
            place(one),
            one.source,
        )
        for one in findings
    )
    return with_words(heads, rows)


def place(finding: Finding) -> str:
    """Where a finding lies."""
    if not judged(finding):
        return "-"
    if finding.simulated is None:
        return "**not defined**"
    if finding.inside:
        return "inside"
    return "**too low**" if finding.simulated < finding.low else "**too high**"


def tally(findings: Sequence[Finding]) -> tuple[int, int, list[str]]:
    """How many are judged, how many of them lie inside; those that do not, in words."""
    those = [one for one in findings if judged(one)]
    outside = [one for one in those if not one.inside]
    told = [f"{one.what} ({place(one).strip('*')})" for one in outside]
    return len(those), len(those) - len(outside), told


def verdict(findings: Sequence[Finding]) -> str:
    """One line on a table."""
    count, inside, outside = tally(findings)
    if not count:
        return "Nothing of this was published."
    if not outside:
        return f"All {count} figures lie inside."
    return f"{inside} of {count} figures lie inside. Outside: {'; '.join(outside)}."
