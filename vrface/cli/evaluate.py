"""`vrface evaluate`: how well a model infers what a headset hides, beside its rivals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeAlias

import typer

from vrface.cli.output import console, prepare, progress, table, write_json
from vrface.errors import BadUse
from vrface.sensors.headset import DEFAULT_HEADSET

if TYPE_CHECKING:
    from rich.table import Table

    from vrface.cli.scores import Scores
    from vrface.face.take import Take
    from vrface.training.metrics.geometry import ReferenceRig


Mode: TypeAlias = Literal["none", "unpaired", "paired"]

_Known = Annotated[
    Mode,
    typer.Option(help="What is known of the wearer: nothing, sensors at rest, or the face too."),
]
_RigFolder = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="An ICT-FaceKit rig: tell errors in millimetres too."),
]

_ON_EACH_TAKE = ("neutral", "calibration_climatology", "ridge", "ridge_user", "best")
"""The rivals that the table take by take has room for."""

_NOBODY: dict[str, Any] = {"groups": {}}


def evaluate(
    faces: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[PERSON=]TAKE.csv", help="Full-face takes: the headset is simulated on them."
        ),
    ] = None,
    logs: Annotated[
        list[Path] | None,
        typer.Option(metavar="LOG.mcap", help="Paired logs: scored with their own sensors."),
    ] = None,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="MORE", help="More of the same kind.")
    ] = None,
    headset: Annotated[
        str | None, typer.Option(help=f"Headset to simulate on --faces [{DEFAULT_HEADSET}].")
    ] = None,
    model: Annotated[
        str, typer.Option(help="A shipped model or a checkpoint's folder.")
    ] = "default",
    calibrate: _Known = "none",
    seconds: Annotated[float, typer.Option(help="How much of a take calibrates.")] = 30.0,
    seed: Annotated[int, typer.Option(help="The first of the sensor seeds.", min=0)] = 0,
    rig: _RigFolder = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write the whole report here.")
    ] = None,
) -> None:
    """Score how well hidden shapes are inferred, beside rivals.

    Full-face takes wear a simulated headset; paired logs have sensors of their own. Both are run
    frame by frame, never looking ahead. Give --faces A.csv B.csv ... or --logs A.mcap B.mcap ...
    """
    if bool(faces) == bool(logs):
        raise BadUse("evaluate takes either --faces or --logs.", "See `vrface evaluate --help`.")
    if json is not None:
        prepare(json, "--json")
    if headset is not None and logs:
        raise BadUse("a log knows its headset.", "Leave --headset out with --logs.")
    asked = _Asked(model, calibrate, seconds, seed, rig)
    if faces:
        report = _on_faces([*faces, *(more or [])], headset or DEFAULT_HEADSET, asked)
    else:
        report = _on_logs([*(logs or []), *map(Path, more or [])], asked)
    if json is not None:
        write_json(json, report)
    _print(report, asked)


class _Asked(NamedTuple):
    """What faces and logs are asked alike."""

    model: str
    calibrate: Mode
    seconds: float
    seed: int
    rig: Path | None

    def fields(self) -> ReferenceRig | None:
        """The rig, read from its folder."""
        from vrface.training.metrics.geometry import ReferenceRig

        return None if self.rig is None else ReferenceRig.read(self.rig)


def _on_faces(faces: list[str], name: str, asked: _Asked) -> dict[str, Any]:
    from vrface.sensors.headset import headset

    profile = headset(name)
    takes = [_take(face) for face in faces]
    rig = asked.fields()
    from vrface.model import pretrained
    from vrface.training.evaluate import evaluate_faces
    from vrface.trust import Permission

    with _Bars() as bars:
        return evaluate_faces(
            takes,
            profile,
            pretrained.load(asked.model),
            calibrate=asked.calibrate,
            seconds=asked.seconds,
            seed=asked.seed,
            permission=Permission.local(),
            progress=bars.show,
            rig=rig,
        )


def _on_logs(logs: list[Path], asked: _Asked) -> dict[str, Any]:
    from vrface.log import read_paired
    from vrface.trust import Permission

    permission = Permission.local()
    paireds = [read_paired(path, permission) for path in logs]
    rig = asked.fields()
    from vrface.model import pretrained
    from vrface.training.evaluate import evaluate_logs

    with _Bars() as bars:
        return evaluate_logs(
            paireds,
            pretrained.load(asked.model),
            calibrate=asked.calibrate,
            seconds=asked.seconds,
            seed=asked.seed,
            permission=permission,
            progress=bars.show,
            rig=rig,
        )


def _take(face: str) -> Take:
    """A take of ``[PERSON=]TAKE.csv``."""
    from vrface.log.importers import read_take

    person, named, path = face.rpartition("=")
    return read_take(Path(path), person if named else None)


class _Bars:
    """One progress bar a take."""

    def __init__(self) -> None:
        self._progress = progress()
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, take: str, done: float) -> None:
        """Move the bar of `take`, ``PERSON/NAME``, to `done`, in [0, 1]."""
        if take not in self._tasks:
            self._tasks[take] = self._progress.add_task(take, total=100)
        self._progress.update(self._tasks[take], completed=100 * done)


def _print(report: dict[str, Any], asked: _Asked) -> None:
    from vrface.cli.scores import (
        Scores,
        bar,
        calibration,
        evidence,
        fell_back,
        scored_s,
        sights,
        step_name,
    )

    out = console()
    summary, model = report["summary"], report["model"]
    scores = Scores.of(report)
    facts = {
        "evidence": evidence(report),
        "headset": report["headset"],
        "persons, takes": f"{summary['persons']}, {summary['takes']}",
        "scored": f"{scored_s(report):.0f} s",
        "calibration": calibration(report, asked.calibrate, asked.seconds),
        "protocol, seed": f"{report['protocol']}, {asked.seed}",
        "best rival in training": bar(report),
        "model": f"{model['name']}, digest {model['digest'][:16]}",
        step_name(report): "p50 {p50:.2f} ms, p99 {p99:.2f} ms".format(**report["step_ms"]),
    }
    about = table("", "")
    about.show_header = False
    for name, value in facts.items():
        about.add_row(name, value)
    out.print(about)
    all_fell_back = fell_back(report, asked.calibrate)
    if all_fell_back or len(report["takes"]) > 1:
        out.print(_take_table(report))
    out.print(score_table(scores))
    for line in sights(report):
        out.print(line)
    out.print(scores.verdict())
    if all_fell_back:
        print(
            f"warning: {asked.calibrate} calibration was asked for and no take got it; "
            "these are the figures of calibration none.",
            file=sys.stderr,
        )


def _take_table(report: dict[str, Any]) -> Table:
    """One row a take: a mean over few takes hides more than it says."""
    from vrface.cli.scores import name_of

    rivals = [name for name in _ON_EACH_TAKE if name in report["summary"]["rivals"]]
    made = table("take", "calibration", report["model"]["name"], *map(_spaced, rivals), "ceiling")
    made.title = "hidden shapes (CRPS x 1000), take by take"
    for take in report["takes"]:
        laws = [take, *(take["rivals"].get(name, _NOBODY) for name in rivals)]
        laws.append(take["ceilings"].get("personal", _NOBODY))
        errors = [law["groups"].get("hidden", {}).get("crps") for law in laws]
        seen = " (SEEN in training)" if take["seen"] else ""
        figures = ["-" if error is None else f"{1000 * error:.1f}" for error in errors]
        made.add_row(f"{name_of(take)}{seen}", take["calibration"], *figures)
    _right(made, 2)
    return made


def _right(made: Table, first: int) -> None:
    for column in made.columns[first:]:
        column.justify = "right"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def score_table(scores: Scores) -> Table:
    """The model, its rivals and the ceilings, for a terminal."""
    made = table("", *scores.columns)
    made.title = "error of the hidden shapes (CRPS x 1000): lower is better"
    _right(made, 1)
    for place, (name, values) in enumerate(scores.texts()):
        if place == len(scores.rows):
            made.add_section()
        ceiling = "ceiling: " if place >= len(scores.rows) else ""
        made.add_row(ceiling + _spaced(name), *values, style="bold" if place == 0 else "")
    return made
