"""`vrface record`: what a headset senses and the face inferred from it, into a log, live."""

from __future__ import annotations

import math
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.interrupt import Interrupt
from vrface.cli.options import (
    KnownWearer,
    ShownSmoothing,
    ShownStyle,
    UsedModel,
    number,
    seed_number,
    style_of,
)
from vrface.cli.output import prepare_log
from vrface.cli.simulate import SEED
from vrface.cli.threads import in_one_thread
from vrface.cli.tracker import TrackerHost, TrackerPort, WornHeadset, heard_by, opened_tracker
from vrface.errors import BadUse, LogError

if TYPE_CHECKING:
    from vrface.session import Session
    from vrface.session.recorder import Recorder
    from vrface.trackers.tracker import Tracker

READY = "vrface records to "
"""What the first line on stdout starts with; the log's path follows. Programs may wait for it."""

_SHOW_EVERY_NS = 200_000_000

Seed = Annotated[
    int,
    typer.Option(
        help="Who the synthetic wearer is, and of the lively style.", callback=seed_number
    ),
]


def record(
    output: Annotated[Path, typer.Option("-o", "--output", help="The log to write (.mcap).")],
    tracker: Annotated[
        str,
        typer.Option(help="Where frames come from: synthetic, steamlink, vrcft, livelink, openxr."),
    ] = "synthetic",
    tracker_port: TrackerPort = None,
    tracker_host: TrackerHost = None,
    headset: WornHeadset = None,
    model: UsedModel = "default",
    style: ShownStyle = "expected",
    smooth: ShownSmoothing = "off",
    calibration: KnownWearer = None,
    seconds: Annotated[
        float,
        typer.Option(
            help="How long.", min=0, callback=number, show_default="until Ctrl-C", metavar="S"
        ),
    ] = math.inf,
    rate: Annotated[float, typer.Option(help="Frames a second.", callback=number)] = 90.0,
    seed: Seed = SEED,
    wearer: Annotated[
        str,
        typer.Option(help="Pseudonym; logs of one wearer share it.", show_default="simulated-*"),
    ] = "",
    donning: Annotated[
        str, typer.Option(help="Pseudonym of this wearing.", show_default="simulated-*")
    ] = "",
    insecure_lan: Annotated[
        bool, typer.Option("--insecure-lan", help="Let other machines send, in clear text.")
    ] = False,
) -> None:
    """Record a session into a log, until interrupted.

    The log holds every sensor frame and the face inferred from it, on one clock: `vrface replay`
    makes the same faces again. Ctrl-C, or SIGTERM, finishes it; were the power cut, what was
    acknowledged by then would be on the disk, under the same name, for `vrface doctor`.
    """
    if tracker == "replay":
        raise BadUse("a log is recorded again by replaying it.", "Use vrface replay LOG -o OUT.")
    wearer, donning = _who(tracker, seed, wearer, donning)
    simulated = seed if tracker == "synthetic" else None
    opened = opened_tracker(
        tracker,
        headset,
        seed=simulated,
        rate_hz=rate,
        port=tracker_port,
        host=tracker_host,
        insecure_lan=insecure_lan,
    )
    session = _session(opened, model, calibration, output, wearer, donning, style, smooth, seed)
    asked_hz = None if simulated is None else rate
    _record(session, output, f"{wearer} in {session.headset.name}", seconds, asked_hz)
    if heard := heard_by(opened):
        print(heard)


def _session(
    tracker: Tracker | None,
    model: str,
    calibration: Path | None,
    output: Path,
    wearer: str,
    donning: str,
    style: str,
    smooth: str,
    seed: int,
) -> Session:
    """The session that records; a tracker that it does not come to is closed."""
    try:
        prepare_log(output)
        from vrface.session import Session

        in_one_thread()
        return Session(
            tracker,
            model=model,
            calibration=calibration,
            record=output,
            wearer=wearer,
            donning=donning,
            style=style_of(style),
            smoothing=smooth,
            seed=seed,
        )
    except BaseException:
        if tracker is not None:
            tracker.close()
        raise


def _who(tracker: str, seed: int, wearer: str, donning: str) -> tuple[str, str]:
    """The pseudonyms of a person and their wearing; a simulated one brings their own."""
    from vrface.simulation.wearer import Wearer
    from vrface.trackers.tracker import LIVE

    # One person under two names would sit on both sides of a split.
    if tracker == "synthetic":
        person = Wearer.drawn(seed).person
        return wearer or person, donning or f"{person}-0"
    if tracker in LIVE and not wearer:
        raise BadUse(
            "a log needs a pseudonym of the person in it.",
            "Add --wearer NAME: the same one in all logs of one person.",
        )
    return wearer, donning


def _record(
    session: Session, output: Path, who: str, seconds: float, asked_hz: float | None
) -> None:
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
    rate = _achieved(recorder.frames + recorder.lost, length_s, asked_hz)
    print(
        f"{output}: {length_s:.1f} s, {recorder.frames} frames written{missing}, "
        f"{recorder.acknowledged} acknowledged{rate}"
    )


def _achieved(frames: int, length_s: float, asked_hz: float | None) -> str:
    """How many frames came a second, where that can be said."""
    if length_s <= 0 or frames < 2:
        return ""
    asked = "" if asked_hz is None else f" of {asked_hz:g}"
    return f"; {(frames - 1) / length_s:.1f}{asked} frames a second"


def _take(
    session: Session, recorder: Recorder, name: str, seconds: float, interrupt: Interrupt
) -> float:
    """Take faces until the time is over, the log fails or somebody interrupts; for how long."""
    from rich.console import Console
    from rich.text import Text

    first_ns: int | None = None
    now_ns = shown_ns = recorder.now_ns()
    with Console(stderr=True).status(Text(f"recording to {name}")) as line:
        for _ in session.take(sys.maxsize):
            now_ns = recorder.now_ns()
            first_ns = now_ns if first_ns is None else first_ns
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
