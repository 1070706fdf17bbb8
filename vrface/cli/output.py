"""How verbs speak: one look for tables, one way to write JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table


def console() -> Console:
    """Where tables go: stdout, plain text when that is no terminal; brackets mean brackets."""
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False)


def table(*heads: str) -> Table:
    """A table in the house's look: the first column never wraps, no word is broken."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="bold",
        title_style="bold",
        title_justify="left",
    )
    for place, head in enumerate(heads):
        longest = max(map(len, head.split()), default=1)
        made.add_column(head, no_wrap=place == 0, min_width=longest)
    return made


def progress() -> Progress:
    """A bar on stderr, so that stdout stays the result's; nothing when stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        Remaining(),
        console=(errors := Console(stderr=True)),
        disable=not errors.is_terminal,
        transient=True,
    )


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write strict JSON: a figure that is undefined must be None, never NaN.

    Raises:
        OSError: if the file cannot be written.
        ValueError: if `value` holds NaN or an infinity.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8")
