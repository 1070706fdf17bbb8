"""The sheet: one face a shape, each moved where its shape is, with its name below."""

import cv2
import numpy as np
import pytest

from tests.render.heads import Head, need_panda3d
from vrface.errors import BadUse, VrfaceError
from vrface.face.blendshapes import COUNT, index
from vrface.render.shape_sheet import COLUMNS, NAME_HEIGHT, TILE, shape_sheet

need_panda3d()


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    path = tmp_path_factory.mktemp("sheet") / "shapes.png"
    told: list[int] = []
    shape_sheet(path, Head(), told.append)
    assert told == list(range(1, COUNT + 1))
    assert list(path.parent.iterdir()) == [path]
    picture = cv2.imread(str(path))
    assert picture is not None
    return picture.astype(int)


def tile(sheet, shape):
    row, column = divmod(index(shape), COLUMNS)
    top = row * (TILE[1] + NAME_HEIGHT)
    whole = sheet[top : top + TILE[1] + NAME_HEIGHT, column * TILE[0] : (column + 1) * TILE[0]]
    return whole[: TILE[1]], whole[TILE[1] :]


def test_it_has_a_place_for_each_shape(sheet):
    assert sheet.shape == (COUNT // COLUMNS * (TILE[1] + NAME_HEIGHT), COLUMNS * TILE[0], 3)
    for shape in ("eyeBlinkLeft", "tongueOut", "jawOpen"):
        face, name = tile(sheet, shape)
        assert np.ptp(face[TILE[1] // 2, TILE[0] // 2]) > 20
        assert name.min() < 80


def test_each_face_moves_where_its_shape_is(sheet):
    def moved(shape, than):
        return np.abs(tile(sheet, shape)[0] - tile(sheet, than)[0]).sum(axis=2) > 15

    brows = moved("browOuterUpLeft", "browOuterUpRight")
    assert brows[: TILE[1] // 2].sum() > 50
    assert brows[TILE[1] // 2 :].sum() < 10
    assert moved("mouthFunnel", "browInnerUpLeft")[TILE[1] // 2 :].sum() > 50


def test_lips_close_over_an_open_jaw(sheet):
    # Alone, this head's mouth shapes are all alike: what differs is the jaw that is shown with it.
    closed, rolled, pursed = (
        tile(sheet, shape)[0] for shape in ("mouthClose", "mouthRollLower", "mouthPucker")
    )
    assert np.array_equal(rolled, pursed)
    assert np.abs(closed - rolled).max() > 20


def test_a_picture_must_be_a_png(tmp_path):
    with pytest.raises(BadUse, match=r"ends in \.png"):
        shape_sheet(tmp_path / "shapes.jpg", Head())


def test_an_interrupted_or_misplaced_sheet_leaves_nothing(tmp_path):
    def interrupted(shapes):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shape_sheet(tmp_path / "shapes.png", Head(), interrupted)
    with pytest.raises(VrfaceError, match="cannot write"):
        shape_sheet(tmp_path / "none" / "shapes.png", Head())
    assert list(tmp_path.iterdir()) == []
