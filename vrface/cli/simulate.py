"""`vrface simulate`: a log of a headset that nobody wore, with the full face behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vrface.cli.options import HOUR_S, number
from vrface.cli.output import prepare_log

SEED = 20_000
"""A wearer who never trained a model that ships (their seeds are below 10000)."""


def simulate(
    output: Annotated[Path, typer.Option("-o", "--output", help="The log to write (.mcap).")],
    headset: Annotated[str, typer.Option(help="Headset name or profile (.toml).")],
    face: Annotated[
        Path | None, typer.Option(help="A full-face take (.csv) to wear it; default: synthetic.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Pseudonym of the person in --face; default: its folder.")
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            help="Of the sensors and the synthetic wearer; those below 10000 train models.", min=0
        ),
    ] = SEED,
    seconds: Annotated[
        float,
        typer.Option(help="Length of a synthetic take.", min=1, max=HOUR_S, callback=number),
    ] = 60.0,
    rate: Annotated[
        float, typer.Option(help="Frames a second.", min=10, max=240, callback=number)
    ] = 60.0,
) -> None:
    """Write a log of a simulated headset, with the face behind it.

    The face is a real recording (--face) or a synthetic wearer (--seed, --seconds).
    """
    from vrface.log import write_paired
    from vrface.log.importers import read_take
    from vrface.sensors.headset import headset as load_headset
    from vrface.simulation.occlusion.wear import SENSORS_VERSION, wear
    from vrface.simulation.performance import synthetic_take
    from vrface.trust import Permission

    profile = load_headset(headset)
    prepare_log(output)
    if face is not None:
        take = read_take(face, person)
    else:
        take = synthetic_take(seed=seed, seconds=seconds, rate_hz=rate)
    paired = wear(take, profile, seed=seed, rate_hz=rate)
    sensors = f"evaluation sensors version {SENSORS_VERSION}"
    write_paired(output, paired, Permission.local(), simulation=sensors)
    kind = "real face" if paired.real_face else "simulated face"
    print(
        f"{output}: {paired.wearer} wears {profile.name}, {len(paired.frame_time_ns)} frames, "
        f"{take.seconds:.1f} s; {kind}, simulated sensors"
    )
