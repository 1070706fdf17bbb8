"""A face and its hidden shapes drawn in a terminal: pure functions from an `Expression` to text.

The face is seen from the front, as one sees a person: the wearer's left is on the viewer's right.
Every stroke and bar is tinted by where its value comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, REGIONS, index
from vrface.face.expression import Expression, Source, Status
from vrface.render.face_strokes import strokes

TINTS: dict[Source, str] = {
    Source.ABSENT: "grey35",
    Source.MEASURED: "#5aa9e6",
    Source.INFERRED: "#f2a03d",
    Source.HELD: "#c678dd",
    Source.NEUTRAL: "grey62",
    Source.GENERATED: "#8bc34a",
    Source.CUED: "#e06c75",
    Source.COPIED: "#56b6c2",
}
"""The colour of each source: orange is inferred, blue is measured."""

VIEW_NOTE = "seen from the front: the wearer's left is on your right"

_BARS_WIDTH = 66
_BRAILLE = 0x2800
# Bit of each dot in a braille cell, four rows of two (Unicode 15, block Braille Patterns).
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def draw_face(expression: Expression, columns: int = 44, rows: int = 25) -> Text:
    """The face as braille dots.

    Args:
        expression: What to draw; a weight without a value is drawn as 0, in the tint of its source.
        columns: Width in characters.
        rows: Height in characters; a dot is square where a character is twice as high as wide.
    """
    dots = np.zeros((4 * rows, 2 * columns), dtype=np.bool_)
    tint = np.full((rows, columns), "grey50", dtype=object)
    for stroke in strokes(expression):
        x = np.rint((stroke.points[:, 0] + 1.0) / 2.0 * (2 * columns - 1)).astype(int)
        y = np.rint((1.2 - stroke.points[:, 1]) / 2.5 * (4 * rows - 1)).astype(int)
        inside = (x >= 0) & (x < 2 * columns) & (y >= 0) & (y < 4 * rows)
        x, y = x[inside], y[inside]
        dots[y, x] = True
        if stroke.shape is not None:
            tint[y // 4, x // 2] = TINTS[Source(expression.source[index(stroke.shape)])]
    cells = dots.reshape(rows, 4, columns, 2).transpose(0, 2, 1, 3)
    codes = _BRAILLE + (cells * _DOTS).sum(axis=(2, 3))
    text = Text(no_wrap=True)
    for row in range(rows):
        for style, run in groupby(range(columns), key=tint[row].__getitem__):
            text.append("".join(chr(codes[row, column]) for column in run), style=style)
        text.append("\n")
    text.rstrip()
    return text


def hidden_shapes(source: Iterable[int]) -> tuple[str, ...]:
    """The shapes that no sensor stands behind, without the eyeLook shapes, in canonical order.

    Args:
        source: [54 or more] `Source` of each weight, for example a session's ``expected_source``.
    """
    seen = (Source.MEASURED, Source.COPIED)
    return tuple(
        name
        for name, kind in zip(BLENDSHAPES, source, strict=False)
        if kind not in seen and name not in EYE_LOOK
    )


def draw_bars(expression: Expression, shapes: Sequence[str], narrow: bool = False) -> Table:
    """One bar a shape: the weight solid, one standard deviation above it shaded.

    Both sides of a shape share a row, as in the face: the wearer's right stands left.

    Args:
        expression: Whose values.
        shapes: Which of the 54 to show.
        narrow: Shorter bars, and the standard deviation as shade alone.
    """
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for title in ("", "right", "left") if narrow else ("", "wearer's right", "wearer's left"):
        table.add_column(title, no_wrap=True, header_style="dim")
    bases = dict.fromkeys(name.removesuffix("Left").removesuffix("Right") for name in shapes)
    for base in bases:
        if base in shapes:
            table.add_row(base, _bar(expression, base, narrow), "")
            continue
        sides = (f"{base}Right", f"{base}Left")
        bars = (_bar(expression, name, narrow) if name in shapes else "" for name in sides)
        table.add_row(base, *bars)
    return table


def draw(
    expression: Expression, shapes: Sequence[str], width: int = 120, height: int = 30
) -> RenderableType:
    """The whole view: status, face, bars and legend.

    Args:
        expression: What to show.
        shapes: Which shapes get a bar, for example `hidden_shapes(session.expected_source)`.
        width: Of the terminal, in characters; from 80 everything fits.
        height: Of the terminal.
    """
    rows = max(min(height - 4, 25), 10)
    columns = round(1.76 * rows)
    body = Table.grid(padding=(0, 2))
    body.add_column(no_wrap=True)
    body.add_column(vertical="middle")
    narrow = width < columns + _BARS_WIDTH
    bars = draw_bars(expression, shapes, narrow)
    body.add_row(draw_face(expression, columns, rows), bars)
    return Group(_headline(expression), body, _legend(), Text(VIEW_NOTE, style="dim"))


def _bar(expression: Expression, name: str, narrow: bool) -> Text:
    at, width = index(name), 5 if narrow else 10
    weight, spread = float(expression.weights[at]), float(expression.stddev[at])
    if not np.isfinite(weight):
        return Text("no value", style=TINTS[Source.ABSENT])
    style = TINTS[Source(expression.source[at])]
    eighths = round(np.clip(weight, 0.0, 1.0) * width * 8)
    solid = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    text = Text(solid, style=style, no_wrap=True)
    if not np.isfinite(spread):
        return text.append(f"{' ' * (width - len(solid))} {weight:.2f}")
    shaded = min(round((weight + spread) * width), width) - len(solid)
    text.append("░" * max(shaded, 0), style=style)
    text.append(f"{' ' * (width - len(text))} {weight:.2f}")
    return text if narrow else text.append(f" ±{spread:.2f}")


def _headline(expression: Expression) -> Text:
    status = Status(expression.status).name.lower().replace("_", " ")
    text = Text(f"{expression.frame_time_ns / 1e9:.2f} s  ", no_wrap=True, overflow="crop")
    text.append(status, style="bold green" if expression.valid else "bold yellow")
    text.append("   confidence ")
    named = zip(REGIONS, expression.confidence.tolist(), strict=True)
    text.append(", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in named))
    return text


def _legend() -> Text:
    text = Text()
    shown = ("measured", "inferred", "generated", "held", "neutral", "absent")
    for kind in (Source[name.upper()] for name in shown):
        text.append("█ ", style=TINTS[kind])
        text.append(f"{kind.name.lower()}   ")
    return text.append("░ one standard deviation", style="dim")
