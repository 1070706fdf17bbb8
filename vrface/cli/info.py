"""`vrface info`: what is here, and what a headset, model, log, calibration or recording is.

Of OpenXR it says what this machine's runtime senses: `vrface.cli.openxr_sheet`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vrface.cli.calibration_sheet import about_of
from vrface.cli.headset_sheet import in_short, print_sheet
from vrface.cli.log_sheet import print_checkup, print_header
from vrface.cli.output import console, prepare, table, write_json
from vrface.errors import BadUse, UnknownName


def info(
    what: Annotated[
        str | None,
        typer.Argument(
            help="A headset, model, log (.mcap), .calibration, another program's recording, or "
            "openxr: this machine's runtime."
        ),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write what openxr senses here.")
    ] = None,
) -> None:
    """Tell what is here, or what a headset, model or recording is."""
    from vrface.model.pretrained import names
    from vrface.sensors.headset import SHIPPED

    if json is not None and what != "openxr":
        raise BadUse("--json goes with `vrface info openxr` alone.", "Leave it out.")
    if what is None:
        _everything()
    elif what == "openxr":
        _openxr(json)
    elif what in SHIPPED or what.endswith(".toml"):
        _headset(what)
    elif what in names() or _is_model(Path(what)):
        _model(what)
    elif what.endswith(".mcap"):
        _log(Path(what))
    elif what.endswith(".calibration"):
        _calibration(Path(what))
    elif Path(what).exists() or Path(what).suffix:
        _recording(Path(what))
    else:
        known = (*SHIPPED, *names(), "openxr")
        raise UnknownName("headset, model or file", what, known)


def _is_model(folder: Path) -> bool:
    return (folder / "manifest.json").is_file() or (folder / "config.json").is_file()


def _everything() -> None:
    import vrface
    from vrface.face.blendshapes import BLENDSHAPES, GROUPS, SET_NAME, SET_VERSION, group_of
    from vrface.model.pretrained import DEFAULT, RIDGE, released
    from vrface.sensors.headset import SHIPPED, headset

    out = console()
    out.print(f"vrface {vrface.__version__}", style="bold")
    headsets = table("headset", "hides", "what it is")
    for name in SHIPPED:
        profile = headset(name)
        headsets.add_row(name, f"{len(profile.occludes)} of {len(BLENDSHAPES)}", profile.summary)
    out.print(headsets)
    models = table("model", "digest (SHA-256)")
    for name, digest in released().items():
        models.add_row(name, digest)
    models.add_row(RIDGE, f"travels in {DEFAULT}: its strongest simple rival")
    out.print(models)
    shapes = table("group", f"blendshapes: set {SET_NAME!r}, version {SET_VERSION}")
    for group in GROUPS:
        shapes.add_row(group, in_short(name for name in BLENDSHAPES if group_of(name) == group))
    out.print(shapes)
    out.print("`vrface info NAME` tells more about one of them.", style="dim")


def _openxr(json: Path | None) -> None:
    from vrface.cli import openxr_sheet
    from vrface.trackers.openxr.instance import Instance

    if json is not None:
        prepare(json, "--json")
    with Instance() as instance:
        offer = instance.offer
    openxr_sheet.print_sheet(offer)
    if json is not None:
        write_json(json, openxr_sheet.summary_of(offer))


def _headset(name: str) -> None:
    from vrface.sensors.headset import headset

    print_sheet(headset(name))


def _model(name: str) -> None:
    from rich.markdown import Markdown

    from vrface.model import pretrained

    model = pretrained.load(name)
    out = console()
    out.print(f"{model.name}: digest {model.digest.hex()}", style="bold")
    if name == pretrained.RIDGE:
        out.print(f"A ridge fitted on the logs of {pretrained.DEFAULT!r}, whose card follows.")
    out.print(Markdown(model.card))


def _log(path: Path) -> None:
    from vrface.log import LogReader
    from vrface.log.checkup import checkup
    from vrface.trust import Permission

    log = LogReader(path, Permission.local())
    found = checkup(log)
    print_header(log)
    print_checkup(found)


def _calibration(path: Path) -> None:
    from vrface.model.calibration import file

    rows = table("calibration", str(path))
    for label, value in about_of(file.load(path)).items():
        rows.add_row(label, value)
    console().print(rows)


def _recording(path: Path) -> None:
    from vrface.log.importers import describe, read_any

    rows = table("recording", str(path))
    for label, value in describe(read_any(path)):
        rows.add_row(label, value)
    console().print(rows)
