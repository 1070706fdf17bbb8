"""What simple methods see of sensors, and what they make of it."""

import numpy as np

from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn
from vrface.training.realism.baseline import ridge, sensed


def test_a_ridge_without_a_penalty_is_least_squares_on_what_came_first():
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((60, 3))
    truth = inputs @ rng.standard_normal((3, 2)) + 5.0
    truth[:40] += 0.1 * rng.standard_normal((40, 2))
    ones = np.ones((60, 1))
    slope = np.linalg.lstsq(np.hstack([inputs, ones])[:40], truth[:40], rcond=None)[0]
    expected = np.hstack([inputs, ones])[40:] @ slope
    np.testing.assert_allclose(ridge(inputs, truth, 40, 0.0), expected, atol=1e-9)


def test_a_heavy_penalty_leaves_the_mean():
    rng = np.random.default_rng(1)
    inputs = rng.standard_normal((30, 2))
    truth = inputs @ np.ones((2, 1))
    found = ridge(inputs, truth, 20, 1e9)
    np.testing.assert_allclose(found, np.broadcast_to(truth[:20].mean(axis=0), (10, 1)), atol=1e-6)


def test_the_latest_sample_is_what_is_seen():
    performance = perform(Wearer.drawn(3), seed=3, seconds=2.0)
    worn = Worn(performance, headset("mouth_only"), Donning.drawn(3))
    stream = worn.headset.streams[worn.headset.stream_index("mouth_tracker")]
    taken_s = np.arange(0.0, performance.seconds, 1 / stream.rate_hz)
    values = SIMULATORS[stream.name].sense(stream, worn, taken_s)
    time_s = np.array([taken_s[4], taken_s[4] + 0.9 / stream.rate_hz, taken_s[5]])
    np.testing.assert_array_equal(sensed(stream.name, worn, time_s), values[[4, 4, 5]])
