"""`vrface calibrate`: what is known of one wearer, from a log or live, into a small file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from vrface.cli.calibration_sheet import print_sheet, summary_of
from vrface.cli.interrupt import Interrupt
from vrface.cli.options import number
from vrface.cli.output import prepare, progress, write_json
from vrface.cli.tracker import (
    TrackerHost,
    TrackerPort,
    WearerSeed,
    WornHeadset,
    heard_by,
    opened_tracker,
)
from vrface.errors import BadUse, CalibrationError, LogError
from vrface.face.blendshapes import COUNT

if TYPE_CHECKING:
    from vrface.log import LogReader
    from vrface.model.calibration import About, Calibration
    from vrface.sensors.frame import SensorFrame
    from vrface.session.observation import Observation
    from vrface.trackers.tracker import Tracker
    from vrface.trust import Permission

LOG_S = 30.0
"""Seconds of a log that calibrate, unless it is said otherwise."""

LONGEST_S = 300.0
"""More says no more, and is held in memory as a whole."""

LEAST_LIVE_S = 20.0
"""People need time for each prompt."""

PATIENCE_S = 30.0
"""So long a live tracker may hear nothing before the first prompt."""

Log = Annotated[
    Path | None, typer.Argument(metavar="LOG.mcap", help="A sensor log or a paired log.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", help="The file to write.", show_default="LOG or face.calibration"
    ),
]
Live = Annotated[
    str | None,
    typer.Option(help="Live, with prompts: synthetic, steamlink, vrcft, livelink, openxr."),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        help="How long: of a log its first ones.",
        callback=lambda value: None if value is None else number(value),
        show_default="30 of a log, 42 live",
        metavar="S",
    ),
]
Learner = Annotated[
    str | None,
    typer.Option(help="Which learns from the face of a paired log.", show_default="default"),
]


def calibrate(
    log: Log = None,
    output: Output = None,
    tracker: Live = None,
    tracker_port: TrackerPort = None,
    tracker_host: TrackerHost = None,
    headset: WornHeadset = None,
    seed: WearerSeed = None,
    seconds: Seconds = None,
    unpaired: Annotated[
        bool, typer.Option("--unpaired", help="From sensors alone, if the log has the face too.")
    ] = False,
    model: Learner = None,
    wearer: Annotated[str, typer.Option(help="Pseudonym of the person; default: the log's.")] = "",
    donning: Annotated[str, typer.Option(help="And of this wearing; default: the log's.")] = "",
    insecure_lan: Annotated[
        bool, typer.Option("--insecure-lan", help="Let other machines send, in clear text.")
    ] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write the summary here.")] = None,
) -> None:
    """Calibrate one wearer, from a log or live with prompts.

    From a paired log the model learns from the face behind the sensors; else it is told what they
    read at rest and how far they go. Give the file to `record`, `serve`, `replay` or a Session with
    --calibration. Only you can read it: it shows how a face rests.
    """
    _check(log, tracker, seconds)
    _check_heeded(tracker, unpaired, model, insecure_lan)
    written = output or (log.with_suffix(".calibration") if log else Path("face.calibration"))
    _prepare(written, json)
    opened = opened_tracker(
        tracker,
        headset,
        seed=seed,
        port=tracker_port,
        host=tracker_host,
        insecure_lan=insecure_lan,
    )
    if opened is not None:
        with contextlib.closing(opened):
            seen, made = _live(opened, seconds, _who(tracker, seed, wearer, donning))
    else:
        assert log is not None  # noqa: S101 - `_check` saw to it
        learns = None if unpaired else model or "default"
        seen, made = _from_log(log, seconds or LOG_S, learns, wearer, donning)
    _write(written, json, seen, made)
    if heard := heard_by(opened):
        print(heard)


def _write(path: Path, json: Path | None, seen: Observation, made: Calibration) -> None:
    from vrface.model.calibration import file

    file.save(path, made)
    summary = summary_of(path, made, seen.heard())
    if json is not None:
        write_json(json, summary)
    print_sheet(summary, made)


def _check(log: Path | None, tracker: str | None, seconds: float | None) -> None:
    from vrface.session.observation import LEAST_S
    from vrface.trackers.tracker import LIVE

    if tracker == "replay":
        raise BadUse("a log is calibrated from as it is.", "Use vrface calibrate LOG.")
    if (log is None) == (tracker is None):
        raise BadUse(
            "calibrating takes a log or a tracker, one of the two.",
            "Use vrface calibrate LOG, or vrface calibrate --tracker NAME.",
        )
    live = tracker in LIVE
    least, how = (LEAST_LIVE_S, " live") if live else (LEAST_S, "")
    if seconds is not None and not least <= seconds <= LONGEST_S:
        raise BadUse(f"calibrating{how} takes {least:g} to {LONGEST_S:g} seconds, got {seconds:g}.")


def _check_heeded(
    tracker: str | None, unpaired: bool, model: str | None, insecure_lan: bool
) -> None:
    """See that no option is given that would count for nothing."""
    from vrface.trackers.tracker import LISTENING

    for option, given in (("--unpaired", unpaired), ("--model", model)):
        if given and tracker is not None:
            raise BadUse(
                f"{option} goes with a log: live, sensors alone are heard.",
                f"Give a LOG, or leave {option} out.",
            )
    if insecure_lan and tracker not in LISTENING:
        raise BadUse(
            f"--insecure-lan goes with --tracker {' or '.join(LISTENING)} alone.",
            f"Say --tracker {LISTENING[0]}, or leave --insecure-lan out.",
        )


def _prepare(output: Path, json: Path | None) -> None:
    """See that both files can be written, and that nothing else is written over."""
    from vrface.model.calibration import file

    if json is not None and json.resolve() == output.resolve():
        raise BadUse(f"-o and --json are both {output}.", "Give another --json.")
    prepare(output)
    if json is not None:
        prepare(json, "--json")
    if output.exists():
        try:
            file.load(output)
        except CalibrationError:
            raise BadUse(
                f"{output} is there, and is no calibration.", "Give another -o, or remove it."
            ) from None


def _from_log(
    path: Path, seconds: float, model: str | None, wearer: str, donning: str
) -> tuple[Observation, Calibration]:
    """What the first seconds of a log say; paired where it has the face and a model may learn."""
    from vrface.log import LogReader
    from vrface.model.calibration import About
    from vrface.trust import Permission

    permission = Permission.local()
    log = LogReader(path, permission)
    observation, weights = _watched(log, seconds, permission)
    about = About(wearer or log.header.wearer, donning or log.header.donning)
    if model is None or weights is None:
        return observation, observation.calibration(about)
    from vrface.model import pretrained

    return observation, observation.paired(weights, pretrained.load(model), about)


def _watched(
    log: LogReader, seconds: float, permission: Permission
) -> tuple[Observation, NDArray[np.float32] | None]:
    """A log's first seconds, and [frames, 54] the face behind them if it has one."""
    from vrface.session.observation import Observation

    if log.header.headset is None:
        raise LogError(
            f"the log {log.path} holds a face alone.", "Calibrate from one with sensor frames."
        )
    observation = Observation(log.header.headset, permission)
    faces: dict[int, NDArray[np.float32]] = {}
    first_ns: int | None = None
    with progress() as bar:
        task = bar.add_task(log.path.name, total=seconds)
        for entry in log.entries("/sensors", "/face"):
            if entry.topic == "/face":
                face = log.expression(entry)
                faces[face.frame_time_ns] = face.weights[:COUNT]
                continue
            frame = log.frame(entry)
            first_ns = frame.frame_time_ns if first_ns is None else first_ns
            if frame.frame_time_ns - first_ns >= seconds * 1e9:
                break
            observation.add(frame)
            bar.update(task, completed=observation.seconds)
    if not faces:
        return observation, None
    unknown = np.full(COUNT, np.nan, np.float32)
    known = [faces.get(time_ns, unknown) for time_ns in observation.frame_time_ns.tolist()]
    if not np.isfinite(known).any():
        raise LogError(
            f"the true faces in {log.path} are not at the times of its sensor frames.",
            "Calibrate from the sensors alone: --unpaired.",
        )
    return observation, np.stack(known)


