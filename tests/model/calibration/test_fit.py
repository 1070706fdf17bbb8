"""What of a calibration counts for another model, or behind another headset."""

from dataclasses import replace

import numpy as np
import pytest

from tests.model.some_calibrations import assert_same, some
from tests.serving.harness import SMALL, small_model
from vrface.errors import CalibrationError
from vrface.model.calibration.calibration import UNTOLD
from vrface.model.calibration.fit import OTHER_HEADSET, OTHER_MODEL, fitted
from vrface.sensors import headset

VIVE = headset("vive_pro_eye_lip")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def own(model):
    return some(model=model.digest, width=SMALL.width)


def test_its_own_model_and_headset_take_all_of_it(model, own):
    found, misfits = fitted(own, model, VIVE)
    assert found is own
    assert misfits == ()


def test_of_another_models_only_what_it_was_taught_is_left_aside(model):
    other = some(model=bytes(32))
    found, misfits = fitted(other, model, VIVE)
    assert misfits == (OTHER_MODEL,)
    assert_same(found, replace(other, touch=None))


def test_behind_another_headset_the_face_counts_and_sensors_are_found_out_anew(model, own):
    found, misfits = fitted(own, model, headset("mouth_only"))
    assert misfits == (OTHER_HEADSET,)
    assert found.mode == "none"  # what a running normaliser watches
    assert found.touch is None
    assert np.isnan(found.sensors).all()
    np.testing.assert_array_equal(found.face, own.face)


def test_one_that_does_not_tell_its_headset_is_believed(model, own):
    told = replace(own, about=UNTOLD)
    assert fitted(told, model, headset("mouth_only")) == (told, ())


def test_one_that_cannot_be_its_models_is_refused(model):
    with pytest.raises(CalibrationError, match="moves 6 states"):
        fitted(some(model=model.digest, width=5), model, VIVE)


@pytest.mark.parametrize("misfit", [OTHER_MODEL, OTHER_HEADSET])
def test_a_misfit_says_what_counts_and_what_to_do(misfit):
    assert "still counts" in misfit.text
    assert misfit.text.endswith(".")
    assert misfit.advice.startswith("Calibrate again")
