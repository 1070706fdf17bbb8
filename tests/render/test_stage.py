"""The stage: figures side by side, drawn without a screen, each by its own face alone."""

import numpy as np
import pytest

from tests.render.heads import AHEAD, REST, Head, need_panda3d
from vrface.errors import BadUse, DependencyError
from vrface.face.blendshapes import COUNT, index
from vrface.render import stage as module
from vrface.render.stage import BACKGROUND, Stage

need_panda3d()

PAPER = tuple(bytes.fromhex(BACKGROUND[1:]))[::-1]


@pytest.fixture(scope="module")
def head():
    return Head()


def weights(**named):
    made = REST.copy()
    for name, weight in named.items():
        made[index(name)] = weight
    return made


def skin(picture):
    """[height, width] where something other than paper is."""
    return (picture != np.array(PAPER, np.uint8)).any(axis=2)


def test_a_picture_has_figures_in_the_middle_and_paper_around(head):
    with Stage([head], 100, 120) as stage:
        picture = stage.draw([(REST, AHEAD)])
    assert picture.shape == (120, 100, 3)
    assert picture.dtype == np.uint8
    for corner in (picture[0, 0], picture[0, -1]):
        assert tuple(corner) == PAPER
    blue, _, red = picture[60, 50]
    assert red > blue + 20  # skin, in the order blue, green, red
    assert 0.3 < skin(picture).mean() < 0.9


def test_the_wearers_right_is_on_the_viewers_left_and_up_is_up(head):
    with Stage([head], 120, 120) as stage:
        rest = stage.draw([(REST, AHEAD)]).astype(int)
        moved = stage.draw([(weights(browOuterUpRight=1.0), AHEAD)]).astype(int)
    rows, columns = np.nonzero(np.abs(moved - rest).sum(axis=2) > 12)
    assert len(rows) > 20
    assert columns.mean() < 55
    assert rows.mean() < 55


def test_a_face_moves_its_own_figure_alone(head):
    faces = [(REST, AHEAD)] * 3
    with Stage([head] * 3, 300, 120) as stage:
        rest = stage.draw(faces)
        again = stage.draw(faces)
        faces[1] = (weights(jawOpen=1.0), AHEAD)
        moved = stage.draw(faces)
    assert np.array_equal(rest, again)
    changed = (rest != moved).any(axis=(0, 2))
    assert changed[100:200].sum() > 10
    assert not changed[:100].any()
    assert not changed[200:].any()


def test_a_face_of_which_nothing_is_known_rests_and_is_grey(head):
    nothing = np.full(COUNT + 3, np.nan, np.float32)
    with Stage([head] * 2, 200, 120) as stage:
        picture = stage.draw([(nothing, np.full(4, np.nan, np.float32)), (REST, AHEAD)]).astype(int)
    left, right = picture[:, :100], picture[:, 100:]
    assert np.array_equal(skin(left), skin(right))
    assert np.ptp(left[60, 50]) < 8
    assert np.ptp(right[60, 50]) > 40


def test_edges_are_smooth(head):
    with Stage([head], 100, 120) as stage:
        picture = stage.draw([(REST, AHEAD)]).astype(int)
    unlike = np.abs(picture - PAPER).sum(axis=2)
    # Pixels that are part paper, part skin; without averaging there were none.
    assert ((unlike > 0) & (unlike < 0.4 * np.median(unlike[unlike > 0]))).sum() > 20


def test_a_body_below_the_face_does_not_make_it_small(head):
    class Tall(Head):
        """A head on a long pole that nothing moves."""

        def __init__(self):
            super().__init__()
            pole = np.array([[-0.02, -0.1, 0], [0.02, -0.1, 0], [0, -1.5, 0]], np.float32)
            first = len(self.neutral)
            self.triangles = np.concatenate([self.triangles, [[first, first + 2, first + 1]]])
            self.triangles = self.triangles.astype(np.int32)
            self.neutral = np.concatenate([self.neutral, pole])
            self.colours = np.concatenate([self.colours, np.ones((3, 3), np.float32)])
            self.fields = np.concatenate([self.fields, np.zeros((COUNT, 3, 3), np.float32)], axis=1)

    with Stage([head, Tall()], 200, 120) as stage:
        picture = stage.draw([(REST, AHEAD)] * 2)
    alone, tall = skin(picture[:60, :100]), skin(picture[:60, 100:])
    assert abs(int(alone.sum()) - int(tall.sum())) < 0.05 * alone.sum()


def test_two_stages_may_be_open_and_closing_one_leaves_the_other(head):
    with Stage([head], 64, 64) as first:
        before = first.draw([(REST, AHEAD)])
        with Stage([head, head], 96, 64) as second:
            assert second.draw([(REST, AHEAD)] * 2).shape == (64, 96, 3)
            assert np.array_equal(first.draw([(REST, AHEAD)]), before)
        second.close()
        assert np.array_equal(first.draw([(REST, AHEAD)]), before)
    with pytest.raises(BadUse, match="closed"):
        first.draw([(REST, AHEAD)])


def test_nothing_is_printed(head, capfd, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with Stage([head], 64, 64) as stage:
        stage.draw([(REST, AHEAD)])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("count", "size"), [(0, (64, 64)), (1, (8, 64)), (1, (64, 5000))])
def test_a_stage_that_cannot_be_drawn_is_bad_use(head, count, size):
    with pytest.raises(BadUse, match="cannot be drawn"):
        Stage([head] * count, *size)


def test_each_figure_needs_its_face(head):
    with Stage([head] * 2, 64, 64) as stage, pytest.raises(BadUse, match="2 figures but 1"):
        stage.draw([(REST, AHEAD)])


@pytest.mark.parametrize("wrong", [-1, 1_000_000])
def test_triangles_of_vertices_that_are_not_there_are_refused(wrong):
    figure = Head()
    figure.triangles[3, 1] = wrong
    with pytest.raises(BadUse, match="triangles of others"):
        Stage([figure], 64, 64)


def test_vertices_that_a_figure_loses_stay_at_rest():
    class Torn(Head):
        def posed(self, weights, gaze):
            places = super().posed(weights, gaze)
            if np.nanmax(weights) == 1.0:
                places[::50] = np.nan
            return places

    with Stage([Torn()], 64, 64) as stage:
        assert skin(stage.draw([(weights(jawOpen=1.0), AHEAD)])).mean() > 0.2


def test_without_panda3d_there_is_one_line_that_says_what_to_install(head, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r"pip install 'vrface\[render\]'"):
        Stage([head], 64, 64)
