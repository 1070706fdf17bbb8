"""Labels: in the middle of their share, and never wider."""

import numpy as np

from vrface.render.labels import label_strip


def ink(strip):
    """[height, width] where letters are."""
    return strip.astype(int).max(axis=2) < 180


def test_labels_stand_in_the_middle_of_their_shares():
    strip = label_strip(["truth\nsimulated", "reconstructed"], 400, 50)
    assert strip.shape == (50, 400, 3)
    assert strip.dtype == np.uint8
    for share in (ink(strip)[:, :200], ink(strip)[:, 200:]):
        columns = np.nonzero(share.any(axis=0))[0]
        assert abs(columns.mean() - 99.5) < 12
    assert ink(strip)[28:, :200].any()  # the second line
    assert not ink(strip)[30:, 200:].any()


def test_a_long_label_is_made_smaller():
    strip = label_strip(["a" * 60, "b"], 300, 40)
    assert ink(strip)[:, :150].any()
    assert not ink(strip)[:, 150:200].any()


def test_dollars_and_braces_are_letters():
    assert ink(label_strip(["a $x_{ b$ \\frac"], 300, 40)).any()
