from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import EYES, rng
from vrface.face.blendshapes import index
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.simulation.behaviour.blinks import blinks
from vrface.simulation.behaviour.glances import glances
from vrface.simulation.behaviour.lids import eyes_in_blink, move_lids
from vrface.simulation.behaviour.plan import Plan

OPEN = np.zeros((1, 2))
HABITS = replace(
    EYES[0],
    lid_down=0.5,
    wide_up=0.6,
    squint_up=0.2,
    brow_up=0.1,
    brow_down=0.2,
    brow_blink=0.1,
    lid_strength=np.array([0.9, 0.8]),
)


def moved(closure, pitch=0.0, before=0.0):
    weights = np.full((1, 54), before)
    move_lids(weights, np.array([closure], float), np.array([[0, pitch, 0, pitch]]), HABITS)
    return lambda name: weights[0, index(name)]


def test_lids_follow_a_lowered_gaze():
    """Becker & Fuchs 1988."""
    face = moved((0, 0), pitch=-np.pi / 8)
    assert face("eyeBlinkLeft") == face("eyeBlinkRight") == pytest.approx(0.25)
    assert face("eyeWideLeft") == 0
    assert face("browInnerUpLeft") == face("browOuterUpRight") == pytest.approx(0.1)


def test_eyes_that_are_wide_ahead_are_not_so_below():
    """Open Live Link Face takes: wide by .2-.26 ahead, not at all from 12 degrees below."""
    below = moved((0, 0), pitch=-np.deg2rad(12), before=0.22)
    assert below("eyeWideLeft") == 0
    assert 0.1 < below("eyeSquintLeft") < 0.22
    assert moved((0, 0), pitch=-np.pi / 4)("eyeSquintLeft") == 0


def test_lids_and_brows_follow_a_raised_gaze():
    face = moved((0, 0), pitch=np.pi / 8)
    assert face("eyeWideLeft") == pytest.approx(0.3)
    assert face("eyeSquintRight") == pytest.approx(0.1)
    assert face("browInnerUpRight") == face("browOuterUpLeft") == pytest.approx(0.05)
    assert face("eyeBlinkLeft") == 0


def test_a_full_closure_closes_each_eye_as_far_as_this_wearer_can():
    face = moved((1, 1))
    assert face("eyeBlinkLeft") == pytest.approx(0.9)
    assert face("eyeBlinkRight") == pytest.approx(0.8)
    assert face("browInnerUpLeft") == face("browOuterUpLeft") == pytest.approx(0.1)
    assert moved((1, 1), before=1.0)("eyeBlinkLeft") == 1


def test_a_lid_that_closes_is_not_wide():
    assert moved((0, 0), before=0.4)("eyeWideLeft") == pytest.approx(0.24)
    assert moved((1, 1), before=0.1)("eyeWideLeft") < 0.01


def test_a_wink_squeezes_its_side_and_a_blink_does_not():
    wink, blink, uneven = moved((1, 0.3)), moved((1, 1)), moved((0.9, 0.75))
    for name in ("eyeSquint", "cheekSquint"):
        assert wink(f"{name}Left") == pytest.approx(0.2)
        assert wink(f"{name}Right") == blink(f"{name}Left") == uneven(f"{name}Left") == 0


def test_eyes_turn_down_and_in_behind_closing_lids():
    """1-5 degrees (search coils), in a movement shorter than the lid's."""
    closure = np.linspace(0, 1, 101)[:, None] * [1.0, 1.0]
    turned = np.rad2deg(eyes_in_blink(np.zeros((101, 4)), closure))
    down, left_in, right_in = -turned[:, [1, 3]], turned[:, 0], -turned[:, 2]
    np.testing.assert_array_equal(left_in, right_in)
    assert (left_in >= 0).all()
    assert 1 < np.hypot(down[-1, 0], left_in[-1]) < 5
    assert 1 < down[60, 0] < 5  # a partial blink
    assert (down[:20] == 0).all()  # comes later, goes sooner
    still = np.ones((1, 4))
    np.testing.assert_array_equal(eyes_in_blink(still, OPEN), still)


def test_lowered_gaze_and_lids_go_together_as_on_arkit():
    """r .14-.86 (open Live Link Face takes), over people and performances; least in who looks up
    most of the time.
    """
    found = []
    time_s = np.arange(0, 120, 1 / 60)
    for seed, habits in enumerate(EYES):
        plan = Plan.drawn(rng(seed), 120)
        looked = glances(rng(seed), plan, habits)
        closure = blinks(rng(seed), plan, habits, looked.saccades).closure(time_s)
        gaze = eyes_in_blink(looked.at(time_s), closure)
        weights = np.zeros((len(time_s), 54))
        weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(gaze)
        move_lids(weights, closure, gaze, habits)
        down, lid = weights[:, index("eyeLookDownLeft")], weights[:, index("eyeBlinkLeft")]
        found.append(np.corrcoef(down, lid)[0, 1])
    assert 0.3 < np.median(found) < 0.86
