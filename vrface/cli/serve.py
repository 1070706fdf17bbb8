"""`vrface serve`: the server that hands faces to engines and spectators."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.errors import BadUse

if TYPE_CHECKING:
    from vrface.trackers.tracker import Tracker

READY = "vrface serves at "
"""What the first line on stdout starts with; the address follows. Programs may wait for it."""


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 = any free one.")] = 50515,
    tracker: Annotated[
        str | None, typer.Option(help="Run a tracker here, for `vrface watch`: synthetic, replay.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The sensor log to replay.")] = None,
    seed: Annotated[int, typer.Option(help="Who the synthetic wearer is.", min=0)] = 0,
    headset: Annotated[str, typer.Option(help="What that wearer wears.")] = "vive_pro_eye_lip",
    model: Annotated[
        str, typer.Option(help="A shipped model or a checkpoint's folder.")
    ] = "default",
    max_sessions: Annotated[int, typer.Option(help="Most sessions at a time.", min=1)] = 32,
    insecure_lan: Annotated[
        bool, typer.Option("--insecure-lan", help="Let faces leave this machine in clear text.")
    ] = False,
) -> None:
    """Hand faces to engines over gRPC, until interrupted.

    With --tracker it also runs a tracker of its own, whose face `vrface watch` shows.
    """
    from vrface.serving.server import Where
    from vrface.serving.server import serve as run
    from vrface.trust import Permission

    where = Where(host, port, insecure_lan)
    where.check()
    source = _open(tracker, headset, log, seed)
    from vrface.model import pretrained

    loaded = pretrained.load(model)
    run(
        {loaded.name: loaded},
        where=where,
        max_sessions=max_sessions,
        tracker=source,
        permission=Permission.local(),
        on_ready=lambda address: _announce(address, watched=source is not None),
        on_report=lambda text: print(text, file=sys.stderr, flush=True),
    )


def _open(name: str | None, headset: str, log: Path | None, seed: int) -> Tracker | None:
    from vrface.sensors.headset import headset as load_headset
    from vrface.trackers.tracker import open_tracker

    if name is None:
        if log is not None:
            raise BadUse("--log is what a replay plays.", "Add --tracker replay.")
        return None
    return open_tracker(name, load_headset(headset), seed=seed, path=log)


def _announce(address: str, watched: bool) -> None:
    see = "`vrface watch` shows its face, " if watched else ""
    print(f"{READY}{address} ({see}Ctrl-C stops it)", flush=True)
