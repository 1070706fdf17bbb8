"""Halves: one part of a log calibrates what is scored in the other, a second later."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.calibrate import GAP_S
from vrface.training.halves import halves_of


@pytest.fixture(scope="module")
def log():
    return wear(synthetic_take(seed=1, seconds=8.0), headset("vive_pro_eye_lip"), seed=1)


@pytest.mark.parametrize(("most_s", "each_s"), [(30.0, 3.5), (2.5, 2.5)])
def test_halves_are_equal_and_a_gap_apart(log, most_s, each_s):
    first, second = halves_of(log, most_s) or pytest.fail("there are none")
    for half in (first, second):
        assert half.truth.seconds == pytest.approx(each_s, abs=0.05)
        assert np.array_equal(half.frame_time_ns, half.truth.time_ns)
        assert (half.wearer, half.headset) == (log.wearer, log.headset)
    assert first.frame_time_ns[0] == log.frame_time_ns[0]
    apart = (second.frame_time_ns[0] - first.frame_time_ns[-1]) / 1e9
    assert GAP_S < apart < GAP_S + 0.05


def test_what_is_short_or_faceless_or_hides_nothing_has_none(log):
    short = log.truth.cut(0.0, 2 * 2.0 + GAP_S)
    late = log.truth.weights.copy()
    late[len(late) // 2 :] = np.nan
    sees_all = replace(log.headset, measures=tuple(BLENDSHAPES))
    for changed in (
        replace(log, frame_time_ns=short.time_ns, truth=short),
        replace(log, truth=replace(log.truth, weights=late)),
        replace(log, headset=sees_all),
    ):
        assert halves_of(changed, 30.0) is None
