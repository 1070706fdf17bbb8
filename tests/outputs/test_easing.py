"""Laws without their tremor."""

import numpy as np

from vrface.outputs.easing import SLOWEST_S, Eased, eased

DT = np.full(1, 1.0 / 60.0, np.float32)
SCALE = np.full((1, 1), 0.1, np.float32)


def followed(track: np.ndarray, scale: np.ndarray = SCALE) -> np.ndarray:
    laws = [Eased.begun(1, 1)]
    for loc in track:
        laws.append(eased(laws[-1], np.full((1, 1), loc, np.float32), scale, DT))
    return np.array([law.loc[0, 0] for law in laws[1:]])


def test_tremor_well_within_the_scale_is_taken_out():
    tremor = 0.02 * np.random.default_rng(0).normal(size=600)
    assert followed(tremor).std() < 0.35 * tremor.std()
    assert np.abs(np.diff(followed(tremor))).mean() < 0.1 * np.abs(np.diff(tremor)).mean()


def test_a_change_that_tells_is_followed_within_a_frame_or_two():
    step = np.concatenate([np.zeros(60), np.full(30, 0.4)])
    assert followed(step)[62] > 0.3


def test_a_change_that_tells_little_is_followed_too():
    step = np.concatenate([np.zeros(10), np.full(round(60 * 6 * SLOWEST_S), 0.03)])
    assert abs(followed(step)[-1] - 0.03) < 0.001


def test_what_is_no_law_changes_nothing():
    before = eased(Eased.begun(1, 1), np.full((1, 1), 0.3, np.float32), SCALE, DT)
    none = np.full((1, 1), np.nan, np.float32)
    loc, scale = eased(before, none, none, DT)
    np.testing.assert_allclose([loc[0, 0], scale[0, 0]], [0.3, 0.1], rtol=1e-6)
