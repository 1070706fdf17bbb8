"""Figures of eye logs, and simulated trackers beside real ones."""

import numpy as np
import pytest

from vrface.errors import TakeError
from vrface.training.realism.eyes import EyeLog, figures, findings

PERIOD_S = 1 / 90


def log(openness, pupils=None):
    count = len(openness)
    both = np.repeat(np.asarray(openness, dtype=np.float64)[:, None], 2, axis=1)
    diameter = np.full((count, 2), 4.0) if pupils is None else pupils
    return EyeLog(np.arange(count, dtype=np.float64) * PERIOD_S, both, diameter)


def test_a_log_made_by_hand_has_the_figures_it_was_made_with():
    openness = np.ones(90 * 63)
    openness[900:909] = 0.2  # a blink of a tenth of a second
    openness[2000:3000] = 0.8
    found = figures(log(openness))
    assert found["saturated"] == pytest.approx(1 - 1009 / len(openness))
    assert found["depth"] == pytest.approx(0.2)
    assert found["length"] == pytest.approx(0.1, abs=0.001)
    assert found["apart"] == 0.0
    assert found["step"] == 0.0
    assert found["gaps"] == 0.0
    assert found["dips"] == 0.0


def test_dips_gaps_and_lost_pupils_are_counted():
    whole = log(np.ones(90 * 63))
    whole.openness[1000:1003, 0] = 0.7
    whole.pupils_mm[2000:2567] = np.nan
    kept = np.ones(len(whole.time_s), dtype=bool)
    kept[4000:4020] = False
    found = figures(EyeLog(*(part[kept] for part in whole)))
    minutes = (whole.time_s[-1] - 3.0) / 60
    assert found["dips"] == pytest.approx(1 / minutes)
    assert found["gaps"] == pytest.approx(1 / minutes)
    assert found["lost"] == pytest.approx(0.1, abs=0.001)


def test_a_log_of_nothing_has_no_blinks():
    assert np.isnan(figures(log(np.ones(900)))["depth"])


def test_simulated_trackers_are_like_those_they_were_fitted_to():
    found = findings(wearers=range(9100, 9112))
    assert len(found) == 9
    assert sum(one.inside for one in found) >= 7
    assert all("P1-P12" in one.source for one in found)


def test_simulated_trackers_are_like_real_ones_of_other_people(vrface_data):
    found = findings(vrface_data)
    assert sum(one.inside for one in found) >= 7, [one for one in found if not one.inside]
    assert all(one.low < one.high for one in found)


def test_a_folder_without_the_logs_says_so(tmp_path):
    with pytest.raises(TakeError, match="no eye logs of P13"):
        findings(tmp_path, wearers=range(9100, 9106))
