"""The curves of a run: a picture of the promised size, for any number of rows."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from vrface.render.curves import draw_curves

ROWS = [(50, 0.03, 0.028), (100, 0.02, float("nan")), (150, 0.018, 0.017)]


@pytest.fixture
def figure_of(tmp_path, monkeypatch):
    """Draw rows and give the figure instead of a file."""

    def draw(rows):
        figures = []
        monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: figures.append(figure))
        draw_curves(tmp_path / "a.png", rows)
        return figures[0]

    return draw


def test_the_picture_has_the_promised_size_and_shows_both_curves(tmp_path):
    pictures = []
    for rows in (ROWS, [(step, loss, 0.9 * held) for step, loss, held in ROWS]):
        draw_curves(tmp_path / "a.png", rows)
        pictures.append(imread(tmp_path / "a.png"))
    assert pictures[0].shape[:2] == (500, 1000)
    assert (pictures[0] != pictures[1]).any()


def test_curves_are_crps_times_1000_and_skip_what_is_unknown(figure_of):
    learned, held_out = figure_of(ROWS).axes[0].lines
    np.testing.assert_allclose(learned.get_xydata(), [[50, 30], [100, 20], [150, 18]])
    np.testing.assert_allclose(held_out.get_xydata(), [[50, 28], [150, 17]])
    assert held_out.get_label() == "held-out wearers, averaged weights: 17.0 at the end"


def test_the_error_starts_at_0_so_that_small_gains_look_small(figure_of):
    assert figure_of(ROWS).axes[0].get_ylim()[0] == 0


def test_a_run_too_short_for_a_curve_says_so(figure_of):
    axis = figure_of([]).axes[0]
    assert not axis.lines
    assert axis.texts[0].get_text() == "too few steps for a curve"


def test_one_row_is_a_point_inside_the_picture(figure_of):
    axis = figure_of(ROWS[:1]).axes[0]
    assert axis.get_xlim()[1] > 50
    assert len(axis.lines) == 2
