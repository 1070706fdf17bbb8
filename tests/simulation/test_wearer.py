import dataclasses

import numpy as np
import pytest

from vrface.face.blendshapes import index
from vrface.simulation.behaviour.actions import ACTIONS
from vrface.simulation.wearer import Wearer

PEOPLE = [Wearer.drawn(seed) for seed in range(300)]


def shape_pair(name):
    return [index(f"{name}Left"), index(f"{name}Right")]


def trait(name):
    return np.array([getattr(person, name) for person in PEOPLE])


def test_one_seed_is_one_person():
    again = Wearer.drawn(3)
    for one in dataclasses.fields(Wearer):
        if one.name != "eyes":
            np.testing.assert_array_equal(getattr(again, one.name), getattr(PEOPLE[3], one.name))
    for one in dataclasses.fields(again.eyes):
        np.testing.assert_array_equal(
            getattr(again.eyes, one.name), getattr(PEOPLE[3].eyes, one.name)
        )
    assert again.person == "simulated-0003" != PEOPLE[4].person
    assert again.seed == 3
    assert not np.allclose(PEOPLE[4].rest, PEOPLE[3].rest)


def test_resting_faces_are_like_those_of_arkit():
    rest = np.stack([person.rest for person in PEOPLE])
    assert (rest >= 0).all()
    assert (rest < 0.4).all()
    assert 0.12 < np.median(rest[:, shape_pair("browInnerUp")]) < 0.18
    assert (rest[:, index("tongueOut")] == 0).all()


def test_some_people_hardly_move_above_the_mouth_and_some_a_lot():
    log = np.log(trait("expressiveness"))
    assert log.std() == pytest.approx(0.7, rel=0.15)
    assert np.mean(log < np.log(0.35)) > 0.08
    assert np.mean(log > np.log(2)) > 0.06
    assert abs(np.mean(((log - log.mean()) / log.std()) ** 3)) < 0.4  # even about its median


def test_strengths_lie_about_the_acts_of_the_table():
    smile = [p.actions[ACTIONS.index("smile"), shape_pair("mouthSmile")].mean() for p in PEOPLE]
    assert np.median(smile) == pytest.approx(0.8, rel=0.1)
    assert 0.2 < np.std(np.log(smile)) < 0.5  # gains of .7-1.3 and habits


def test_who_smiles_with_the_eyes_differs():
    """Smile and cheekSquint r .93 in one ARKit performer, .38 in another."""
    assert np.log(trait("smile_eyes")).std() > 0.6


def test_sides_differ_by_a_few_per_cent_brows_less_than_mouths():
    """ARKit ties brows by r .99-1.0, cheeks, noses and mouths by .92-.99."""

    def uneven(act, shape):
        row = ACTIONS.index(act)
        left, right = np.array([p.actions[row, shape_pair(shape)] for p in PEOPLE]).T
        return np.log(left / right)

    brow, nose = uneven("brow_raise", "browOuterUp"), uneven("nose_wrinkle", "noseSneer")
    assert 0.01 < brow.std() < 0.1 < nose.std() < 0.4
    assert abs(brow.mean()) < 0.02


@pytest.mark.parametrize(
    ("act", "shapes"),
    [("lips_tight", "mouthPress"), ("nose_wrinkle", "noseSneer"), ("lip_raise", "mouthUpperUp")],
)
def test_the_resting_face_tells_most_of_the_unevenness_of_an_expression(act, shapes):
    """.54 in joy, .62 in anger, .66 in disgust (Schmidt 2006)."""
    pair = shape_pair(shapes)
    rest = np.array([np.log(p.rest[pair[0]] / p.rest[pair[1]]) for p in PEOPLE])
    row = ACTIONS.index(act)
    peak = np.array([np.log(p.actions[row, pair[0]] / p.actions[row, pair[1]]) for p in PEOPLE])
    assert 0.5 < np.corrcoef(rest, peak)[0, 1] ** 2 < 0.7


def test_joy_shows_a_little_more_on_the_left():
    """Schmidt 2006."""
    row = ACTIONS.index("smile")
    left, right = np.array([p.actions[row, shape_pair("mouthSmile")] for p in PEOPLE]).T
    assert 0.0 < np.log(left / right).mean() < 0.06


def test_voices_are_about_those_of_men_and_women():
    """120 and 210 Hz (Traunmueller & Eriksson 1995)."""
    pitch = trait("pitch_hz")
    assert np.median(pitch[pitch < 159]) == pytest.approx(120, rel=0.06)
    assert np.median(pitch[pitch >= 159]) == pytest.approx(210, rel=0.06)
    assert 0.4 < np.mean(pitch < 159) < 0.6


def test_heads_follow_the_eyes_by_20_to_50_per_cent():
    follows = trait("head_follows")
    assert follows.min() >= 0.2
    assert follows.max() <= 0.5
    assert follows.std() > 0.05
