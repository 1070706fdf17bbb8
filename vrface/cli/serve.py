"""`vrface serve`: the server that hands faces to engines and spectators."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.errors import BadUse, UnknownName

if TYPE_CHECKING:
    from vrface.trackers.tracker import Tracker

HEADSET = "vive_pro_eye_lip"
"""What the synthetic wearer wears unless told otherwise."""

READY = "vrface serves at "
"""What the first line on stdout starts with; the address follows. Programs may wait for it."""


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 = any free one.")] = 50515,
    tracker: Annotated[
        str | None, typer.Option(help="Run a tracker here, for `vrface watch`: synthetic, replay.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The sensor log to replay.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Who the synthetic wearer is; default: 0.", min=0)
    ] = None,
    headset: Annotated[
        str | None, typer.Option(help=f"What that wearer wears; default: {HEADSET}.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A shipped model or a checkpoint's folder.")
    ] = "default",
    max_sessions: Annotated[int, typer.Option(help="Most sessions at a time.", min=1)] = 32,
    insecure_lan: Annotated[
        bool, typer.Option("--insecure-lan", help="Let faces leave this machine in clear text.")
    ] = False,
    until_stdin_closes: Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)] = False,
) -> None:
    """Hand faces to engines over gRPC, until interrupted.

    With --tracker it also runs a tracker of its own, whose face `vrface watch` shows.
    """
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, name="vrface-stdin", daemon=True).start()
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


def _open(
    name: str | None, headset: str | None, log: Path | None, seed: int | None
) -> Tracker | None:
    from vrface.sensors.headset import headset as load_headset
    from vrface.trackers.tracker import TRACKERS, open_tracker

    if name is not None and name not in TRACKERS:
        raise UnknownName("tracker", name, TRACKERS)
    for option, given, owner in (
        ("--log", log, "replay"),
        ("--headset", headset, "synthetic"),
        ("--seed", seed, "synthetic"),
    ):
        if given is not None and name != owner:
            raise BadUse(
                f"{option} goes with --tracker {owner} alone.",
                f"Say --tracker {owner}, or leave {option} out.",
            )
    if name is None:
        return None
    if name == "replay" and log is None:
        raise BadUse("a replay needs a sensor log.", "Add --log LOG.mcap.")
    return open_tracker(name, load_headset(headset or HEADSET), seed=seed or 0, path=log)


def _end_with_stdin() -> None:
    """Stop this process as SIGTERM does, once nobody holds the other end of stdin any more."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _announce(address: str, watched: bool) -> None:
    see = "`vrface watch` shows its face, " if watched else ""
    print(f"{READY}{address} ({see}Ctrl-C stops it)", flush=True)
