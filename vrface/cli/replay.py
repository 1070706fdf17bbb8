"""`vrface replay`: a log's frames through a model again, beside the faces it holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrface.cli.calibration_sheet import used_of
from vrface.cli.log_sheet import print_events, told
from vrface.cli.options import (
    KnownWearer,
    ReplayedSeed,
    ReplayedSmoothing,
    ReplayedStyle,
    style_of,
)
from vrface.cli.output import console, prepare, prepare_log, progress, table, write_json
from vrface.cli.threads import in_one_thread

if TYPE_CHECKING:
    from rich.table import Table

    from vrface.log import LogHeader, LogReader
    from vrface.log.event import EventTally
    from vrface.model.model import Model
    from vrface.session.comparison import Comparison
    from vrface.session.replay import Replay


def replay(
    log: Annotated[Path, typer.Argument(metavar="LOG.mcap", help="The log to replay.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the new faces' log here (.mcap).")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A shipped model or a checkpoint's folder.",
            show_default="the log's own where it ships",
        ),
    ] = None,
    style: ReplayedStyle = None,
    seed: ReplayedSeed = None,
    smooth: ReplayedSmoothing = None,
    calibration: KnownWearer = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Let frames come as they came, for true step times.")
    ] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write the summary here.")] = None,
) -> None:
    """Run a log's frames through a model again.

    Says how far the new faces are from those in the log: with the model that made them, they are
    identical, and -o writes the same log, byte for byte. Truth, events and clock anchors go along.
    """
    from vrface.log import LogReader
    from vrface.log.event import EventTally
    from vrface.trust import Permission

    permission = Permission.local()
    reader = LogReader(log, permission)
    if output is not None:
        prepare_log(output)
    if json is not None:
        prepare(json, "--json")
    from vrface.session.comparison import Comparison
    from vrface.session.replay import Replay

    used = _used(model, reader.header)
    comparison = Comparison()
    shown = None if style is None else style_of(style), seed, smooth
    pace = _waiting() if realtime else _at_once
    replayed = Replay(reader, used, output, permission, pace, *shown, calibration)
    with progress() as bar, closing(iter(replayed)) as faces:
        for made in bar.track(faces, description=log.name):
            comparison.add(made)
    events = EventTally.of_all(reader.events())
    summary = _summary(reader, used, replayed, comparison, events)
    if json is not None:
        write_json(json, summary)
    _print(summary, events)
    if output is not None:
        print(f"{output}: {_written(log, output)}")


def _written(log: Path, output: Path) -> str:
    return f"the same bytes as {log}" if cmp(log, output, shallow=False) else "written"


def _used(model: str | None, header: LogHeader) -> Model:
    """The model that is asked for, else the one that ships and made the log's faces, if any did."""
    from vrface.model import pretrained

    in_one_thread()
    if model is not None:
        return pretrained.load(model)
    shipped = map(pretrained.load, pretrained.names())
    made_by = (model for model in shipped if model.digest.hex() == header.model_digest)
    return next(made_by, pretrained.load())


def _at_once(log_time_ns: int) -> None:
    """Wait for nothing."""


def _waiting() -> Callable[[int], None]:
    """Waits for the time of each frame, from the first one on."""
    start_ns: int | None = None

    def wait(log_time_ns: int) -> None:
        nonlocal start_ns
        if start_ns is None:
            start_ns = time.perf_counter_ns() - log_time_ns
        time.sleep(max(start_ns + log_time_ns - time.perf_counter_ns(), 0) / 1e9)

    return wait


def _summary(
    log: LogReader, model: Model, replayed: Replay, comparison: Comparison, events: EventTally
) -> dict[str, Any]:
    header = log.header
    return {
        "log": str(log.path),
        "wearer": header.wearer,
        "headset": header.headset.name if header.headset else None,
        "model": {"name": model.name, "digest": model.digest.hex()},
        "logged_digest": header.model_digest or None,
        "calibration": used_of(replayed.calibration, replayed.misfits),
        "frames": comparison.faces,
        "seconds": comparison.seconds,
        "compared": comparison.compared,
        "identical": comparison.identical,
        "one_sided": comparison.one_sided,
        "groups": comparison.groups(),
        "step_ms": comparison.step_ms(),
        **told(events),
    }


def _print(summary: dict[str, Any], events: EventTally) -> None:
    model = summary["model"]
    facts = {
        "log": f"{summary['wearer']} in {summary['headset']}",
        "frames": f"{summary['frames']}, {summary['seconds']:.1f} s",
        "logged faces": _logged(summary),
        "model": f"{model['name']}, digest {model['digest'][:16]}",
        "calibration": summary["calibration"],
        "step": "p50 {p50:.2f} ms, p99 {p99:.2f} ms".format(**summary["step_ms"]),
    }
    about = table("", "")
    about.show_header = False
    for name, value in facts.items():
        about.add_row(name, value)
    out = console()
    out.print(about)
    print_events(events.kept, events.count.total())
    if summary["identical"] < summary["compared"]:
        out.print("New weights against the logged ones, absolute difference:")
        out.print(_difference_table(summary["groups"]))
    out.print(_verdict(summary))


def _logged(summary: dict[str, Any]) -> str:
    if not summary["compared"]:
        return "none"
    digest = summary["logged_digest"] or "unknown"
    same = digest == summary["model"]["digest"]
    by = "the same model" if same else f"another model, digest {digest[:16]}"
    return f"{summary['compared']}, by {by}"


def _difference_table(groups: dict[str, dict[str, float | None]]) -> Table:
    made = table("", "mean", "largest")
    for name, figures in groups.items():
        values = (figures["mean"], figures["max"])
        made.add_row(name, *("-" if value is None else f"{value:.4f}" for value in values))
    return made


def _verdict(summary: dict[str, Any]) -> str:
    frames, compared, identical = (summary[name] for name in ("frames", "compared", "identical"))
    if not compared:
        return "The log holds no faces to compare these with."
    text = f"{identical} of {compared} faces are identical to the logged ones"
    if identical == compared:
        text = f"All {compared} faces are identical to the logged ones"
    if compared < frames:
        text += f"; of {frames - compared} frames the log holds no face"
    if summary["one_sided"]:
        text += f"; {summary['one_sided']} weights are absent in one of the two alone"
    return f"{text}."
