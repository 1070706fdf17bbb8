"""Stretches without values."""

import numpy as np
import pytest

from vrface.simulation.simulators.outages import Outages


def test_outages_cover_from_start_to_stop_also_where_they_overlap():
    outages = Outages(np.array([1.0, 2.0, 5.0]), np.array([4.0, 3.0, 5.5]))
    time_s = np.array([0.9, 1.0, 2.5, 3.5, 4.0, 4.9, 5.2, 6.0])
    covered = [False, True, True, True, False, False, True, False]
    np.testing.assert_array_equal(outages.cover(time_s), covered)


def test_outages_come_at_their_rate_and_last_as_long_as_said():
    outages = Outages.drawn(np.random.default_rng(0), 6000.0, 3.0, 0.1, 0.8)
    assert len(outages.start_s) == pytest.approx(300, abs=60)
    length_s = outages.stop_s - outages.start_s
    assert length_s.min() >= 0.1
    assert length_s.max() <= 0.8
    assert (np.diff(outages.start_s) >= 0).all()
