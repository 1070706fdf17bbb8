"""What is known of a wearer, as a network is told it: 0 where it is as usual."""

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.calibrations import resting
from vrface.face.blendshapes import COUNT
from vrface.model.calibration import MODES, Arrays, Calibration
from vrface.model.calibration.summary import FACE_FIGURES, QUANTILES, REST, SENSOR_FIGURES
from vrface.model.features import NAMED, WIDTH
from vrface.model.known import MOST, SUMMARY, summaries

STATISTICS: Arrays = {"sensor_rest": np.random.default_rng(0).random(WIDTH, np.float32)}
SENSORS = len(NAMED) * SENSOR_FIGURES
SEEN = slice(SENSORS, SENSORS + len(NAMED))
FACE = slice(SEEN.stop, SEEN.stop + FACE_FIGURES * COUNT)


@st.composite
def calibrations(draw: Callable) -> Calibration:
    """Whatever a file may hold: any size, known in part."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, share = draw(st.sampled_from([0.0, 0.3, 1e6])), draw(st.floats(0.0, 1.0))
    figures = [
        np.where(rng.random(shape) < share, size * rng.normal(size=shape), np.nan)
        for shape in ((SENSOR_FIGURES, WIDTH), (FACE_FIGURES, COUNT))
    ]
    sensors, face = (figure.astype(np.float32) for figure in figures)
    return Calibration(draw(st.sampled_from(MODES)), sensors, face)


@settings(max_examples=25)
@given(st.lists(calibrations(), min_size=1, max_size=3))
def test_a_summary_is_finite_and_bounded_whatever_is_known(given: list[Calibration]) -> None:
    found = summaries(given, STATISTICS)
    assert found.shape == (len(given), SUMMARY)
    assert found.dtype == np.float32
    assert np.abs(found).max() <= MOST
    for row, one in zip(found, given, strict=True):
        np.testing.assert_array_equal(row, summaries([one], STATISTICS)[0])


def test_who_is_unknown_is_as_usual() -> None:
    assert not summaries([Calibration.none()], STATISTICS).any()


def test_sensors_that_rest_as_usual_say_only_that_they_were_seen() -> None:
    known = resting("unpaired", STATISTICS["sensor_rest"], spread=0.0)
    found = summaries([known], STATISTICS)[0]
    assert (found[SEEN] == 1.0).all()
    assert found.sum() == len(NAMED)


def test_figures_stand_where_they_belong_and_skin_sensors_say_nothing() -> None:
    figures = np.full((SENSOR_FIGURES, WIDTH), np.nan, np.float32)
    figures[:, 5] = [0.1, 0.2, 0.3, 0.5, 0.7, 2.0]
    figures[:, len(NAMED) + 2] = 1.0
    face = np.full((FACE_FIGURES, COUNT), np.nan, np.float32)
    face[:, 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 3.0]
    found = summaries([Calibration("paired", figures, face)], STATISTICS)[0]
    sensors = found[:SENSORS].reshape(SENSOR_FIGURES, len(NAMED))
    off = [-0.2, -0.1, 0.3 - STATISTICS["sensor_rest"][5], 0.2, 0.4, 0.4]
    np.testing.assert_allclose(sensors[:, 5], off, atol=1e-6)
    assert QUANTILES[REST] == 0.5
    assert np.flatnonzero(found[SEEN]).tolist() == [5]
    weights = found[FACE].reshape(FACE_FIGURES, COUNT)
    np.testing.assert_allclose(weights[:, 9], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6], atol=1e-6)
    assert found[-1] == 1.0
    assert np.count_nonzero(found) == 6 + 1 + 7 + 1
