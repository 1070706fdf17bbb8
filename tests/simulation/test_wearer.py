import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, MIRROR, index
from vrface.simulation.behaviour.actions import ACTIONS, action_matrix
from vrface.simulation.wearer import Wearer

PEOPLE = [Wearer.drawn(seed) for seed in range(200)]


def shape_pair(name):
    return [index(f"{name}Left"), index(f"{name}Right")]


def test_every_shape_is_moved_by_some_act_except_gaze():
    moved = {BLENDSHAPES[shape] for shape in np.nonzero(action_matrix() > 0)[1]}
    assert set(BLENDSHAPES) - moved == {name for name in BLENDSHAPES if name.startswith("eyeLook")}


def test_acts_are_even_but_for_those_named_by_side():
    matrix = action_matrix()
    for act, row in zip(ACTIONS, matrix, strict=True):
        assert np.allclose(row, row[MIRROR]) == (not act.endswith(("_left", "_right")))
    assert np.allclose(
        matrix[ACTIONS.index("wink_left")], matrix[ACTIONS.index("wink_right")][MIRROR]
    )


def test_one_seed_is_one_person():
    again = Wearer.drawn(3)
    np.testing.assert_array_equal(again.actions, PEOPLE[3].actions)
    np.testing.assert_array_equal(again.rest, PEOPLE[3].rest)
    assert again.person == PEOPLE[3].person != PEOPLE[4].person
    assert not np.allclose(PEOPLE[4].rest, PEOPLE[3].rest)


def test_resting_faces_are_like_those_of_arkit():
    rest = np.stack([person.rest for person in PEOPLE])
    assert (rest >= 0).all()
    assert (rest < 0.35).all()
    assert 0.12 < np.median(rest[:, shape_pair("browInnerUp")]) < 0.18
    assert (rest[:, index("tongueOut")] == 0).all()


def test_blink_rates_are_lognormal_about_the_published_ones():
    resting = np.log([person.blinks_resting for person in PEOPLE])
    talking = np.log([person.blinks_talking for person in PEOPLE])
    assert np.exp(resting.mean()) == pytest.approx(17, rel=0.1)
    assert np.exp(talking.mean()) == pytest.approx(26, rel=0.1)
    assert resting.std() == pytest.approx(0.29, rel=0.2)
    assert np.mean(talking > resting) > 0.67  # Bentivoglio 1997: at least 67 % of people


def test_strengths_lie_about_the_acts_of_the_table():
    smile = [p.actions[ACTIONS.index("smile"), shape_pair("mouthSmile")].mean() for p in PEOPLE]
    cheek = [p.actions[ACTIONS.index("smile"), shape_pair("cheekSquint")].mean() for p in PEOPLE]
    assert np.median(smile) == pytest.approx(0.8, rel=0.1)
    assert np.std(np.log(cheek)) > 1.3 * np.std(np.log(smile))  # who smiles with the eyes differs


def test_sides_differ_by_a_few_per_cent_and_always_the_same_way_on_one_act():
    act = ACTIONS.index("brow_raise")
    left, right = np.array([p.actions[act, shape_pair("browOuterUp")] for p in PEOPLE]).T
    uneven = np.log(left / right)
    assert 0.02 < uneven.std() < 0.25
    assert abs(uneven.mean()) < 0.04
