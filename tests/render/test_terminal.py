"""The face in the terminal: what moves must be seen to move, and say where it comes from."""

import io

import numpy as np
import pytest
from rich.console import Console

from vrface.face.blendshapes import BLENDSHAPES, COUNT, index, mask
from vrface.face.expression import Expression, Source, Status
from vrface.render.terminal import TINTS, VIEW_NOTE, draw, draw_bars, draw_face, hidden_shapes
from vrface.sensors.headset import headset

VIVE = headset("vive_pro_eye_lip")
SOURCE = np.where(mask(VIVE.measures), Source.MEASURED, Source.INFERRED).astype(np.uint8)
HIDDEN = hidden_shapes(SOURCE)


def face(gaze=(0.0, 0.0, 0.0, 0.0), source=SOURCE, spread=0.1, **weights):
    """A face with the named weights; a name without its side moves both."""
    values = np.zeros(COUNT, np.float32)
    for name, value in weights.items():
        both = [name] if name in BLENDSHAPES else [f"{name}Left", f"{name}Right"]
        values[[index(shape) for shape in both]] = value
    return Expression(
        sequence=1,
        frame_time_ns=12_311_000_000,
        sample_time_ns=12_300_000_000,
        status=Status.TRACKING,
        weights=values,
        stddev=np.full(COUNT, spread, np.float32),
        source=source,
        confidence=np.array([0.9, 0.4, 0.5], np.float32),
        gaze=np.array(gaze, np.float32),
    )


def rows_of(expression):
    return draw_face(expression).plain.split("\n")


def written(renderable, width=120):
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(renderable)
    return file.getvalue()


def first_row_that_differs(one, other):
    return next(row for row, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)


@pytest.mark.parametrize(
    "moved",
    [
        {"jawOpen": 0.8},
        {"mouthSmile": 0.8},
        {"mouthFrown": 0.8},
        {"mouthPucker": 0.9},
        {"mouthDimple": 1.0},
        {"mouthLeft": 1.0},
        {"jawRight": 1.0},
        {"tongueOut": 1.0, "jawOpen": 0.5},
        {"cheekPuff": 1.0},
        {"cheekSquint": 0.8},
        {"noseSneer": 0.8},
        {"browInnerUp": 0.8},
        {"browOuterUp": 0.8},
        {"browDown": 0.8},
        {"eyeBlink": 1.0},
        {"eyeWide": 1.0},
        {"eyeSquint": 1.0},
        {"gaze": (0.4, 0.0, 0.4, 0.0)},
        {"gaze": (0.0, 0.4, 0.0, 0.4)},
    ],
    ids=lambda moved: "+".join(moved),
)
def test_every_part_moves(moved):
    assert rows_of(face(**moved)) != rows_of(face())


def test_drawing_keeps_its_size():
    rows = draw_face(face(jawOpen=1.0, browInnerUp=1.0), columns=40, rows=20).plain.split("\n")
    assert len(rows) == 20
    assert {len(row) for row in rows} == {40}


def test_a_raised_brow_is_drawn_higher_and_leaves_the_mouth_alone():
    rest, raised = rows_of(face()), rows_of(face(browInnerUp=0.9, browOuterUp=0.9))
    assert first_row_that_differs(raised, rest) < len(rest) // 4
    assert rest[len(rest) // 2 :] == raised[len(rest) // 2 :]


def test_an_open_mouth_moves_the_lower_half_only():
    rest, opened = rows_of(face()), rows_of(face(jawOpen=0.9))
    assert first_row_that_differs(opened, rest) >= len(rest) // 2 - 1


def test_the_wearers_left_is_on_the_viewers_right():
    rest, winked = rows_of(face()), rows_of(face(eyeBlinkLeft=1.0))
    half = len(rest[0]) // 2
    assert [row[:half] for row in rest] == [row[:half] for row in winked]
    assert "left is on your right" in VIEW_NOTE


def test_looking_to_ones_right_moves_the_iris_to_the_viewers_left():
    def middle_of_ink(rows):
        band = rows[8:11]
        where = [x for row in band for x, cell in enumerate(row) if cell in "⣿⣾⣷⡿⢿"]
        return sum(where) / len(where)

    to_the_right = middle_of_ink(rows_of(face(gaze=(0.4, 0, 0.4, 0))))
    to_the_left = middle_of_ink(rows_of(face(gaze=(-0.4, 0, -0.4, 0))))
    assert to_the_right < to_the_left


def test_a_face_without_values_is_still_drawn():
    gone = face(source=np.zeros(COUNT, np.uint8), gaze=(np.nan,) * 4, spread=np.nan)
    gone.weights[:] = np.nan
    assert "no value" in written(draw(gone, HIDDEN))
    assert rows_of(gone) == rows_of(face())


def test_strokes_are_tinted_by_source():
    styles = {str(span.style) for span in draw_face(face()).spans}
    assert {TINTS[Source.MEASURED], TINTS[Source.INFERRED]} <= styles
    held = face(source=np.full(COUNT, Source.HELD, np.uint8))
    styles = {str(span.style) for span in draw_face(held).spans}
    assert TINTS[Source.HELD] in styles
    assert TINTS[Source.MEASURED] not in styles


def test_hidden_shapes_are_what_the_headset_occludes_without_gaze():
    assert set(HIDDEN) == {name for name in VIVE.occludes if "eyeLook" not in name}
    only_mouth = headset("mouth_only")
    source = np.where(mask(only_mouth.measures), Source.MEASURED, Source.INFERRED)
    assert "eyeBlinkLeft" in hidden_shapes(source)
    assert not any("eyeLook" in name for name in hidden_shapes(source))


def test_bars_show_weight_and_spread_of_both_sides():
    text = written(draw_bars(face(browInnerUpLeft=0.42, browInnerUpRight=0.7, spread=0.11), HIDDEN))
    line = next(line for line in text.splitlines() if line.startswith("browInnerUp"))
    assert line.index("0.70 ±0.11") < line.index("0.42 ±0.11")
    assert "█" in line
    assert "░" in line


def test_a_bar_without_spread_shows_none():
    line = written(draw_bars(face(browDown=0.5, spread=np.nan), ["browDownLeft"]))
    assert "±" not in line
    assert "0.50" in line


def test_the_view_says_status_confidence_and_legend():
    text = written(draw(face(), HIDDEN))
    for words in ("tracking", "upper left 0.40", "measured", "inferred", "held", VIEW_NOTE):
        assert words in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 120


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (200, 60)])
def test_the_view_fits_the_terminal(width, height):
    lines = written(draw(face(browInnerUp=0.4), HIDDEN, width, height), width).splitlines()
    assert len(lines) <= height
    assert sum("…" in line for line in lines) == 0
    assert sum("browInnerUp" in line and line.count("0.40") == 2 for line in lines) == 1
