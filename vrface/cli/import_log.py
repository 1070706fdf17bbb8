"""`vrface import`: a full-face recording becomes a log.

The file is not called `import` because that is a keyword.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vrface.cli.output import prepare_log


def import_log(
    take: Annotated[Path, typer.Argument(help="A full-face take: Live Link Face CSV.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The log to write (.mcap).")],
    person: Annotated[
        str | None, typer.Option(help="Pseudonym of whose face it is; default: the take's folder.")
    ] = None,
) -> None:
    """Turn a full-face recording into a log (topic /face)."""
    from vrface.log import write_take
    from vrface.log.importers import read_take
    from vrface.trust import Permission

    prepare_log(output)
    face = read_take(take, person)
    write_take(output, face, Permission.local())
    lost = int((~face.tracked).sum())
    print(
        f"{output}: person {face.person}, {len(face.time_ns)} frames, {face.seconds:.1f} s, "
        f"{lost} lost rows"
    )
