from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.simulators.posing import change, posing, positions, sensed, step, wear
from vrface.simulation.simulators.foam import FAMILIES

BROWS = ["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"]
CHEEKS = ["cheekSquint", "cheekPuff", "mouthSmile"]
FLAT = {"glasses": False, "skin": 0.5}


def test_a_brow_raise_moves_the_forehead_and_not_the_cheeks():
    above = positions("foam")[:, 1] > 0.03
    below = positions("foam")[:, 1] < -0.03
    moved = []
    for wearer in range(1, 9):
        raised, still = (
            wear(posing(shapes, step, wearer=wearer), wearer=wearer, **FLAT)
            for shapes in (BROWS, [])
        )
        # The same noise in both: what is left is the brow.
        moved.append(np.abs(sensed("foam", raised)[1] - sensed("foam", still)[1])[-100:].mean(0))
    moved = np.mean(moved, axis=0)
    assert moved[above].min() > 0.002
    assert moved[above].mean() > 4 * moved[below].mean()


def test_contact_saturates():
    raised = posing([f"{name}{side}" for name in CHEEKS for side in ("Left", "Right")], step)
    time_s, values = sensed("foam", wear(raised, pressure=50.0, **FLAT))
    pinned = (values[time_s > 4] == 1.0).all(axis=0)
    assert pinned.any()
    assert (values[time_s < 2.5] < 1.0)[:, pinned].any()


def test_the_same_donning_repeats_and_another_does_not():
    performance = posing([], step)
    once, again = (sensed("foam", wear(performance))[1] for _ in range(2))
    assert once.tobytes() == again.tobytes()
    other = sensed("foam", wear(performance, number=1))[1]
    assert np.abs(once.mean(0) - other.mean(0)).max() > 0.02


def test_a_performance_on_the_same_donning_has_noise_of_its_own():
    first = posing([], step)
    second = replace(first, seed=first.seed + 1)
    one, two = (sensed("foam", wear(performance))[1] for performance in (first, second))
    assert not np.array_equal(one, two)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("held_out", [False, True])
def test_values_are_counts_of_full_scale(number, held_out):
    worn = wear(posing(BROWS, step), number=number, held_out=held_out)
    values = sensed("foam", worn)[1]
    assert values.dtype == np.float32
    assert values.shape == (600, 16)
    assert values.min() >= 0.0
    assert values.max() <= 1.0
    steps = [2**bits - 1 for bits in (10, 11, 12)]
    assert any(np.allclose(values * n, np.round(values * n), atol=1e-3) for n in steps)


def test_darker_skin_gives_less_light():
    performance = posing([], step)
    dark, light = (
        sensed("foam", wear(performance, glasses=False, skin=skin))[1].mean()
        for skin in (0.35, 0.65)
    )
    assert dark < 0.8 * light


def test_glasses_hide_the_face_from_some_sensors_at_the_sides():
    sides = np.abs(positions("foam")[:, 0]) > 0.06
    worn = [wear(posing([], step), skin=0.5, glasses=glasses) for glasses in (False, True)]
    bare, behind = (sensed("foam", w)[1].mean(axis=0) for w in worn)
    assert np.abs(bare - behind)[sides].max() > 0.05
    np.testing.assert_allclose(bare[~sides], behind[~sides], atol=0.02)


def test_the_family_held_out_answers_otherwise():
    performance = posing([], step)
    worn = wear(performance, held_out=True)
    assert worn.family("foam") == FAMILIES[-1]
    usual = wear(performance)
    assert usual.family("foam") in FAMILIES[:-1]
    held_out, seen = (sensed("foam", w)[1] for w in (worn, usual))
    assert np.abs(held_out.mean(0) - seen.mean(0)).mean() > 0.02


def test_the_headset_slips_and_so_no_rest_is_ever_the_same():
    time_s, values = sensed("foam", wear(posing([], step, seconds=30.0), glasses=False), 30.0)
    early, late = values[time_s < 2].mean(0), values[time_s > 28].mean(0)
    white = 0.01 / np.sqrt(200)
    assert np.abs(early - late).max() > 3 * white
    assert change(time_s, values).shape == (16,)
