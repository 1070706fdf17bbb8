"""Light: normals that point outwards without seams, and lamps where they are said to be."""

import numpy as np
import pytest

from tests.render.heads import Head
from vrface.render.shading import Normals, linear, lit


def test_normals_of_a_ball_point_outwards():
    head = Head()
    ball = head.neutral / np.linalg.norm(head.neutral, axis=1, keepdims=True)
    made = Normals(head.triangles, [ball])(ball)
    assert made.shape == (3, len(ball))
    assert (made.T * ball).sum(axis=1).min() > 0.99


def test_a_seam_does_not_show():
    # A roof of two slopes: the ridge's vertices stand there twice, as a texture wants them.
    left = [(0, 0, 0), (0, 0, 1), (-1, -1, 0)]
    right = [(0, 0, 0), (0, 0, 1), (1, -1, 0)]
    roof = np.array(left + right, np.float32)
    triangles = np.array([[0, 2, 1], [3, 4, 5]], np.int32)
    made = Normals(triangles, [roof])(roof)
    assert made[:, 0] == pytest.approx(made[:, 3])
    assert made[:, 0] == pytest.approx([0, 1, 0], abs=1e-6)
    # Where the two move apart in some pose they are two edges, such as lips.
    apart = roof.copy()
    apart[3:, 1] += 0.1
    assert Normals(triangles, [roof, apart])(roof)[0, 0] == pytest.approx(-np.sqrt(0.5), abs=1e-6)


def test_what_has_no_area_has_no_normal_and_is_no_fault():
    places = np.zeros((4, 3), np.float32)
    places[3] = 1.0
    assert (Normals(np.array([[0, 1, 2]], np.int32), [places])(places) == 0).all()


def test_the_key_stands_at_the_viewers_upper_left():
    # The viewer's left is the wearer's right, +x; the face looks to -z.
    upper_left = np.array([[0.5, 0.5, -0.7]], np.float32).T
    lower_right = np.array([[-0.5, -0.5, -0.7]], np.float32).T
    grey = linear(np.full((3, 1), 0.5, np.float32))
    assert lit(upper_left, grey)[0, 0] > lit(lower_right, grey)[0, 0] + 30
    assert lit(upper_left, grey)[0, 3] == 255


def test_light_of_a_colour_is_that_of_srgb():
    got = linear(np.array([0.0, 0.04, 0.5, 1.0, 7.0], np.float32))
    assert got == pytest.approx([0.0, 0.0030960, 0.2140411, 1.0, 1.0], abs=1e-6)


def test_the_brightest_light_does_not_wrap_around():
    normals = np.array([[0.5, 0.6, -0.65]], np.float32).T
    assert lit(normals, np.full((3, 1), 5.0, np.float32))[0].tolist() == [255] * 4
