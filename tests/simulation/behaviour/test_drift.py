from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.face.blendshapes import MIRROR, index
from vrface.simulation.behaviour.drift import clenches, drift, unsteady
from vrface.simulation.behaviour.plan import LISTEN, SETTLED_S, STILL, TALK
from vrface.simulation.wearer import Wearer

WEARER = Wearer.drawn(0)
TIME_S = np.arange(0, 600, 0.05)
WANDERED = drift(rng(), whole(STILL), WEARER, TIME_S)


def test_a_resting_face_wanders_by_a_few_hundredths():
    """SD .01-.03 in calm stretches of open Live Link Face takes, at most."""
    spread = WANDERED.std(axis=0)
    assert spread.min() > 0.002
    assert spread.max() < 0.03
    assert spread[index("mouthStretchLeft")] > 2 * spread[index("tongueOut")]


def test_it_wanders_slowly_and_both_sides_together():
    speed = np.abs(np.diff(WANDERED, axis=0)).mean(axis=0) / 0.05
    assert (speed < 3 * WANDERED.std(axis=0)).all()
    tied = np.asarray(np.corrcoef(WANDERED.T))
    ties = [tied[a, b] for a, b in enumerate(MIRROR) if a < b]
    assert 0.95 < np.min(ties) < 1


def test_it_rests_at_both_ends():
    settled = np.minimum(TIME_S, 600 - TIME_S) <= SETTLED_S
    assert not WANDERED[settled].any()


def test_nobody_holds_an_act_quite_still():
    level = unsteady(rng(), 5, TIME_S)
    assert np.allclose(level.mean(axis=1), 1.0, atol=0.01)
    assert 0.04 < level.std() < 0.12


def test_jaws_are_clenched_while_the_mouth_is_still():
    often = replace(WEARER, clenches=4.0)
    level = clenches(rng(), whole(STILL), often, TIME_S)
    onsets = np.sum((level[1:] > 0) & (level[:-1] == 0))
    assert onsets == pytest.approx(40, abs=15)
    assert level.max() <= 1
    assert clenches(rng(), whole(LISTEN), often, TIME_S).mean() < level.mean()
    assert not clenches(rng(), whole(TALK), often, TIME_S).any()
