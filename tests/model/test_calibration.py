"""A calibration holds finite arrays of the right shapes, or says so."""

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.model import pretrained
from vrface.model.calibration import Calibration


def test_nothing_known_is_the_rest_of_the_training_wearers() -> None:
    model = pretrained.load()
    calibration = Calibration.none(model)
    assert calibration.mode == "none"
    np.testing.assert_array_equal(calibration.sensor_rest, model.statistics["sensor_rest"])


def test_wrong_arrays_are_refused() -> None:
    with pytest.raises(BadUse, match=r"\[68\] and \[54\]"):
        Calibration("unpaired", np.zeros(3, np.float32), np.zeros(54, np.float32))
    with pytest.raises(BadUse, match="not finite"):
        Calibration("unpaired", np.full(68, np.nan, np.float32), np.zeros(54, np.float32))
