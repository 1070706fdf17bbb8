from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.simulation.behaviour.glances import Saccades, glances
from vrface.simulation.behaviour.head import NECK_M, head
from vrface.simulation.behaviour.laughter import laughter
from vrface.simulation.behaviour.plan import LAUGH, LISTEN, READ, SETTLED_S, STILL, TALK, Plan
from vrface.simulation.behaviour.speech import speech
from vrface.simulation.wearer import Wearer

WEARER = Wearer.drawn(0)
WEARER = replace(
    WEARER,
    head_motion=1.0,
    nods=6.0,
    head_follows=0.4,
    eyes=replace(WEARER.eyes, gaze_home=np.zeros(2)),
)
STIFF = replace(WEARER, head_motion=0.0, nods=0.0)
TIME_S = np.arange(0, 300, 1 / 60)
NEVER = np.zeros(0)
HOME = Saccades(NEVER, NEVER, NEVER, np.zeros((0, 2)))


def moved(activity, wearer=WEARER, saccades=HOME, time_s=TIME_S):
    plan = activity if isinstance(activity, Plan) else whole(activity, 300.0)
    spoken, laughed = speech(rng(), plan, wearer), laughter(rng(), plan, wearer)
    return head(rng(1), plan, wearer, saccades, spoken, laughed, time_s)


def turns(pose):
    """[times, 3] yaw to the right, pitch up and roll to the right, radians; small angles."""
    return 2 * pose[:, 3:6][:, [1, 0, 2]] * [-1, 1, -1]


def looking(yaw, pitch):
    """One jump of the eyes at 10 s, back at 20 s."""
    target = np.array([[yaw, pitch], [0.0, 0.0]])
    amplitude = np.full(2, np.hypot(yaw, pitch))
    return Saccades(np.array([10.0, 20.0]), np.full(2, 0.05), amplitude, target)


@pytest.mark.parametrize("activity", [TALK, LISTEN, STILL, READ, LAUGH])
def test_a_pose_is_a_pose_and_rests_at_both_ends(activity):
    plan = whole(activity, 300.0)
    pose = moved(activity, saccades=glances(rng(), plan, WEARER.eyes).saccades)
    np.testing.assert_allclose(np.linalg.norm(pose[:, 3:], axis=1), 1.0)
    settled = np.minimum(TIME_S, 300 - TIME_S) < SETTLED_S
    at_rest = np.tile([0.0, 0, 0, 0, 0, 0, 1], (int(settled.sum()), 1))
    np.testing.assert_allclose(pose[settled], at_rest, atol=1e-12)
    assert np.abs(pose[:, :3]).max() < 0.15
    assert np.abs(turns(pose)).max() < 1.0


def test_the_head_is_nearly_still_at_rest_and_moves_in_speech():
    """Hadar et al. 1983."""
    talk, still = (turns(moved(activity)).std(axis=0) for activity in (TALK, STILL))
    assert (still < 0.35 * talk).all()
    assert (np.rad2deg(talk) > 1).all()
    assert (np.rad2deg(still) < 1).all()


def test_listeners_nod_at_one_to_four_hertz():
    """Hadar et al. 1983; without nods and sway nothing is left."""
    nodding = turns(moved(LISTEN, replace(STIFF, nods=20.0)))
    pitch = nodding[:, 1]
    power = np.abs(np.fft.rfft(pitch)) ** 2
    hertz = np.fft.rfftfreq(len(pitch), 1 / 60)
    assert power[(hertz > 0.7) & (hertz < 4.5)].sum() > 0.8 * power.sum()
    assert np.rad2deg(np.abs(pitch).max()) > 2
    assert np.abs(pitch).sum() > np.abs(nodding[:, 0]).sum()  # more nods than shakes
    assert not turns(moved(LISTEN, STIFF)).any()


@pytest.mark.parametrize("share", [0.2, 0.35, 0.5])
def test_the_head_does_its_share_of_a_large_gaze_shift(share):
    """20-50 %; the eyes' part is what is left."""
    pose = moved(STILL, replace(STIFF, head_follows=share), looking(0.5, 0.0))
    yaw = -2 * np.arctan2(pose[:, 4], pose[:, 6])
    held = yaw[np.searchsorted(TIME_S, 15.0)]
    assert held / (held + 0.5) == pytest.approx(share, abs=0.01)
    assert yaw[np.searchsorted(TIME_S, 10.0)] == 0
    assert 0 < yaw[np.searchsorted(TIME_S, 10.2)] < 0.6 * held  # slower than an eye
    assert abs(yaw[np.searchsorted(TIME_S, 25.0)]) < 1e-9


def test_the_eyes_make_small_shifts_alone():
    assert not turns(moved(STILL, STIFF, looking(0.1, 0.1))).any()


@pytest.mark.parametrize(("yaw", "pitch", "axis"), [(0.5, 0.0, 0), (0.0, 0.45, 1)])
def test_it_turns_where_the_eyes_look_about_the_neck(yaw, pitch, axis):
    """Right and up; eyes that turn right go right, eyes that look up go back and up."""
    pose = moved(STILL, STIFF, looking(yaw, pitch))
    held = np.searchsorted(TIME_S, 15.0)
    assert turns(pose)[held, axis] > 0.1
    np.testing.assert_allclose(np.delete(turns(pose)[held], axis), 0, atol=1e-9)
    x, y, z = pose[held, :3]
    if axis == 0:
        assert x > 0.01
        assert z > 0
    else:
        assert y > 0.01
    assert np.linalg.norm(pose[held, :3] - NECK_M) == pytest.approx(np.linalg.norm(NECK_M))


def test_laughter_shakes_the_head():
    """At the rate of its bursts, 4-5 Hz."""
    plan = Plan(np.arange(0, 301, 3.0), np.tile([LAUGH, STILL], 50))
    laughing = moved(plan, replace(WEARER, nods=0.0))[:, 3]
    power = np.abs(np.fft.rfft(laughing)) ** 2
    hertz = np.fft.rfftfreq(len(laughing), 1 / 60)
    fast = (hertz > 2) & (hertz < 8)
    assert 4 < hertz[fast][np.argmax(power[fast])] < 5.2
