"""`vrface bench`: what serving costs on this machine; it needs a checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from vrface.cli.options import UsedModel
from vrface.errors import BadUse

CHECKOUT = Path(__file__).parents[2]


def bench(
    json: Annotated[Path | None, typer.Option("--json", help="Write every figure here.")] = None,
    model: UsedModel = "default",
    seconds: Annotated[float, typer.Option(help="Of load, in each run.", min=1.0)] = 4.0,
    quick: Annotated[bool, typer.Option("--quick", help="Look whether it runs.")] = False,
) -> None:
    """Measure what serving costs, beside an empty server.

    Needs a checkout with its environment, g++ and gRPC for C++ (scripts/system-packages cpp), and
    Linux. Leave the machine alone meanwhile: it takes some ten minutes.
    """
    if not (CHECKOUT / "benchmarks" / "performance").is_dir():
        raise BadUse(
            "the benchmarks are not part of the package.",
            "Clone the repository, `make dev`, and run it there.",
        )
    words = ["--model", model, "--seconds", str(seconds)]
    if quick:
        words.append("--quick")
    if json is not None:
        words += ["--json", str(json.resolve())]
    command = [sys.executable, "-m", "benchmarks.performance", *words]
    done = subprocess.run(command, cwd=CHECKOUT, check=False)  # noqa: S603 # of our own words
    raise typer.Exit(done.returncode)