def _who(tracker: str | None, seed: int | None, wearer: str, donning: str) -> About:
    """The pseudonyms of whoever wears a live tracker; a simulated wearer brings their own."""
    from vrface.model.calibration import About
    from vrface.simulation.wearer import Wearer

    if tracker == "synthetic":
        person = Wearer.drawn(seed or 0).person
        return About(wearer or person, donning or f"{person}-0")
    return About(wearer, donning)


def _live(tracker: Tracker, seconds: float | None, about: About) -> tuple[Observation, Calibration]:
    """What a wearer's sensors say while prompts guide them, from when they are heard on."""
    from vrface.model.calibration.prompts import PROMPTS, STILL, lasting
    from vrface.session.observation import Observation
    from vrface.trust import Permission

    observation = Observation(tracker.headset, Permission.local())
    with Interrupt() as interrupt, progress() as bar:
        frames = _from_first_heard(tracker.frames(), interrupt)
        for prompt in PROMPTS if seconds is None else lasting(seconds):
            if bar.disable:  # nobody sees a bar: say it in lines
                line = f"{prompt.words} ({round(prompt.seconds, 1):g} s)"
                bar.console.print(line, highlight=False)
            task = bar.add_task(prompt.words, total=prompt.seconds)
            begin_s = observation.seconds
            for frame in frames:
                interrupt.check()
                observation.add(frame, still=prompt.name == STILL)
                done_s = observation.seconds - begin_s
                bar.update(task, completed=min(done_s, prompt.seconds))
                if done_s >= prompt.seconds:
                    break
    return observation, observation.calibration(about)


def _from_first_heard(frames: Iterator[SensorFrame], interrupt: Interrupt) -> Iterator[SensorFrame]:
    """The frames from the first one on in which a sensor is heard, once there is one.

    Trackers that listen hand frames over though nobody sends: prompts would run out unheard.
    """
    begin_ns: int | None = None
    for frame in frames:
        interrupt.check()
        if frame.samples:
            return chain((frame,), frames)
        begin_ns = frame.frame_time_ns if begin_ns is None else begin_ns
        if frame.frame_time_ns - begin_ns >= PATIENCE_S * 1e9:
            raise CalibrationError(
                f"no sensor was heard for {PATIENCE_S:g} s.",
                "See that the headset is on, and that its tracker sends.",
            )
    return frames
