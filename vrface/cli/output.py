"""How verbs speak: one look for tables, one way to prepare and to write files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vrface.errors import BadUse, LogError, VrfaceError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

_NOT_JSON = (".mcap", ".csv", ".toml", ".py", ".calibration")
_WIDEST = 40
"""No word of a head takes more room than this by force."""

_BEGIN = 64
"""Bytes of a file that tell whether it is JSON: logs, calibrations, pictures begin otherwise."""


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
        # Only so far: a path for a head would push what stands below it off a narrow terminal.
        longest = min(max(map(len, head.split()), default=1), _WIDEST)
        made.add_column(head, no_wrap=place == 0, min_width=longest)
    return made


def listed(names: Iterable[str]) -> str:
    """Names for people; "nothing" where there are none."""
    return ", ".join(names) or "nothing"


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


def prepare(path: Path, option: str = "-o", folder_mode: int = 0o777) -> None:
    """See that a file can be written, before the work that it is to hold.

    Its folder is made if it is not there; the file itself is left as it was.

    Args:
        path: The file.
        option: What the user named it with.
        folder_mode: Permissions of a folder that is made.

    Raises:
        BadUse: if it is named as something else is, or is something else.
        VrfaceError: if it cannot be written.
    """
    if option == "--json" and (path.suffix.lower() in _NOT_JSON or _is_other(path)):
        raise BadUse(f"--json would write over {path}, which is no JSON.", "Give another --json.")
    try:
        if not path.parent.exists():
            path.parent.mkdir(folder_mode, parents=True)
        there = path.exists()
        path.open("ab").close()
        if not there:
            path.unlink()
    except OSError as error:
        raise VrfaceError(
            f"cannot write {path}: {error.strerror}.", f"Give another {option}."
        ) from None


def _is_other(path: Path) -> bool:
    """Whether a file is there that holds no object of JSON: a log, a calibration, a picture."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        begin = file.read(_BEGIN).lstrip()
    return bool(begin) and not begin.startswith(b"{")


def prepare_log(path: Path) -> None:
    """The same for a log, which is never overwritten.

    Raises:
        LogError: if it is there already.
        VrfaceError: if it cannot be written.
    """
    prepare(path)
    if path.exists():
        raise LogError(f"{path} is there already.", "A log is never overwritten: give another -o.")


def keep_private(path: Path) -> None:
    """Let only the owner read a file, from before its first byte on."""
    path.touch(0o600)
    path.chmod(0o600)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write strict JSON: a figure that is undefined must be None, never NaN.

    Raises:
        OSError: if the file cannot be written.
        ValueError: if `value` holds NaN or an infinity.
    """
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8")
