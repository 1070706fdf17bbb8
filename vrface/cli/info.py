"""`vrface info`: what is here, and what a headset, model, log or take is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.output import console, table
from vrface.errors import UnknownName, VrfaceError

if TYPE_CHECKING:
    from vrface.face.take import Take
    from vrface.sensors.headset import HeadsetProfile


def info(
    what: Annotated[
        str | None, typer.Argument(help="A headset, model, log (.mcap) or take (.csv).")
    ] = None,
) -> None:
    """Tell what is here, or what a headset, model, log or take is."""
    from vrface.model.pretrained import names
    from vrface.sensors.headset import SHIPPED

    if what is None:
        _everything()
    elif what in SHIPPED or what.endswith(".toml"):
        _headset(what)
    elif what in names() or Path(what).is_dir():
        _model(what)
    elif what.endswith(".mcap"):
        _log(Path(what))
    elif what.endswith(".csv"):
        _take(Path(what))
    elif Path(what).is_file():
        raise VrfaceError(
            f"{what} is neither a log nor a take.", "Logs end in .mcap, takes in .csv."
        )
    else:
        known = (*SHIPPED, *names())
        raise UnknownName("headset, model or file", what, known)


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
        shapes.add_row(group, _names(name for name in BLENDSHAPES if group_of(name) == group))
    out.print(shapes)
    out.print("`vrface info NAME` tells more about one of them.", style="dim")


def _headset(name: str) -> None:
    from vrface.sensors.headset import headset

    profile = headset(name)
    out = console()
    out.print(f"{profile.name}, version {profile.version}", style="bold")
    out.print(profile.summary)
    streams = table("stream", "rate", "latency", "noise (sd)", "figures from")
    channels = table("stream", "channels")
    for stream in profile.streams:
        unit = stream.registered[0].unit
        noise = f"{stream.noise:g}" if unit == "1" else f"{stream.noise:g} {unit}"
        streams.add_row(
            stream.name,
            f"{stream.rate_hz:g} Hz",
            f"{stream.latency_us / 1000:g} ms",
            noise,
            stream.source,
        )
        channels.add_row(stream.name, _names(stream.channels))
    out.print(streams)
    out.print(channels)
    shapes = table("", "blendshapes")
    shapes.add_row(f"measures {len(profile.measures)}", _names(profile.measures))
    shapes.add_row(f"occludes {len(profile.occludes)}", _names(profile.occludes))
    out.print(shapes)
    out.print(_facts(profile), style="dim")


def _facts(profile: HeadsetProfile) -> str:
    scheme = profile.scheme or "canonical"
    return f"Shapes after {profile.source}. Scheme: {scheme}."


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
    from vrface.trust import Permission

    log = LogReader(path, Permission.local())
    header = log.header
    times = [frame.frame_time_ns for frame in log.frames()]
    faces = [(face.frame_time_ns, face.valid) for face in log.faces()]
    lost = sum(not known for _, known in faces)
    expressions = sum(1 for _ in log.expressions())
    rows = table("log", str(path))
    rows.add_row("wearer", header.wearer)
    rows.add_row("donning", header.donning or "none")
    rows.add_row("headset", header.headset.name if header.headset else "none")
    rows.add_row(
        "sensors", "real" if header.simulation == "real" else f"simulated: {header.simulation}"
    )
    rows.add_row("sensor frames", str(len(times)))
    rows.add_row("faces (truth)", f"{len(faces)}, of them {lost} lost")
    rows.add_row("face", "real" if header.real_face else "simulated")
    rows.add_row("expressions", str(expressions))
    rows.add_row("seconds", _seconds(times or [time for time, _ in faces]))
    rows.add_row("permission", header.permission_id)
    rows.add_row("written by", header.software)
    console().print(rows)


def _take(path: Path) -> None:
    from vrface.log.importers import read_take

    console().print(_take_table(path, read_take(path)))


def _take_table(path: Path, take: Take) -> object:
    from vrface.face.blendshapes import BLENDSHAPES
    from vrface.face.expression import Source

    copied, absent = (
        [name for name, kind in zip(BLENDSHAPES, take.source, strict=True) if kind == wanted]
        for wanted in (Source.COPIED, Source.ABSENT)
    )
    rows = table("take", str(path))
    rows.add_row("person", take.person)
    rows.add_row("frames", str(len(take.time_ns)))
    rows.add_row("seconds", f"{take.seconds:.1f}")
    rows.add_row("frames a second", f"{(len(take.time_ns) - 1) / take.seconds:.1f}")
    rows.add_row("lost rows", str(int((~take.tracked).sum())))
    rows.add_row("copied shapes", _names(copied) or "none")
    rows.add_row("absent shapes", _names(absent) or "none")
    return rows


def _seconds(times_ns: list[int]) -> str:
    return f"{(times_ns[-1] - times_ns[0]) / 1e9:.1f}" if times_ns else "0"


def _names(names: Iterable[str]) -> str:
    """Names, both sides of a shape as one: ``browDownLeft/Right``."""
    given = list(names)
    words = []
    for name in given:
        base = name.removesuffix("Left").removesuffix("Right")
        if name.endswith("Left") and f"{base}Right" in given:
            words.append(f"{name}/Right")
        elif not (name.endswith("Right") and f"{base}Left" in given):
            words.append(name)
    return ", ".join(words)
