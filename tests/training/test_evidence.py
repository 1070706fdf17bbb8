"""Which held-out recordings a model is judged by."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training import evidence
from vrface.training.calibrate import GAP_S
from vrface.training.config import TrainConfig
from vrface.training.disturb import Disturbances
from vrface.training.evidence import evidences

CONFIG = TrainConfig()


def log(seed, seconds=8.0, name="vive_pro_eye_lip", **changes):
    take = synthetic_take(seed=seed, seconds=seconds)
    return replace(wear(take, headset(name), seed=seed), **changes)


@pytest.fixture(scope="module")
def logs():
    return [log(seed) for seed in range(8)]


def test_both_halves_of_a_log_are_all_of_it_but_for_a_gap(logs):
    (found,) = evidences(logs[:1], CONFIG)
    first, second = (set(half.frame_time_ns.tolist()) for half in found.halves)
    assert GAP_S < (min(second) - max(first)) / 1e9 < GAP_S + 0.05
    frames = logs[0].frame_time_ns
    assert min(first) == frames[0]
    assert (frames[-1] - max(second)) / 1e9 < 0.05
    assert abs(len(first) - len(second)) <= 1
    assert found.wearers == 1
    assert found.seconds == pytest.approx(8.0 - GAP_S, abs=0.1)
    assert found.calibration_s == pytest.approx((8.0 - GAP_S) / 2, abs=0.05)
    assert {half.wearer for half in found.halves} == {logs[0].wearer}


def test_long_logs_are_cut(monkeypatch):
    monkeypatch.setattr(evidence, "SECONDS", 6.0)
    (found,) = evidences([log(1, seconds=9.0)], CONFIG)
    assert found.seconds == pytest.approx(6.0 - GAP_S, abs=0.1)


def test_wearers_are_drawn_by_the_seed_and_not_by_the_order_of_the_logs(logs):
    def drawn(logs, seed):
        (found,) = evidences(logs, replace(CONFIG, seed=seed))
        assert found.wearers == evidence.WEARERS
        return {half.wearer for half in found.halves}

    assert drawn(logs, 0) == drawn(logs[::-1], 0)
    assert len({frozenset(drawn(logs, seed)) for seed in range(4)}) > 1


def test_each_wearer_counts_once_with_their_longest_log():
    short = log(1, 6.0)
    long = log(2, 8.0, wearer=short.wearer)
    (found,) = evidences([short, long], CONFIG)
    assert found.wearers == 1
    assert found.halves[0].name.startswith(long.name)


def test_headsets_and_kinds_of_evidence_stand_apart(logs):
    real = log(20, real_face=True)
    other = log(21, name="mouth_only")
    found = evidences([logs[0], real, other], CONFIG)
    assert [(one.headset, one.label) for one in found] == [
        ("mouth_only", "simulated face, simulated sensors"),
        ("vive_pro_eye_lip", "real face, simulated sensors"),
        ("vive_pro_eye_lip", "simulated face, simulated sensors"),
    ]
    assert [one.wearers for one in found] == [1, 1, 1]


def test_what_cannot_be_judged_by_is_left_out(logs):
    lost = replace(logs[1].truth, weights=np.full_like(logs[1].truth.weights, np.nan))
    faceless = replace(logs[1], truth=lost)
    all_seeing = replace(logs[2], headset=replace(logs[2].headset, measures=BLENDSHAPES))
    assert evidences([], CONFIG) == []
    assert evidences([log(9, seconds=3.0), faceless, all_seeing], CONFIG) == []


def test_a_log_much_shorter_than_the_others_does_not_shorten_their_calibration(logs):
    alone = evidences([log(9, seconds=5.2)], CONFIG)
    assert [one.wearers for one in alone] == [1]
    (found,) = evidences([*logs[:2], log(9, seconds=5.2), log(10, seconds=4.9)], CONFIG)
    assert found.wearers == 3
    (found,) = evidences([log(11, seconds=12.0), log(9, seconds=5.2)], CONFIG)
    assert found.wearers == 1


def test_tiers_are_those_of_the_training_that_are_poorer_than_the_headset(logs):
    (found,) = evidences(logs[:2], CONFIG)
    assert list(found.tiers) == ["openness_gaze_mouth", "mouth_only", "steam_frame"]
    assert all(len(halves) == len(found.halves) for halves in found.tiers.values())
    (found,) = evidences([log(1, name="openness_gaze_mouth")], CONFIG)
    assert list(found.tiers) == ["mouth_only", "steam_frame"]
    untiered = replace(CONFIG, disturbances=Disturbances(tiers=()))
    (found,) = evidences(logs[:1], untiered)
    assert found.tiers == {}
