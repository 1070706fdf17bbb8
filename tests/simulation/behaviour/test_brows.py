from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.simulation.behaviour.actions import ACTIONS
from vrface.simulation.behaviour.brows import LEAD_S, brow_raises, follows, frowns
from vrface.simulation.behaviour.plan import LISTEN, POSE, READ, STILL, TALK, Plan
from vrface.simulation.behaviour.speech import speech
from vrface.simulation.wearer import Wearer

WEARER = replace(Wearer.drawn(0), widens=0.3, brow_raises=13.0)


def raised(plan, seed=0, wearer=WEARER):
    """Raises of the brow, and accents of the voice."""
    spoken = speech(rng(seed), plan, wearer)
    found = brow_raises(rng(seed + 1), plan, spoken, wearer)
    return found.kept(found.track != ACTIONS.index("widen")), spoken.accents_s


def test_38_of_100_brow_raises_come_while_not_speaking_and_44_with_the_voice():
    """Guaitella, Cave: 71 % of those of speech go with a rise of F0, hence .71 * .62 of all."""
    speaking, voiced = [], []
    for seed in range(250):
        plan = Plan.drawn(rng(seed), 300.0)
        found, accents_s = raised(plan, seed)
        while_speaking = plan.at(found.start_s) == TALK
        speaking.extend(while_speaking)
        voiced.extend(while_speaking & follows(found.start_s, accents_s))
    assert len(speaking) > 2000
    assert 1 - np.mean(speaking) == pytest.approx(0.38, abs=0.05)
    assert np.sum(voiced) / np.sum(speaking) == pytest.approx(0.71, abs=0.04)
    assert np.mean(voiced) == pytest.approx(0.44, abs=0.05)


def test_the_voice_rises_before_the_brow_by_up_to_600_ms():
    """Gast 2023."""
    found, accents_s = raised(whole(TALK))
    latest = np.searchsorted(accents_s, found.start_s, side="right") - 1
    lag = found.start_s - accents_s[latest]
    near = lag[lag <= LEAD_S]
    assert np.percentile(near, 90) > 0.3
    assert near.min() < 0.05
    assert np.mean(lag <= LEAD_S) == pytest.approx(0.71, abs=0.07)


def test_a_wearer_who_hardly_moves_raises_small():
    still = raised(whole(TALK), wearer=replace(WEARER, expressiveness=0.2))[0]
    lively = raised(whole(TALK), wearer=replace(WEARER, expressiveness=2.0))[0]
    assert np.median(still.height) < 0.06 < 0.25 < np.median(lively.height)
    assert np.percentile(lively.height, 95) > 2 * np.median(lively.height)  # few are large


def test_brows_rise_without_wide_eyes_and_eyes_widen_without_brows():
    plan = whole(LISTEN)
    spoken = speech(rng(), plan, WEARER)
    raises = brow_raises(rng(1), plan, spoken, WEARER)
    wide = raises.track == ACTIONS.index("widen")
    assert wide.sum() / (~wide).sum() == pytest.approx(0.3, abs=0.1)
    alone = frowns(rng(2), plan, WEARER)
    assert np.mean(alone.track == ACTIONS.index("widen")) == pytest.approx(0.2, abs=0.1)


@pytest.mark.parametrize("activity", [POSE, STILL])
def test_brows_of_conversation_rest_outside_of_it(activity):
    assert len(raised(whole(activity))[0].start_s) == 0


def test_who_is_silent_frowns_half_as_often_and_who_poses_does_as_told():
    count = {
        activity: len(frowns(rng(), whole(activity, 6000.0), WEARER).start_s)
        for activity in (LISTEN, STILL, READ, POSE)
    }
    assert count[LISTEN] == pytest.approx(100 * WEARER.frowns, rel=0.15)
    assert count[STILL] == count[READ]
    assert count[READ] == pytest.approx(count[LISTEN] / 2, rel=0.15)
    assert count[POSE] == 0
