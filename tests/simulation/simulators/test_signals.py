import numpy as np
import pytest

from tests.simulation.simulators.posing import posing, step, wear
from vrface.simulation.simulators.signals import between, one_pole, wander, weights_at

IRREGULAR = np.cumsum(np.random.default_rng(0).uniform(0.001, 0.02, 500))


def test_the_low_pass_is_the_recurrence_at_irregular_times():
    values = np.random.default_rng(1).standard_normal((500, 2))
    expected = values.copy()
    for now in range(1, 500):
        keep = np.exp(-(IRREGULAR[now] - IRREGULAR[now - 1]) / 0.05)
        expected[now] = keep * expected[now - 1] + (1 - keep) * values[now]
    np.testing.assert_allclose(one_pole(values, IRREGULAR, 0.05), expected, atol=1e-6)


def test_wandering_has_unit_variance_and_forgets_itself():
    time_s = np.arange(20_000) / 100
    walk = wander(np.random.default_rng(2), time_s, 0.1, 4)
    assert walk.std() == pytest.approx(1.0, abs=0.05)
    assert np.mean(walk[:-10] * walk[10:]) == pytest.approx(np.exp(-1), abs=0.05)


def test_nothing_sensed_is_nothing_filtered():
    assert one_pole(np.zeros((0, 3)), np.zeros(0), 1.0).shape == (0, 3)
    assert wander(np.random.default_rng(0), np.zeros(1), 1.0, 3).shape == (1, 3)


def test_weights_are_those_of_the_performance():
    performance = posing(["jawOpen"], step)
    time_s = np.array([0.0, 3.03, 3.1234, 5.9])
    np.testing.assert_allclose(
        weights_at(wear(performance), time_s), performance.at(time_s).weights, atol=1e-6
    )


def test_between_instants_values_lie_on_a_line_and_beyond_them_they_stay():
    values = np.array([[0.0, 1.0], [2.0, 1.0], [2.0, 5.0]])
    found = between(np.array([0.0, 1.0, 2.0]), values, np.array([-1.0, 0.5, 1.25, 9.0]))
    np.testing.assert_allclose(found, [[0, 1], [1, 1], [2, 2], [2, 5]])
