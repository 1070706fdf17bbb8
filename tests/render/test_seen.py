"""What a headset saw: hidden skin is grey, hidden shapes have no value."""

import numpy as np

from tests.render.heads import AHEAD, Head
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, group_of
from vrface.face.expression import Source
from vrface.render.seen import as_seen, greyed, seen_weights

MOUTH = [name for name in BLENDSHAPES if group_of(name) == "mouth"]


def chroma(colours):
    return np.ptp(colours, axis=1)


def test_skin_that_hidden_shapes_move_is_grey_and_the_rest_keeps_its_colour():
    head = Head()
    seen = as_seen(head, MOUTH)
    front = head.neutral[:, 2] < -0.05
    brow, chin = front & (head.neutral[:, 1] > 0.04), front & (head.neutral[:, 1] < -0.07)
    crown = head.neutral[:, 2] > 0.06
    assert chroma(seen.colours)[brow & (head.fields[:, :, 1] > 0.002).any(axis=0)].max() < 0.15
    assert np.array_equal(seen.colours[chin], head.colours[chin])
    assert np.array_equal(seen.colours[crown], head.colours[crown])


def test_nothing_is_grey_of_a_headset_that_measures_all_but_how_lids_follow_gaze():
    head = Head()
    measured = [name for name in BLENDSHAPES if name not in EYE_LOOK]
    assert np.array_equal(as_seen(head, [*measured, "tongueUp"]).colours, head.colours)


def test_it_moves_as_the_figure_does():
    head = Head()
    seen = as_seen(head, MOUTH)
    weights = np.linspace(0, 1, len(BLENDSHAPES), dtype=np.float32)
    assert np.array_equal(seen.posed(weights, AHEAD), head.posed(weights, AHEAD))
    assert seen.triangles is head.triangles


def test_grey_keeps_dark_darker_than_light():
    colours = np.array([[0.9, 0.7, 0.6], [0.2, 0.1, 0.1]], np.float32)
    grey = greyed(colours, np.ones(2, np.float32))
    assert (chroma(grey) < 1e-6).all()
    assert grey[0, 0] > grey[1, 0]


def test_weights_that_no_sensor_gave_have_no_value():
    weights = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    source = [Source.MEASURED, Source.INFERRED, Source.COPIED, Source.HELD]
    got = seen_weights(weights, np.array(source, np.uint8))
    assert np.isnan(got).tolist() == [False, True, False, True]
    assert got.dtype == np.float32
