"""`vrface import`: another program's recording becomes a log.

The file is not called `import` because that is a keyword.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vrface.cli.output import console, prepare_log, table


def import_log(
    recording: Annotated[
        Path, typer.Argument(help="A full face or what a headset sensed: a file, or a folder.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The log to write (.mcap).")],
    format: Annotated[
        str, typer.Option(help="Of the recording; auto = found by looking at it.")
    ] = "auto",
    person: Annotated[
        str | None,
        typer.Option(help="Pseudonym of whose it is; default: the recording's folder."),
    ] = None,
) -> None:
    """Turn another program's recording into a log."""
    from vrface.face.take import Take
    from vrface.log.importers import describe, read_any
    from vrface.log.importers.format import readable
    from vrface.log.recording import write_sensors, write_take
    from vrface.trust import Permission

    local = Permission.local()
    prepare_log(output)
    imported = read_any(recording, person, local, format=format)
    if isinstance(imported.recording, Take):
        write_take(output, imported.recording, local)
    else:
        write_sensors(output, imported.recording, local)
    rows = table("log", readable(str(output)))
    for label, value in describe(imported):
        rows.add_row(label, value)
    console().print(rows)
