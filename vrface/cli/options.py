"""What options of several verbs share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

HOUR_S = 3600.0
"""The longest recording that is made at once: it is held in memory as a whole."""

ModelName = Annotated[str, typer.Option(help="A shipped model or a checkpoint's folder.")]
KnownWearer = Annotated[
    Path | None,
    typer.Option("--calibration", help="What is known of the wearer: a file of vrface calibrate."),
]


def number(value: float) -> float:
    """Refuse ``nan``, which no range keeps out.

    Raises:
        BadParameter: for it.
    """
    if math.isnan(value):
        raise typer.BadParameter("nan is not a number.")
    return value
