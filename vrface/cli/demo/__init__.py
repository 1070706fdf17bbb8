"""`vrface demo`: the whole line in one run, offline, with pictures of how well it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.options import HOUR_S, number
from vrface.sensors.headset import DEFAULT_HEADSET

if TYPE_CHECKING:
    from vrface.face.take import Take

SEED = 10_002
"""The demo's synthetic wearer: those from 10,000 on never train a model, and the face of this one
moves in every region (chosen by looking at the truth alone, not at how well it is inferred)."""


def demo(
    face: Annotated[
        Path | None, typer.Option(help="A full-face take (.csv); default: a synthetic wearer.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="Pseudonym of the person in --face.")] = None,
    headset: Annotated[str, typer.Option(help="What is put on.")] = DEFAULT_HEADSET,
    model: Annotated[
        str, typer.Option(help="A shipped model or a checkpoint's folder.")
    ] = "default",
    seconds: Annotated[
        float, typer.Option(help="How much of the take.", min=3.0, max=HOUR_S, callback=number)
    ] = 45.0,
    seed: Annotated[
        int, typer.Option(help="Of the synthetic wearer and the simulated sensors.", min=0)
    ] = SEED,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write.")] = Path(
        "out/demo"
    ),
) -> None:
    """Infer a hidden face through a real server, and show how well.

    Writes index.html, timeline.png and summary.json. Needs no headset, no network and no GPU.
    """
    from vrface.cli.demo import shown
    from vrface.cli.demo.folder import Folder
    from vrface.model import pretrained
    from vrface.sensors.headset import headset as load_headset
    from vrface.simulation.occlusion.wear import wear

    pretrained.find(model)
    profile = load_headset(headset)
    shown.check(profile, model)
    folder = Folder(output, private=face is not None)
    paired = wear(_take(face, person, seconds, seed), profile, seed=seed)
    shown.hidden_shapes(paired)
    from vrface.cli.demo.run import Run

    run = Run(paired, model, seed)
    run.send()
    run.score()
    run.write(folder)


def _take(face: Path | None, person: str | None, seconds: float, seed: int) -> Take:
    if face is None:
        from vrface.simulation.performance import synthetic_take

        return synthetic_take(seed=seed, seconds=seconds)
    from vrface.log.importers import read_take

    return read_take(face, person).cut(0.0, seconds)
