from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.simulation.behaviour.actions import ACTIONS, EMOTIONS, MOUTHS, UPPER, numbers
from vrface.simulation.behaviour.emotions import emotions, shown
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import LISTEN, POSE, STILL, TALK
from vrface.simulation.behaviour.poses import poses
from vrface.simulation.wearer import Wearer

WEARER = replace(Wearer.drawn(0), emotions=6.0, smiles=0.6)
FELT = emotions(rng(), whole(LISTEN, 6000.0), WEARER)
POSED = poses(rng(), whole(POSE, 3000.0), replace(WEARER, posing=1.0))


def of(events, acts):
    return events.kept(np.isin(events.track, numbers(acts)))


def many(height, eyes=1.0, whole=0.0, seed=0):
    """Episodes of joy of given heights."""
    count = len(height)
    joy = Events(
        track=np.zeros(count, np.intp),
        start_s=np.linspace(0.0, 10.0 * count, count),
        attack_s=np.full(count, 0.5),
        hold_s=np.full(count, 1.0),
        release_s=np.full(count, 1.0),
        height=height,
    )
    return shown(rng(seed), joy, upper=1.0, eyes=eyes, whole=whole)


def test_feelings_show_in_conversation_and_hardly_ever_elsewhere():
    found = [
        len(of(emotions(rng(), whole(activity, 6000.0), WEARER), MOUTHS).start_s)
        for activity in (LISTEN, TALK, STILL, POSE)
    ]
    assert found[0] > found[1] > 5 * found[2]
    assert found[3] == 0


def test_spontaneous_smiles_are_slower_smaller_and_longer_than_posed_ones():
    """Schmidt 2003, 2009."""
    smiles = ("smile", "smile_closed")
    felt, posed = of(FELT, smiles), of(POSED, smiles)
    assert min(len(felt.height), len(posed.height)) > 50
    assert np.median(felt.attack_s) > 1.5 * np.median(posed.attack_s)
    assert np.median(felt.height) < 0.6 * np.median(posed.height)
    length_s = [np.median(e.stop_s - e.start_s) for e in (felt, posed)]
    assert length_s[0] > 1.3 * length_s[1]


def test_the_onset_velocity_of_a_spontaneous_smile_is_tied_to_its_amplitude():
    """A fixed relation (Schmidt 2003)."""
    felt = of(FELT, ("smile", "smile_closed"))
    assert np.corrcoef(felt.height, felt.height / felt.attack_s)[0, 1] > 0.8


def test_cheeks_rise_with_the_intensity_of_a_smile():
    """AU6 by intensity, in polite smiles too, less (Ambadar 2009)."""
    height = rng().uniform(0.1, 1.0, 400)
    found = many(height, whole=1.0)
    mouth, cheek = of(found, ("smile",)), of(found, ("cheek_raise",))
    assert np.corrcoef(mouth.height, cheek.height)[0, 1] > 0.7
    ratio = cheek.height / mouth.height
    assert ratio[height > 0.7].mean() > 2 * ratio[height < 0.3].mean()
    assert len(of(many(height), ("cheek_raise",)).height) < 350  # not every smile is in the eyes


def test_who_smiles_with_the_eyes_differs():
    quiet, merry = (of(many(np.full(50, 0.8), eyes), ("cheek_raise",)) for eyes in (0.1, 1.0))
    assert quiet.height.mean() < 0.2 * merry.height.mean()


def test_mouth_and_upper_face_often_show_a_feeling_alone():
    mouth, above = of(FELT, MOUTHS), of(FELT, UPPER)
    near = np.abs(mouth.start_s[:, None] - above.start_s) <= 0.15
    assert 0.2 < np.mean(~near.any(axis=1)) < 0.7
    assert 0.08 < np.mean(~near.any(axis=0)) < 0.4


def test_most_feelings_are_smiles():
    assert np.mean(np.isin(of(FELT, MOUTHS).track, numbers(("smile", "smile_closed")))) == (
        pytest.approx(0.6, abs=0.1)
    )


def test_every_feeling_names_acts_that_there_are():
    for mouth, acts in EMOTIONS.values():
        assert mouth in MOUTHS
        assert acts
        assert set(acts) <= set(UPPER) <= set(ACTIONS)
