"""`vrface map`: what becomes of a standard's shapes here, and in another standard through us."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from vrface.cli.output import console, prepare, table
from vrface.errors import BadUse, VrfaceError

if TYPE_CHECKING:
    from vrface.face.crossing import Crossing
    from vrface.face.scheme_table import Term
    from vrface.face.schemes import Scheme


def map_schemes(
    scheme: Annotated[
        str | None, typer.Argument(help="A scheme, or a table of your own (.csv); default: list.")
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(help="A CSV whose header names the scheme's shapes.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="The scheme to write: name or table.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The CSV to write.")] = None,
) -> None:
    """Show what becomes of a scheme's shapes, or convert a CSV.

    With --to, in another scheme, through vrface's own shapes. Columns of the CSV that are no shapes
    pass through; an empty cell is a value that is not there.
    """
    from vrface.face.schemes import scheme as load

    if scheme is None:
        _list()
        return
    first = load(scheme)
    if file is None and output is None:
        if to is None:
            _show(first)
        else:
            _show_crossing(first, load(to))
        return
    if file is None or output is None or to is None:
        raise BadUse("a CSV is converted from one scheme to another.", "Give FILE, --to and -o.")
    _convert(first, load(to), file, output)


def _list() -> None:
    from vrface.face.schemes import SCHEMES
    from vrface.face.schemes import scheme as load

    rows = table("scheme", "shapes", "of the 54", "extras", "lost", "what it is")
    for name in SCHEMES:
        entry = load(name)
        carried = len(entry.measured) + len(entry.copied)
        counts = (len(entry.rows), carried, len(entry.extras), len(entry.unread))
        rows.add_row(name, *map(str, counts), entry.summary)
    console().print(rows)


def _show(scheme: Scheme) -> None:
    out = console()
    out.print(f"{scheme.name}: {scheme.summary}")
    rows = table("shape", "when read", "goes into", "is written from", "note")
    for row in scheme.rows:
        ways = " | ".join(_sum(way) for way in row.ways)
        rows.add_row(row.shape, row.fate, _sum(row.into) or "-", ways or "-", row.note)
    out.print(rows)
    fates = Counter(row.fate for row in scheme.rows)
    out.print(", ".join(f"{times} {fate}" for fate, times in fates.items()) + ".")
    out.print(f"Of the 54 it cannot carry {_names(scheme.lost)}.")


def _sum(terms: Iterable[Term]) -> str:
    text = ""
    for term in terms:
        share = "" if abs(term.share) == 1 else f"{abs(term.share):g} "
        sign = "- " if term.share < 0 else "+ " if text else ""
        text += f" {sign}{'copy ' if term.copied else ''}{share}{term.name}"
    return text.strip()


def _show_crossing(first: Scheme, second: Scheme) -> None:
    from vrface.face.crossing import crossing

    across = crossing(first, second)
    out = console()
    rows = table(f"shape of {second.name}", "worth", f"made of {first.name}'s")
    for shape in second.shapes:
        rows.add_row(shape, across.source[shape].name.lower(), _parts(across.made[shape]) or "-")
    out.print(rows)
    out.print(_losses(first, second, across))


def _parts(parts: Mapping[str, float]) -> str:
    words = [shape if share == 1 else f"{share:.4g} {shape}" for shape, share in parts.items()]
    return " + ".join(words).replace("+ -", "- ")


def _losses(first: Scheme, second: Scheme, across: Crossing) -> str:
    from vrface.face.expression import Source

    kinds = {
        kind: [shape for shape in second.shapes if across.source[shape] == kind]
        for kind in (Source.COPIED, Source.ABSENT)
    }
    return (
        f"Lost of {first.name}: {_names(across.lost)}.\n"
        f"Only copied in {second.name}: {_names(kinds[Source.COPIED])}.\n"
        f"Absent in {second.name}: {_names(kinds[Source.ABSENT])}."
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"


def _convert(first: Scheme, second: Scheme, file: Path, output: Path) -> None:
    from vrface.face.crossing import crossing

    header, rows = _read(file)
    places = _places(first, header, file)
    others = [place for place in range(len(header)) if place not in places.values()]
    twice = sorted({header[place] for place in others} & set(second.shapes))
    if twice:
        raise BadUse(
            f"{file} has columns that {second.name} would have twice: {_names(twice)}.",
            f"They are no shapes of {first.name}: rename them.",
        )
    if output.exists() and output.samefile(file):
        raise BadUse(f"{output} would be written over itself.", "Give another -o.")
    prepare(output)
    values = np.full((len(rows), len(first.rows)), np.nan, dtype=np.float32)
    for k, shape in enumerate(first.shapes):
        if shape in places:
            values[:, k] = [_number(row[places[shape]]) for row in rows]
    made = second.write(first.read(values), first.extras)
    with output.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow([*(header[place] for place in others), *second.shapes])
        for row, shown in zip(rows, made, strict=True):
            cells = ["" if np.isnan(value) else str(value) for value in shown]
            writer.writerow([*(row[place] for place in others), *cells])
    across = crossing(first, second, places)
    print(f"{output}: {len(rows)} rows, {len(places)} of {len(first.rows)} shapes of {first.name}")
    print(_losses(first, second, across))


def _read(file: Path) -> tuple[list[str], list[list[str]]]:
    """The names in the header, and the rows, each as long as the header."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            lines = [row for row in csv.reader(opened) if row]
    except (UnicodeDecodeError, csv.Error):
        raise VrfaceError(f"{file} is not a text of comma-separated values.") from None
    if not lines:
        raise VrfaceError(f"{file} is empty.")
    header, *rows = lines
    for number, row in enumerate(rows, start=1):
        if len(row) > len(header):
            raise VrfaceError(
                f"row {number} of {file} has {len(row)} cells for {len(header)} names."
            )
    return [name.strip() for name in header], [
        row + [""] * (len(header) - len(row)) for row in rows
    ]


def _places(scheme: Scheme, header: list[str], file: Path) -> dict[str, int]:
    """Where each shape stands among the columns; upper and lower case are the same."""
    shapes = {shape.lower(): shape for shape in scheme.shapes}
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        shape = shapes.get(name.lower())
        if shape in places:
            raise BadUse(f"{file} has two columns for {shape}.")
        if shape is not None:
            places[shape] = place
    if not places:
        raise BadUse(
            f"{file} has no column of scheme {scheme.name}; its first line starts with "
            f"{','.join(header)[:40]!r}.",
            f"Its shapes are called {', '.join(scheme.shapes[:3])} ...",
        )
    return places


def _number(cell: str) -> float:
    """A cell as a weight; no number, or one beyond what a weight can be, is not there."""
    try:
        value = float(cell)
    except ValueError:
        return float("nan")
    return value if abs(value) < 1e6 else float("nan")
