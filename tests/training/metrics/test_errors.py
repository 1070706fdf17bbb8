import numpy as np
import pytest

from vrface.training.metrics.errors import mae, mean, ratio


def test_the_mean_is_of_what_is_known():
    assert mean(np.array([1.0, np.nan, 3.0])) == 2.0
    assert mean(np.array([np.nan])) is None
    assert mean(np.empty((0, 3))) is None


def test_an_error_by_hand():
    truth = np.array([[0.0, 0.5], [np.nan, 1.0]])
    predicted = np.array([[0.3, 0.5], [9.0, 0.6]])
    assert mae(truth, predicted) == pytest.approx(0.7 / 3)


def test_a_ratio_to_nothing_is_undefined():
    assert ratio(1.0, 4.0) == 0.25
    assert ratio(0.0, 0.0) is None
    assert np.isnan(ratio(1.0, np.nan) or 0.0)
    assert type(ratio(np.float64(1.0), np.float64(2.0))) is float
