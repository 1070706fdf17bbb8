from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.simulation.behaviour.actions import ACTIONS
from vrface.simulation.behaviour.laughter import laughter
from vrface.simulation.behaviour.plan import LAUGH, STILL, TALK, Plan
from vrface.simulation.wearer import Wearer

WEARER = replace(Wearer.drawn(0), pitch_hz=120.0)
BOUTS = Plan(np.arange(0, 401, 2.0), np.tile([LAUGH, STILL], 100))
FOUND = laughter(rng(), BOUTS, WEARER)


def test_bursts_are_as_long_and_as_far_apart_as_in_people():
    """75 ms and 210-218 ms, hence 4-5 a second (Provine & Yong 1991)."""
    interval_s = np.diff(FOUND.sounds.start_s)
    within = interval_s[interval_s < 0.5]
    assert 0.210 < np.median(within) < 0.218
    assert np.allclose(FOUND.sounds.stop_s - FOUND.sounds.start_s, 0.075)


def test_a_bout_grows_softer():
    """Decrescendo (Provine & Yong 1991)."""
    same = np.diff(FOUND.sounds.start_s) < 0.5
    assert (np.diff(FOUND.sounds.height)[same] < 0).all()


def test_laughter_is_far_above_speech():
    """282 Hz in men (Bachorowski, Smoski & Owren 2001)."""
    assert np.mean(FOUND.pitch_hz) == pytest.approx(282, rel=0.2)


def test_the_jaw_beats_and_a_smile_stays():
    jaw = FOUND.face.kept(FOUND.face.track == ACTIONS.index("jaw_drop"))
    assert len(jaw.start_s) == len(FOUND.sounds.start_s)
    smiles = FOUND.face.kept(FOUND.face.track == ACTIONS.index("smile"))
    assert len(smiles.start_s) == 100
    first = FOUND.sounds.start_s[np.searchsorted(FOUND.sounds.start_s, smiles.start_s)]
    assert ((first - smiles.start_s) < 0.5).all()


def test_nobody_laughs_in_other_stretches():
    inside = BOUTS.at(FOUND.sounds.start_s) == LAUGH
    assert inside.all()
    none = laughter(rng(), whole(TALK), WEARER)
    assert len(none.sounds.start_s) == len(none.face.start_s) == 0
