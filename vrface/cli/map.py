"""`vrface map`: what becomes of a standard's shapes here, and in another standard through us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.output import console, listed, prepare, table
from vrface.errors import BadUse, VrfaceError

if TYPE_CHECKING:
    from vrface.cli.weights_csv import Tally, WeightsCsv
    from vrface.face.crossing import Crossing
    from vrface.face.schemes import Scheme


def map_schemes(
    scheme: Annotated[
        str | None,
        typer.Argument(
            help="A scheme, a table of your own (.csv), or an avatar (.glb, .gltf, .vrm); "
            "default: list."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(help="A CSV whose header names the scheme's shapes.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="The scheme to write: name or table.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The CSV to write; of an avatar, its rig.")
    ] = None,
) -> None:
    """Match an avatar, show a scheme's shapes, or convert a CSV.

    With --to, in another scheme, through vrface's own shapes. Columns of the CSV that are no shapes
    pass through; an empty cell is a value that is not there, and a shape without any value gets no
    column. `vrface import` reads what is written if rows have a time: time_s, time_ns or Timecode.
    """
    from vrface.cli.map_avatar import is_avatar, map_avatar
    from vrface.face.schemes import scheme as load

    if scheme is not None and is_avatar(scheme):
        if file is not None or to is not None:
            raise BadUse("an avatar is matched alone.", "Give AVATAR, and -o for its rig.")
        map_avatar(Path(scheme), output)
        return
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
        counts = (len(entry.rows), carried, len(entry.extras), len(entry.lost))
        rows.add_row(name, *map(str, counts), entry.summary)
    console().print(rows)


def _show(scheme: Scheme) -> None:
    from vrface.face.scheme_table import text_of

    out = console()
    out.print(f"{scheme.name}: {scheme.summary}")
    rows = table("shape", "when read", "goes into", "is written from", "note")
    for row in scheme.rows:
        ways = " | ".join(map(text_of, row.ways))
        rows.add_row(row.shape, row.fate, text_of(row.into) or "-", ways or "-", row.note)
    out.print(rows)
    fates = Counter(row.fate for row in scheme.rows)
    out.print(", ".join(f"{times} {fate}" for fate, times in fates.items()) + ".")
    out.print(f"Of the 54 it cannot carry {listed(scheme.lacks)}.")


def _show_crossing(first: Scheme, second: Scheme) -> None:
    from vrface.face.crossing import crossing

    across = crossing(first, second)
    merged = _merged(across)
    out = console()
    rows = table(f"shape of {second.name}", "worth", f"made of {first.name}'s")
    for shape in second.shapes:
        worth = "merged" if shape in merged else across.source[shape].name.lower()
        rows.add_row(shape, worth, _parts(across.made[shape]) or "-")
    out.print(rows)
    out.print(_losses(first, second, across))


def _merged(across: Crossing) -> dict[str, str]:
    """The measured shapes that are several of the first's in one, and which those are."""
    from vrface.face.expression import Source

    return {
        shape: _parts(parts)
        for shape, parts in across.made.items()
        if across.source[shape] == Source.MEASURED and len(parts) > 1
    }


def _parts(parts: Mapping[str, float]) -> str:
    words = [shape if share == 1 else f"{share:.4g} {shape}" for shape, share in parts.items()]
    return " + ".join(words).replace("+ -", "- ")


def _losses(first: Scheme, second: Scheme, across: Crossing) -> str:
    from vrface.face.expression import Source

    kinds = {
        kind: [shape for shape in second.shapes if across.source[shape] == kind]
        for kind in (Source.COPIED, Source.ABSENT)
    }
    merged = (f"{shape} = {parts}" for shape, parts in _merged(across).items())
    return (
        f"Lost of {first.name}: {listed(across.lost)}.\n"
        f"Merged in {second.name}: {listed(merged)}.\n"
        f"Only copied in {second.name}: {listed(kinds[Source.COPIED])}.\n"
        f"Absent in {second.name}: {listed(kinds[Source.ABSENT])}."
    )


def _convert(first: Scheme, second: Scheme, file: Path, output: Path) -> None:
    from vrface.cli.weights_csv import WeightsCsv, tally, write
    from vrface.face.crossing import crossing
    from vrface.trust import Permission

    Permission.local().require("map")
    given = WeightsCsv.open(first, file)
    lower = {shape.lower() for shape in second.shapes}
    twice = sorted(name for name in given.other_names if name.lower() in lower)
    if twice:
        raise BadUse(
            f"{file} has columns that {second.name} would have twice: {listed(twice)}.",
            f"They are no shapes of {first.name}: rename them.",
        )
    if output.exists() and output.samefile(file):
        raise BadUse(f"{output} would be written over itself.", "Give another -o.")
    counted = tally(given, second)
    if not counted.made:
        raise VrfaceError(f"no row of {file} has a value in {second.name}.", "Give another --to.")
    prepare(output)
    line = _first_line(given, second)
    write(given, second, counted.made, output, line)
    _tell(given, counted, output)
    print(_losses(first, second, crossing(first, second, counted.given)))
    if not line:
        print(
            "Not for `vrface import`: that takes a scheme that ships, and a column time_s, time_ns "
            "or Timecode."
        )


def _first_line(given: WeightsCsv, second: Scheme) -> str:
    """What makes the output a plain CSV, which `vrface import` reads; "" if it cannot be one."""
    from dataclasses import replace

    from vrface.face.schemes import SCHEMES
    from vrface.face.schemes import scheme as load
    from vrface.log.importers.format import Head
    from vrface.log.importers.plain import FirstLine, first_line, timed

    ships = second.name in SCHEMES and load(second.name) is second
    told = first_line(Head.of(given.file)) or FirstLine(second.name)
    has_times = timed(given.other_names) or told.rate_hz > 0
    return str(replace(told, scheme=second.name)) if ships and has_times else ""


def _tell(given: WeightsCsv, counted: Tally, output: Path) -> None:
    """Say what was read, and what of it was not as it should be."""
    shapes = given.scheme
    print(
        f"{output}: {counted.rows} rows, {len(counted.given)} of {len(shapes.rows)} shapes of "
        f"{shapes.name}"
    )
    for what, count in counted.wrong.items():
        if count:
            print(f"{what}: {count.total()} ({listed(count)}).")
    if given.other_names:
        print(f"Columns of neither scheme, passed through: {listed(given.other_names)}.")
