"""`vrface train`: from recordings, or from nobody's, to a checkpoint that says how good it is."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrface.cli.interrupt import Interrupt
from vrface.cli.output import console, prepare, progress, table, write_json
from vrface.errors import BadUse

if TYPE_CHECKING:
    from rich.progress import TaskID
    from rich.table import Table

    from vrface.training.config import TrainConfig
    from vrface.training.train import Trained


def train(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the checkpoint and its run.")
    ],
    recipe: Annotated[
        Path | None,
        typer.Argument(metavar="RECIPE", help="A Python file whose config() says how to train."),
    ] = None,
    preset: Annotated[str | None, typer.Option(help="A configuration that ships.")] = None,
    logs: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Paired logs (.mcap) to learn from; default: synthetic wearers."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in -o.")] = False,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write the held-out report here too.")
    ] = None,
) -> None:
    """Train a model: on paired logs, or on synthetic wearers.

    Ctrl-C stops it; the same command with --resume goes on, to the same bytes. Some wearers are
    held out, and the report says how well the model does on them, beside its rivals.
    """
    config = _config(recipe, preset)
    prepare(output / "card.md")
    if json is not None:
        prepare(json, "--json")
    watch = _Watch()
    try:
        with watch:
            trained = _train(config, output, logs, resume, watch)
    except KeyboardInterrupt:
        again = _command(recipe, preset, logs, output, json)
        print(_stopped(output, watch.steps, again), file=sys.stderr)
        raise typer.Exit(130) from None
    if json is not None:
        about = {"digest": trained.digest.hex(), "steps": trained.steps, "seconds": trained.seconds}
        write_json(json, trained.report | {"model": trained.report["model"] | about})
    _print(trained, output)


def _config(recipe: Path | None, preset: str | None) -> TrainConfig:
    from vrface.training import config

    if (recipe is None) == (preset is None):
        got = "neither" if recipe is None else "both"
        raise BadUse(
            f"train takes either a RECIPE or --preset, got {got}.",
            f"Presets: {', '.join(config.PRESETS)}.",
        )
    from vrface.training.recipes import read_recipe

    return read_recipe(recipe) if recipe is not None else config.preset(str(preset))


def _train(
    config: TrainConfig, output: Path, logs: Path | None, resume: bool, watch: _Watch
) -> Trained:
    from vrface.training import train as training
    from vrface.training.logs import read_logs
    from vrface.trust import Permission

    permission = Permission.local()

    def reading(what: str, done: int, of: int) -> None:
        watch(what, done, of, "")

    paireds = read_logs(logs, permission, reading) if logs is not None else None
    return training.train(
        config, output, logs=paireds, permission=permission, resume=resume, watch=watch
    )


class _Watch:
    """Shows how far a run is: a bar for each thing done, or lines where there is no terminal.

    Attributes:
        steps: Done and to do, once training has begun.
    """

    def __init__(self) -> None:
        self._bars = progress()
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, int] = {}
        self._interrupt = Interrupt()
        self.steps: tuple[int, int] | None = None

    def __enter__(self) -> _Watch:
        self._interrupt.__enter__()
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()
        self._interrupt.__exit__()

    def __call__(self, what: str, done: int, of: int, note: str) -> None:
        """Show that `done` of `of` is done of something.

        Raises:
            KeyboardInterrupt: if somebody pressed Ctrl-C since.
        """
        self._interrupt.check()
        if what == "training":
            self.steps = (done, of)
        if self._bars.disable:
            self._tell(what, done, of, note)
            return
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what)
        text = f"{what}: {note}" if note else what
        self._bars.update(self._tasks[what], description=text, completed=done, total=of)

    def _tell(self, what: str, done: int, of: int, note: str) -> None:
        """A line for every tenth."""
        tenth = 10 * done // max(of, 1)
        if tenth != self._told.get(what, 0):
            self._told[what] = tenth
            print(f"{what}: {done} of {of}{f', {note}' if note else ''}", file=sys.stderr)


def _stopped(output: Path, steps: tuple[int, int] | None, again: str) -> str:
    """What was kept after Ctrl-C, and what to do."""
    if not (output / "run" / "config.json").exists():
        return f"stopped before the run began; start it again with `{again}`"
    where = "at step {} of {}".format(*steps) if steps else "before training"
    return f"stopped {where}; go on with `{again} --resume`"


def _command(
    recipe: Path | None, preset: str | None, logs: Path | None, output: Path, json: Path | None
) -> str:
    """The same command again, without --resume."""
    options = {"--preset": preset, "--logs": logs, "-o": output, "--json": json}
    words = ["vrface", "train", *([str(recipe)] if recipe else [])]
    for option, value in options.items():
        words += [option, str(value)] if value is not None else []
    return shlex.join(words)


def _print(trained: Trained, output: Path) -> None:
    from vrface.cli.scores import Scores
    from vrface.training.held_out_page import coverage_verdict

    out, model, entries = console(), trained.report["model"], trained.report["headsets"]
    if not entries:
        out.print("No held-out log is long enough, or shows enough of the face, to judge it by.")
    for entry in entries:
        wearers = f"{entry['wearers']} held-out wearer{'' if entry['wearers'] == 1 else 's'}"
        out.print(f"{entry['headset']}: {wearers}, {entry['evidence']}", style="bold")
        out.print(_table(entry, model["name"]))
        for mode, summary in entry["calibrations"].items():
            verdict = Scores.of({"model": model, "summary": summary}).verdict()
            coverage = coverage_verdict(summary["groups"]["hidden"]["coverage90"])
            out.print(f"calibration {mode}: {verdict} {coverage}")
        out.print()
    # Plain lines: a table would break long paths.
    folder = shlex.quote(str(output))
    print(f"checkpoint: {output}, digest {trained.digest.hex()[:16]}")
    print(f"report: {output / 'run' / 'report.md'}")
    print(f"curves: {output / 'run' / 'curves.png'}")
    print(f"took {trained.seconds:.0f} s")
    print(f"\nlook at it: vrface demo --model {folder}")
    print(f"score it on your own recordings: vrface evaluate --model {folder} --faces TAKE.csv")


def _table(entry: dict[str, Any], model: str) -> Table:
    """The model and its rivals on one headset."""
    from vrface.training.held_out_page import hidden_errors

    made = table("calibration", *entry["calibrations"])
    made.title = "error of the hidden shapes (CRPS x 1000): lower is better"
    for place, (name, *errors) in enumerate(hidden_errors(entry["calibrations"])):
        made.add_row(name if place else model, *errors, style="" if place else "bold")
    for column in made.columns[1:]:
        column.justify = "right"
    return made
