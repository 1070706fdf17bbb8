"""A calibration says what is known of a wearer, and leaves to the population what is not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.calibrations import resting
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model.calibration import MODES, Arrays, Calibration
from vrface.model.calibration.summary import FACE_FIGURES, SENSOR_FIGURES, of_face, of_sensors
from vrface.model.features import WIDTH

RNG = np.random.default_rng(0)
STATISTICS: Arrays = {
    "sensor_rest": RNG.random(WIDTH, np.float32),
    "sensor_spread": 0.1 + RNG.random(WIDTH, np.float32),
    "face_rest": 0.1 * RNG.random(COUNT, np.float32),
}


def test_where_nothing_is_known_the_training_wearers_stand_in() -> None:
    nothing = Calibration.none()
    assert nothing.mode == MODES[0] == "none"
    levels = nothing.levels(STATISTICS)
    np.testing.assert_array_equal(levels.rest, STATISTICS["sensor_rest"])
    np.testing.assert_array_equal(levels.spread, STATISTICS["sensor_spread"])
    np.testing.assert_array_equal(nothing.face_rest(STATISTICS), STATISTICS["face_rest"])
    assert nothing.touch is None


@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_each_quantity_is_the_wearers_own_where_it_is_known(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    rest, spread = rng.random((2, WIDTH), np.float32)
    face = rng.random(COUNT, np.float32)
    seen, shown = rng.random(WIDTH) < share, rng.random(COUNT) < share
    known = resting("paired", np.where(seen, rest, np.nan), np.where(shown, face, np.nan), spread)
    levels = known.levels(STATISTICS)
    expected = np.where(seen, rest, STATISTICS["sensor_rest"])
    np.testing.assert_array_equal(levels.rest, expected)
    expected = np.where(seen, spread, STATISTICS["sensor_spread"])
    np.testing.assert_allclose(levels.spread, expected, atol=1e-6)
    expected = np.where(shown, face, STATISTICS["face_rest"])
    np.testing.assert_array_equal(known.face_rest(STATISTICS), expected)


def test_unpaired_says_nothing_of_the_face_and_paired_the_same_of_the_sensors() -> None:
    features = RNG.random((40, 4, WIDTH), np.float32)
    weights, seconds = RNG.random((40, COUNT), np.float32), np.arange(40) / 30
    sensors = Calibration.unpaired(features)
    both = Calibration.paired(features, weights, seconds)
    assert (sensors.mode, both.mode) == ("unpaired", "paired")
    np.testing.assert_array_equal(sensors.sensors, of_sensors(features))
    np.testing.assert_array_equal(both.sensors, sensors.sensors)
    assert np.isnan(sensors.face).all()
    np.testing.assert_array_equal(both.face, of_face(weights, seconds))


def test_wrong_arrays_are_refused() -> None:
    right = Calibration.none()
    with pytest.raises(BadUse, match=rf"\({SENSOR_FIGURES}, 256\) and \({FACE_FIGURES}, 54\)"):
        replace(right, sensors=np.zeros(3, np.float32))
    with pytest.raises(BadUse, match="takes arrays"):
        replace(right, face=right.face.T)
    for name in ("sensors", "face"):
        figures = getattr(right, name).copy()
        figures[0, 3] = np.inf
        with pytest.raises(BadUse, match="infinite"):
            replace(right, **{name: figures})
