"""Figures of head poses, and simulated heads beside real ones."""

import numpy as np
import pytest

from vrface.errors import TakeError
from vrface.training.realism.motion import HeadLog, figures, findings, read_log


def log(degrees, position=None, rate_hz=72.0, seconds=20.0):
    """A head that turns to the left by ``degrees(time_s)``."""
    time_s = np.arange(0.0, seconds, 1 / rate_hz)
    half = np.deg2rad(degrees(time_s)) / 2
    pose = np.zeros((len(time_s), 7))
    pose[:, 4], pose[:, 6] = np.sin(half), np.cos(half)
    if position is not None:
        pose[:, :3] = position(time_s)
    return HeadLog(time_s, pose)


def test_a_head_that_turns_evenly_has_that_speed():
    found = figures(log(lambda t: 12.0 * t))
    assert found.median == pytest.approx(12.0, rel=0.02)
    assert found.lively == pytest.approx(12.0, rel=0.3)
    assert found.shake == pytest.approx(0.0, abs=1e-6)


def test_white_noise_of_a_millimetre_shakes_by_a_millimetre():
    rng = np.random.default_rng(0)
    found = figures(log(lambda t: 0 * t, lambda t: 1e-3 * rng.standard_normal((len(t), 3))))
    assert found.shake == pytest.approx(1.0, rel=0.1)
    assert found.median == 0.0


def test_simulated_heads_are_told_of_without_a_folder():
    found = findings(wearers=range(9300, 9306))
    assert len(found) == 4
    assert all(one.simulated is not None and one.simulated > 0 for one in found)
    assert found[-1].inside


def test_simulated_heads_stand_beside_real_ones(vrface_data):
    found = findings(vrface_data, wearers=range(9300, 9312))
    assert sum(one.inside for one in found) >= 3, [one for one in found if not one.inside]


def test_a_log_without_poses_is_refused(vrface_data):
    with pytest.raises(TakeError, match="holds no head poses"):
        read_log(vrface_data, "../IER_2023/P1/Eyerecording_Test_Control_blinks.csv")
