from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.simulation.behaviour.actions import (
    ACTIONS,
    FACE_POSES,
    MOUTH_POSES,
    MOUTHS,
    UPPER,
    VISEMES,
    numbers,
)
from vrface.simulation.behaviour.plan import LISTEN, POSE, TALK, Plan
from vrface.simulation.behaviour.poses import poses
from vrface.simulation.wearer import Wearer

WEARER = replace(Wearer.drawn(0), posing=1.0)
FEW = Plan(np.arange(0, 2001, 20.0), np.tile([POSE, LISTEN], 50))
FOUND = poses(rng(), FEW, WEARER)


def test_every_act_is_asked_for_but_visemes():
    assert set(FOUND.track) == set(numbers((*UPPER, *MOUTHS, *MOUTH_POSES, *FACE_POSES)))
    assert not np.isin(FOUND.track, numbers(VISEMES)).any()


def test_poses_keep_to_their_stretches():
    inside = FEW.at(FOUND.start_s) == POSE
    assert inside.mean() > 0.99  # a feeling's upper face may be .15 s early
    assert len(poses(rng(), whole(TALK), WEARER).start_s) == 0


def test_upper_face_and_mouth_move_at_once_or_each_for_itself():
    time_s = np.arange(0, 2000, 0.05)
    level = FOUND.levels(time_s, len(ACTIONS))
    upper = level[numbers(UPPER)].max(axis=0) > 0.2
    mouth = level[numbers((*MOUTHS, *MOUTH_POSES))].max(axis=0) > 0.2
    posing = FEW.at(time_s) == POSE
    shares = [np.mean(both[posing]) for both in (upper & mouth, upper & ~mouth, mouth & ~upper)]
    assert min(shares) > 0.05
    assert 0.3 < shares[0] < 0.8


def test_there_are_pauses():
    time_s = np.arange(0, 2000, 0.05)
    level = FOUND.levels(time_s, len(ACTIONS)).max(axis=0)
    assert 0.05 < np.mean(level[FEW.at(time_s) == POSE] < 0.05) < 0.4


def test_poses_go_as_far_as_the_wearer_does():
    far = poses(rng(), FEW, replace(WEARER, posing=1.3))
    assert np.median(far.height) / np.median(FOUND.height) == pytest.approx(1.3, rel=0.05)
    assert np.median(FOUND.height) == pytest.approx(0.9, abs=0.15)
