"""`vrface export`: the network as ONNX, for engines and headsets that run no Python."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vrface.cli.output import prepare


def export(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The step (.onnx); the rest lies beside it.")
    ],
    model: Annotated[
        str, typer.Option(help="A shipped model or a checkpoint's folder.")
    ] = "default",
    wearers: Annotated[
        int, typer.Option(help="Rows: how many wearers one call is for.", min=1, max=256)
    ] = 1,
) -> None:
    """Write the network's step as ONNX, and what must be fed to it.

    Three files: NAME.onnx is one frame, memory in and out; NAME-wearer.onnx turns a calibration
    into what the step takes; NAME.json says how features are made from sensors (docs/export.md).
    """
    from vrface.model import pretrained
    from vrface.model.export import files

    files.require_onnx()
    prepare(output)
    for path in files.write(pretrained.load(model), output, wearers):
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
