"""Numbers that wander: unit Gaussian, correlated as asked, the same at any frame rate."""

import numpy as np
import pytest

from vrface.outputs.lively.noise import Noise
from vrface.outputs.lively.wander import Wander

TIMES_S = np.array([0.1, 0.4], np.float32)
WEARERS, SHAPES = 64, 3
SHARE = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], np.float32)
FACTOR = np.linalg.cholesky([[1.0, 0.8, 0.0], [0.8, 1.0, 0.0], [0.0, 0.0, 1.0]]).astype(np.float32)


def wandered(seconds: float, rate_hz: float, wearers: int = WEARERS) -> np.ndarray:
    """[frames, wearers, shapes]."""
    wander = Wander(Noise(range(wearers)), TIMES_S, SHARE, FACTOR)
    dt = np.full(wearers, 1.0 / rate_hz, np.float32)
    return np.stack([wander(dt) for _ in range(round(seconds * rate_hz))])


def matern(away: np.ndarray) -> np.ndarray:
    return np.asarray((1.0 + away + away**2 / 3.0) * np.exp(-away))


@pytest.mark.parametrize("rate_hz", [60.0, 90.0, 120.0])
def test_the_law_and_its_memory_are_the_same_at_any_frame_rate(rate_hz):
    path = wandered(12.0, rate_hz)
    np.testing.assert_allclose(path.std(axis=(0, 1)), 1.0, atol=0.06)
    np.testing.assert_allclose(path.mean(axis=(0, 1)), 0.0, atol=0.15)
    lag_s = np.array([0.1, 0.3, 0.8])
    for shape, time_s in ((0, 0.1), (2, 0.4)):
        kept = [
            (
                path[: -round(lag * rate_hz), :, shape] * path[round(lag * rate_hz) :, :, shape]
            ).mean()
            for lag in lag_s
        ]
        np.testing.assert_allclose(kept, matern(lag_s / time_s), atol=0.1)


def test_shapes_correlate_as_asked():
    path = wandered(12.0, 60.0).reshape(-1, SHAPES)
    np.testing.assert_allclose(np.corrcoef(path.T), FACTOR @ FACTOR.T, atol=0.08)


def test_a_path_is_smooth():
    path = wandered(4.0, 120.0)[..., 2]
    velocity = np.diff(path, axis=0)
    turned = np.diff(velocity, axis=0)
    # Of white noise the second would be 1.7 times the first, of a path without velocity 1.4 times.
    assert turned.std() < 0.1 * velocity.std()
    np.testing.assert_allclose(velocity.std() * 120.0, np.sqrt(1 / 3) / 0.4, rtol=0.1)


def test_after_a_gap_nothing_is_left_of_what_was():
    wander = Wander(Noise(range(2000)), TIMES_S, SHARE, FACTOR)
    before = wander(np.zeros(2000, np.float32))
    after = wander(np.full(2000, 1e6, np.float32))
    assert abs((before * after).mean()) < 0.06
    np.testing.assert_allclose(after.std(axis=0), 1.0, atol=0.06)


def test_no_time_no_move():
    wander = Wander(Noise([1]), TIMES_S, SHARE, FACTOR)
    still = np.zeros(1, np.float32)
    np.testing.assert_allclose(wander(still), wander(still), atol=1e-9)


def test_many_short_steps_lead_as_far_as_a_long_one():
    wander = Wander(Noise(range(4000)), TIMES_S, SHARE, FACTOR)
    start = wander(np.zeros(4000, np.float32))
    for _ in range(20):
        end = wander(np.full(4000, 0.005, np.float32))
    assert abs((start[:, 0] * end[:, 0]).mean() - matern(np.array(1.0))) < 0.05


def test_a_wearer_wanders_alone_as_among_others():
    together, alone = wandered(1.0, 60.0, 3), Wander(Noise([2]), TIMES_S, SHARE, FACTOR)
    dt = np.full(1, 1.0 / 60.0, np.float32)
    own = np.stack([alone(dt)[0] for _ in range(60)])
    np.testing.assert_allclose(together[:, 2], own, atol=1e-9)
