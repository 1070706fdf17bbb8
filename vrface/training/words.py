"""What reports say alike: figures as text, methods by name and in words, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Text: TypeAlias = Callable[[float | None], str]
"""How a figure is written; "-" where it is not defined."""

COVERAGE = (0.87, 0.93)
"""Between these a 90 % interval is honest."""

BEST = "best"

RIVALS: dict[str, str] = {
    "neutral": "a face that always rests",
    "climatology": "how often everybody shows which weight, whatever the sensors say",
    "calibration_climatology": "how often this wearer did in the calibration seconds",
    "copy_rule": "brows follow the lids, cheeks the smile, as avatars do",
    "copy_rule_offset": "the same, moved by what it was off in the calibration seconds",
    "hold_last": "the last face of the calibration seconds",
    "ridge": "a linear model of the same sensors and their recent past",
    "ridge_offset": "the same, moved by what it was off in the calibration seconds",
    "ridge_user": "that, with weights that learned from the calibration seconds",
    "pool": "ridge and climatology, mixed",
    "pool_user": "ridge user and calibration climatology, mixed",
    "knn": "what others showed at moments like this one",
    "gbt": "gradient-boosted trees",
    "gru": "a small recurrent network",
    "tcn": "a small convolutional network",
}
"""Every rival in words, in the order in which reports list them."""


def spaced(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ")


def legend(names: Iterable[str]) -> str:
    """What some methods are, a point each, Markdown; those that are no rivals are passed over."""
    known = set(names)
    return "".join(
        f"- **{spaced(name)}**: {words}.\n" for name, words in RIVALS.items() if name in known
    )


def coverage_words(coverage: float) -> str:
    """What a share of the truth inside the 90 % interval is called."""
    low, high = COVERAGE
    if low <= coverage <= high:
        return "honest"
    return "too narrow" if coverage < low else "too wide"


def error(value: float | None) -> str:
    """A CRPS or another error of weights, x 1000."""
    return "-" if value is None else f"{1000 * value:.1f}"


def share(value: float | None) -> str:
    """A ratio, a share or a skill."""
    return "-" if value is None else f"{value:.2f}"


def whole(value: float | None) -> str:
    """Milliseconds."""
    return "-" if value is None else f"{value:.0f}"


def tenth(value: float | None) -> str:
    """Counts, rates a minute."""
    return "-" if value is None else f"{value:.1f}"


def percent(value: float | None) -> str:
    """A share of a way."""
    return "-" if value is None else f"{100 * value:.0f} %"


def listed(words: Sequence[str]) -> str:
    """Words with commas and an "and"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def many(count: int, noun: str) -> str:
    """So many of something."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; figures stand right, and the first column, which names the row, left."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, rule, *rows))
