"""Laws without their tremor."""

import numpy as np

from vrface.outputs.easing import SLOWEST_S, Easing

DT = np.full(1, 1.0 / 60.0, np.float32)
SCALE = np.full((1, 1), 0.1, np.float32)


def eased(track: np.ndarray, scale: np.ndarray = SCALE) -> np.ndarray:
    easing = Easing(1, 1)
    return np.array([easing(np.full((1, 1), loc, np.float32), scale, DT)[0][0, 0] for loc in track])


def test_tremor_well_within_the_scale_is_taken_out():
    tremor = 0.02 * np.random.default_rng(0).normal(size=600)
    assert eased(tremor).std() < 0.35 * tremor.std()
    assert np.abs(np.diff(eased(tremor))).mean() < 0.1 * np.abs(np.diff(tremor)).mean()


def test_a_change_that_tells_is_followed_within_a_frame_or_two():
    step = np.concatenate([np.zeros(60), np.full(30, 0.4)])
    assert eased(step)[62] > 0.3


def test_a_change_that_tells_little_is_followed_too():
    step = np.concatenate([np.zeros(10), np.full(round(60 * 6 * SLOWEST_S), 0.03)])
    assert abs(eased(step)[-1] - 0.03) < 0.001


def test_what_is_no_law_changes_nothing():
    easing = Easing(1, 1)
    easing(np.full((1, 1), 0.3, np.float32), SCALE, DT)
    loc, scale = easing(
        np.full((1, 1), np.nan, np.float32), np.full((1, 1), np.nan, np.float32), DT
    )
    np.testing.assert_allclose([loc[0, 0], scale[0, 0]], [0.3, 0.1], rtol=1e-6)
