"""`vrface render`: a log's faces as a video, or every blendshape as a picture."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.interrupt import Interrupt
from vrface.cli.options import HOUR_S, number
from vrface.cli.output import prepare, progress
from vrface.cli.threads import in_one_thread
from vrface.errors import BadUse

if TYPE_CHECKING:
    from vrface.face.expression import Expression
    from vrface.log import LogReader
    from vrface.render.faces import Faces
    from vrface.render.panels import Panel
    from vrface.rig.figure import Figure

Whose = Annotated[
    Path | None, typer.Option(help="Whose face: a glTF or VRM file.", show_default="built in")
]
Fitted = Annotated[
    Path | None,
    typer.Option(
        "--rig", help="How it is driven: what `vrface map` wrote.", show_default="by its names"
    ),
]
Which = Annotated[
    int | None,
    typer.Option(help="Which built-in face, by seed.", min=0, show_default="the average"),
]
Start = Annotated[float, typer.Option(help="Seconds of the log to skip.", min=0, callback=number)]
Length = Annotated[
    float, typer.Option(help="How much of it at most.", min=0.1, max=HOUR_S, callback=number)
]
Rate = Annotated[float, typer.Option(help="Frames a second.", min=1, max=240, callback=number)]


def render(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The video (.webm) or picture (.png) to write.")
    ],
    log: Annotated[
        Path | None,
        typer.Argument(metavar="LOG.mcap", help="The log to draw.", show_default=False),
    ] = None,
    shapes: Annotated[
        bool, typer.Option("--shapes", help="Draw all 54 shapes in full instead, as a picture.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            help="A shipped model or a checkpoint's folder.",
            show_default="the log's own faces, else the model default",
        ),
    ] = None,
    avatar: Whose = None,
    rig: Fitted = None,
    wearer: Which = None,
    start: Start = 0.0,
    seconds: Length = HOUR_S,
    size: Annotated[str, typer.Option(help="Of the video, width x height in pixels.")] = "960x480",
    rate: Rate = 30.0,
    codec: Annotated[str, typer.Option(help="vp9 (smaller) or vp8 (much faster).")] = "vp9",
) -> None:
    """Draw a log's faces side by side, as a video.

    The true face where the log has one, what the headset saw of it, and the face that was inferred.
    What the headset hides is grey. Needs no screen and no GPU, but vrface[render].
    """
    from vrface.render import face_video
    from vrface.render.stage import require_panda3d

    if shapes == (log is not None):
        raise BadUse("render takes a log, or --shapes without one.", "See `vrface render --help`.")
    require_panda3d()
    if log is None:
        figure = _figure(avatar, rig, wearer)
        prepare(output)
        _draw_shapes(output, figure)
        return
    from vrface.log import LogReader
    from vrface.trust import Permission

    pixels = _pixels(size)
    face_video.check(output, rate, pixels, codec)
    reader = LogReader(log, Permission.local())
    figure = _figure(avatar, rig, wearer)
    prepare(output)
    panels = _panels(reader, figure, model, (start, start + seconds))
    _draw_video(output, panels, rate, pixels, codec, private=reader.header.real_face)


def _pixels(size: str) -> tuple[int, int]:
    """Width and height."""
    sides = size.lower().split("x")
    if len(sides) != 2 or not all(side.isascii() and side.isdigit() for side in sides):
        raise BadUse(f"--size {size!r} is no size.", "Give it like 960x480.")
    return int(sides[0]), int(sides[1])


def _figure(avatar: Path | None, rig: Path | None, wearer: int | None) -> Figure:
    """Who is drawn."""
    if avatar is None:
        if rig is not None:
            raise BadUse("--rig drives an avatar.", "Give the --avatar too.")
        from vrface.rig.rig import Rig

        return Rig.drawn(wearer)
    if wearer is not None:
        raise BadUse("--wearer is the seed of a built-in face, not of --avatar.", "Give one.")
    from vrface.rig.avatar import Avatar
    from vrface.rig.retargeting import Retargeting

    return Avatar.read(avatar, Retargeting.read(rig) if rig is not None else None)


def _draw_shapes(output: Path, figure: Figure) -> None:
    """Draw the sheet, and say so; Ctrl-C leaves none."""
    from vrface.face.blendshapes import COUNT
    from vrface.render.shape_sheet import shape_sheet

    with Interrupt() as interrupt, progress() as bar:
        drawing = bar.add_task("drawing shapes", total=COUNT)

        def drawn(shapes: int) -> None:
            bar.update(drawing, completed=shapes)
            interrupt.check()

        shape_sheet(output, figure, drawn)
    print(f"{output}: {COUNT} shapes, each in full")


def _panels(
    log: LogReader, figure: Figure, model: str | None, span_s: tuple[float, float]
) -> list[Panel]:
    """What is known of a log's faces: the truth, what was seen of it, what was inferred."""
    from vrface.log.header import REAL
    from vrface.render.panels import inferred_panels, truth_panel

    header = log.header
    panels: list[Panel] = []
    if len(truth := _gathered(log.faces(), span_s, "reading the truth")):
        panels.append(truth_panel(figure, truth, real_face=header.real_face))
    if header.headset is not None:
        inferred, by = _inferred(log, model, span_s)
        if len(inferred):
            real = header.simulation == REAL
            panels += inferred_panels(figure, inferred, header.headset, real_sensors=real, by=by)
    if not panels:
        raise BadUse(
            f"{log.path} holds no face from {span_s[0]:g} s on.", "Give an earlier --start."
        )
    return panels


def _inferred(log: LogReader, model: str | None, span_s: tuple[float, float]) -> tuple[Faces, str]:
    """The faces that the log holds, or those that a model makes of it; and whose they are."""
    if model is None:
        logged = _gathered(log.expressions(), span_s, "reading faces")
        if len(logged):
            return logged, f"as it was logged, {log.header.software}"
    from vrface.model import pretrained
    from vrface.session.replay import Replay

    in_one_thread()
    used = pretrained.load(model or pretrained.DEFAULT)
    with closing(iter(Replay(log, used))) as replayed:
        made = _gathered((made.face for made in replayed), span_s, "inferring faces")
    return made, f"by the model {used.name}"


def _gathered(faces: Iterable[Expression], span_s: tuple[float, float], doing: str) -> Faces:
    """Those from and to so many seconds after the first, under a bar; Ctrl-C ends it."""
    from vrface.render.faces import Faces

    with Interrupt() as interrupt, progress() as bar:

        def watched() -> Iterable[Expression]:
            for face in bar.track(faces, description=doing):
                interrupt.check()
                yield face

        return Faces.gathered(watched(), *span_s)


def _draw_video(
    output: Path,
    panels: list[Panel],
    rate: float,
    size: tuple[int, int],
    codec: str,
    *,
    private: bool,
) -> None:
    """Draw panels side by side for as long as the first one is, and say so; Ctrl-C leaves none."""
    from vrface.render.face_video import face_video
    from vrface.render.panels import tracks_of

    instants = panels[0].faces.instants(rate)
    labels, tracks = [panel.label for panel in panels], tracks_of(panels, instants)
    with Interrupt() as interrupt, progress() as bar:
        drawing = bar.add_task("drawing", total=len(instants))

        def drawn(frames: int) -> None:
            bar.update(drawing, completed=frames)
            interrupt.check()

        face_video(output, tracks, rate, labels, size, drawn, codec, private=private)
    length_s = len(instants) / rate
    faces_ = "1 face" if len(panels) == 1 else f"{len(panels)} faces side by side"
    print(f"{output}: {faces_}, {len(instants)} frames, {length_s:.1f} s")
