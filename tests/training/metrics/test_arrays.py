import numpy as np
import pytest

from vrface.training.metrics.arrays import mean, ratio


def test_the_mean_is_of_what_is_known():
    assert mean(np.array([1.0, np.nan, 3.0])) == 2.0
    assert mean(np.array([np.nan])) is None
    assert mean(np.empty((0, 3))) is None


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (0.0, 0.0),
        (1.0, -1.0),
        (1.0, np.nan),
        (np.nan, 1.0),
        (1.0, np.inf),
        (None, 1.0),
        (1.0, None),
    ],
)
def test_a_ratio_to_nothing_or_of_what_is_not_known_is_undefined(part, whole):
    assert ratio(part, whole) is None


def test_a_ratio_is_a_plain_float():
    assert ratio(1.0, 4.0) == 0.25
    assert type(ratio(np.float64(1.0), np.float64(2.0))) is float
