"""The prior is fitted to what each training wearer's truth says of the network's laws."""

import numpy as np
import pytest

from tests.training.lessons import logs_of, quiet
from vrface.model.calibration import Calibration
from vrface.model.calibration.last_layer import DIRECTIONS, Prior, fit_prior
from vrface.model.config import NetworkConfig
from vrface.model.features import Features
from vrface.model.network import NetworkArchitecture
from vrface.training import prior as module
from vrface.training.logs import population
from vrface.training.prior import EVERY, prior_of
from vrface.training.sequences import features_of, seconds_between

NET = NetworkArchitecture(
    NetworkConfig(
        width=8, encoder_width=8, slot_width=4, blocks=1, memory=8, hidden=8, code_width=4
    )
)
PARAMS = NET.drawn(0)


@pytest.fixture(scope="module")
def logs():
    return logs_of(5, 6.0)


@pytest.fixture
def heard(monkeypatch):
    """What the prior was fitted to."""
    calls = []

    def fitted(wearers):
        calls.append(wearers)
        return fit_prior(wearers)

    monkeypatch.setattr(module, "fit_prior", fitted)
    return calls


def test_each_log_says_what_the_network_would_have_said_and_what_was_so(logs, heard):
    statistics, told = population(logs), []
    found = prior_of(logs, NET, PARAMS, statistics, (), lambda *step: told.append(step))
    assert told[-1] == ("asking wearers", 5, 5)
    ((*wearers,),) = heard
    assert len(wearers) == len(logs)
    log = logs[0]
    one = min(wearers, key=lambda each: abs(np.nan_to_num(each.truth[0] - log.truth[5])).sum())
    features, dt = features_of(log.paired), seconds_between(log.paired.frame_time_ns)
    time_s = (log.paired.frame_time_ns - log.paired.frame_time_ns[0]) / 1e9
    first = slice(None, None, EVERY)
    known = Calibration.paired(features[first], log.paired.truth.weights[first], time_s[first])
    positions = Features(log.paired.headset).positions
    expected = NET.trace(PARAMS, features, dt, known, positions, statistics)
    for part, whole in zip((one.loc, one.scale, one.state), expected, strict=True):
        np.testing.assert_allclose(part, whole[EVERY - 1 :: EVERY], atol=1e-4)
    np.testing.assert_array_equal(one.truth, log.truth[EVERY - 1 :: EVERY])
    assert one.seconds * len(one.state) == pytest.approx(log.paired.truth.seconds, rel=0.02)
    assert {name: array.shape for name, array in found.named().items()} == Prior.shapes(8)
    assert DIRECTIONS > 8


def test_the_same_logs_make_the_same_prior(logs):
    statistics = population(logs)
    one, other = (prior_of(logs[:3], NET, PARAMS, statistics, (), quiet) for _ in range(2))
    for name, array in one.named().items():
        np.testing.assert_array_equal(array, other.named()[name])


def test_every_second_log_is_asked_behind_a_tier(logs, heard):
    statistics = population(logs)
    prior_of(logs, NET, PARAMS, statistics, (), quiet)
    prior_of(logs, NET, PARAMS, statistics, ("mouth_only", "openness_gaze_mouth"), quiet)
    whole, behind = heard
    differs = [not np.array_equal(a.loc, b.loc) for a, b in zip(whole, behind, strict=True)]
    assert differs == [False, True, False, True, False]


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 5), (400, 5)])
def test_no_more_logs_are_asked_than_can_be_held(logs, heard, monkeypatch, most, asked):
    monkeypatch.setattr(module, "MOST", most)
    prior_of(logs, NET, PARAMS, population(logs), (), quiet)
    assert len(heard[0]) == asked
