"""Rivals that say the same of every frame."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import arrays, case, seen
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.training.rivals.constants import climatology, hold_last, last_face, neutral


def test_neutral_is_the_resting_face_of_unknown_spread():
    law = neutral(arrays(), case())
    assert not law.loc.any()
    assert (law.scale > 0).all()
    assert law.loc.shape == law.scale.shape == (1, 1, COUNT)


def test_climatology_is_what_the_training_wearers_usually_did():
    usual = np.linspace(0, 0.4, COUNT, dtype=np.float32)
    law = climatology(arrays(climatology_loc=usual), case())
    assert np.array_equal(law.loc[0, 0], usual)
    assert (law.scale == np.float32(0.05)).all()


def test_the_last_face_is_held_and_a_blink_in_it_is_not():
    truth = np.full((300, COUNT), 0.6)
    truth[-30:] = 0.2
    truth[-12:, 3] = 1.0
    law = hold_last(arrays(), case("paired", seen(truth)))
    assert np.allclose(law.loc, 0.2)


def test_a_shape_that_was_lost_is_held_as_it_was_last_known():
    truth = np.full((300, COUNT), 0.6, np.float32)
    truth[100:, 5] = np.nan
    truth[:, 7] = np.nan
    truth[200:] *= 0.5
    face = last_face(truth, np.arange(300) / 60)
    assert face[[5, 7, 8]].tolist() == pytest.approx([0.6, 0.0, 0.3])


def test_without_calibration_there_is_no_last_face():
    with pytest.raises(BadUse, match="'unpaired' knows no truth"):
        hold_last(arrays(), case("unpaired"))
