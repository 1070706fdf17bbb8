"""`vrface record`: what a headset senses and the face inferred from it, into a log, live."""

from __future__ import annotations

import math
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.interrupt import Interrupt
from vrface.cli.options import number
from vrface.cli.output import prepare_log
from vrface.cli.serve import HEADSET
from vrface.cli.simulate import SEED
from vrface.errors import BadUse, LogError

if TYPE_CHECKING:
    from vrface.session import Session
    from vrface.session.recorder import Recorder

READY = "vrface records to "
"""What the first line on stdout starts with; the log's path follows. Programs may wait for it."""

ANCHOR_EVERY_NS = 60_000_000_000
"""How often the log says what time of day it is, so that other recordings can be laid beside it."""

_SHOW_EVERY_NS = 200_000_000


def record(
    output: Annotated[Path, typer.Option("-o", "--output", help="The log to write (.mcap).")],
    tracker: Annotated[str, typer.Option(help="Where frames come from: synthetic.")] = "synthetic",
    headset: Annotated[str, typer.Option(help="What the synthetic wearer wears.")] = HEADSET,
    model: Annotated[
        str, typer.Option(help="A shipped model or a checkpoint's folder.")
    ] = "default",
    seconds: Annotated[
        float,
        typer.Option(
            help="How long.", min=0, callback=number, show_default="until Ctrl-C", metavar="S"
        ),
    ] = math.inf,
    rate: Annotated[
        float, typer.Option(help="Frames a second of the synthetic wearer.", callback=number)
    ] = 90.0,
    seed: Annotated[int, typer.Option(help="Who the synthetic wearer is.", min=0)] = SEED,
    wearer: Annotated[
        str,
        typer.Option(help="Pseudonym; logs of one wearer share it.", show_default="simulated-*"),
    ] = "",
    donning: Annotated[
        str, typer.Option(help="Pseudonym of this wearing.", show_default="simulated-*")
    ] = "",
) -> None:
    """Record a session into a log, until interrupted.

    The log holds every sensor frame and the face inferred from it, on one clock: `vrface replay`
    makes the same faces again. Ctrl-C, or SIGTERM, finishes it; were the power cut, what was
    acknowledged by then would be on the disk.
    """
    from vrface.sensors.headset import headset as load_headset
    from vrface.simulation.wearer import Wearer
    from vrface.trackers import open_tracker

    if tracker == "replay":
        raise BadUse("a log is recorded again by replaying it.", "Use vrface replay LOG -o OUT.")
    source = open_tracker(tracker, load_headset(headset), seed=seed, rate_hz=rate)
    prepare_log(output)
    from vrface.session import Session

    # One person under two names would sit on both sides of a split.
    wearer, donning = wearer or Wearer.drawn(seed).person, donning or f"simulated-{seed}"
    session = Session(source, model=model, record=output, wearer=wearer, donning=donning)
    _record(session, output, f"{wearer} in {session.headset.name}", seconds)


def _record(session: Session, output: Path, who: str, seconds: float) -> None:
    recorder = session.recorder
    assert recorder is not None  # noqa: S101 - it was asked for
    try:
        with Interrupt(signal.SIGINT, signal.SIGTERM) as interrupt, session:
            print(f"{READY}{output}: {who} (Ctrl-C ends it)", flush=True)
            length_s = _take(session, recorder, output.name, seconds, interrupt)
    except LogError as error:
        safe = f"{recorder.acknowledged} frames were acknowledged."
        raise LogError(f"{error.message} {safe}", error.advice) from None
    missing = f", {recorder.lost} missing" if recorder.lost else ""
    print(
        f"{output}: {length_s:.1f} s, {recorder.frames} frames written{missing}, "
        f"{recorder.acknowledged} acknowledged"
    )


def _take(
    session: Session, recorder: Recorder, name: str, seconds: float, interrupt: Interrupt
) -> float:
    """Take faces until the time is over, the log fails or somebody interrupts; for how long."""
    from rich.console import Console
    from rich.text import Text

    recorder.clock(time.time_ns())
    first_ns: int | None = None
    now_ns = anchored_ns = shown_ns = recorder.now_ns()
    with Console(stderr=True).status(Text(f"recording to {name}")) as line:
        for _ in session.take(sys.maxsize):
            now_ns = recorder.now_ns()
            first_ns = now_ns if first_ns is None else first_ns
            if now_ns - anchored_ns >= ANCHOR_EVERY_NS:
                recorder.clock(time.time_ns())
                anchored_ns = now_ns
            if now_ns - shown_ns >= _SHOW_EVERY_NS:
                line.update(Text(_progress(recorder, name, now_ns - first_ns)))
                shown_ns = now_ns
            over = now_ns - first_ns >= seconds * 1e9
            if over or interrupt.asked or recorder.error is not None:
                break
    return (now_ns - (now_ns if first_ns is None else first_ns)) / 1e9


def _progress(recorder: Recorder, name: str, length_ns: int) -> str:
    return (
        f"recording to {name}: {length_ns / 1e9:.0f} s, {recorder.frames} frames, "
        f"{recorder.acknowledged} on the disk"
    )
