"""`vrface demo`: the whole line in one run, offline, with pictures of how well it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.options import HOUR_S, ShownStyle, number, seed_number, style_of
from vrface.sensors.headset import DEFAULT_HEADSET

if TYPE_CHECKING:
    from vrface.rig.rig import Rig
    from vrface.sensors.headset import HeadsetProfile
    from vrface.sensors.paired import Paired

SEED = 10_013
"""The demo's synthetic wearer: those from 10,000 on never train a model, and the face of this one
moves in every region (chosen by looking at the truth alone, not at how well it is inferred)."""

Seed = Annotated[
    int,
    typer.Option(help="Of the synthetic wearer and the simulated sensors.", callback=seed_number),
]


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
    seed: Seed = SEED,
    style: ShownStyle = "expected",
    lose: Annotated[
        str,
        typer.Option(
            help="Sensors that fall silent, for 3 s or until a time: gaze@5s,lids@8s-12s.",
            metavar="STREAM@TIME",
            show_default=False,
        ),
    ] = "",
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write.")] = Path(
        "out/demo"
    ),
) -> None:
    """Infer a hidden face through a real server, and show how well.

    Writes index.html, face.webm, timeline.png and summary.json. Needs no headset, no network and no
    GPU.
    """
    from vrface.cli.demo import shown
    from vrface.cli.demo.folder import Folder
    from vrface.cli.demo.losses import Losses
    from vrface.model import pretrained
    from vrface.sensors.headset import headset as load_headset

    pretrained.find(model)
    profile, wanted = load_headset(headset), style_of(style)
    shown.check(profile, model)
    losses = Losses.of(lose, profile, seconds)
    folder = Folder(output, private=face is not None)
    if face is None:
        paired = _simulated(seconds, profile, seed)
    else:
        paired = _recorded(face, person, seconds, profile, seed)
    shown.hidden_shapes(paired)
    from vrface.cli.demo.run import Run

    run = Run(losses.silence(paired), losses, _head(face, seed), model, seed, wanted)
    run.send()
    run.score()
    run.write(folder)


def _simulated(seconds: float, profile: HeadsetProfile, seed: int) -> Paired:
    """A simulated wearer, behind sensors of a kind that no model was trained on."""
    from vrface.simulation.donning import Donning
    from vrface.simulation.performance import perform
    from vrface.simulation.simulate import simulate
    from vrface.simulation.wearer import Wearer

    performance = perform(Wearer.drawn(seed), seed=seed, seconds=seconds)
    return simulate(performance, profile, Donning.drawn(seed, held_out=True))


def _recorded(
    face: Path, person: str | None, seconds: float, profile: HeadsetProfile, seed: int
) -> Paired:
    """A real face that wears a simulated headset."""
    from vrface.log.importers import read_take
    from vrface.simulation.occlusion.wear import wear

    return wear(read_take(face, person).cut(0.0, seconds), profile, seed=seed)


def _head(face: Path | None, seed: int) -> Rig:
    """Who is drawn: the simulated wearer; for somebody real, whose looks nobody knows, nobody."""
    from vrface.rig.rig import Rig

    return Rig.drawn(seed if face is None else None)
