import numpy as np
import pytest

from tests.simulation.behaviour.plans import EYES, rng
from vrface.simulation.behaviour.eye_habits import READING, RESTING, TALKING, EyeHabits

PEOPLE = [EyeHabits.drawn(rng(seed)) for seed in range(2000)]


def over_people(name):
    return np.array([getattr(person, name) for person in PEOPLE])


RATES = np.stack([over_people(f"blinks_{name}") for name in ("talking", "resting", "reading")])


def test_one_generator_is_one_person():
    again = EyeHabits.drawn(rng(3))
    assert again.blinks_talking == EYES[3].blinks_talking != EYES[4].blinks_talking
    np.testing.assert_array_equal(again.pupil_mm, EYES[3].pupil_mm)


def test_blink_rates_are_lognormal_about_the_published_ones():
    """Bentivoglio 1997; 16 people in a headset spread by .44."""
    for rates, published in zip(RATES, (TALKING, RESTING, READING), strict=True):
        logs = np.log(rates)
        assert np.exp(logs.mean()) == pytest.approx(published, rel=0.05)
        assert abs(np.mean(((logs - logs.mean()) / logs.std()) ** 3)) < 0.2
    assert np.log(RATES[1]).std() == pytest.approx(0.44, abs=0.06)


def test_who_blinks_most_when_is_as_often_so_as_published():
    """Bentivoglio 1997: 67.3 % conversation > rest > reading, 22.7 % rest > conversation > reading,
    8 % conversation > reading > rest.
    """
    talking, resting, reading = RATES
    assert np.mean((talking > resting) & (resting > reading)) == pytest.approx(0.673, abs=0.08)
    assert np.mean((resting > talking) & (talking > reading)) == pytest.approx(0.227, abs=0.06)
    assert np.mean((talking > reading) & (reading > resting)) == pytest.approx(0.08, abs=0.05)


def test_lids_close_faster_than_they_open():
    """40-47 % (Ferrario, Sforza 2008); 66 ms (search coils) to 90 ms down (VanderWerf 2003)."""
    assert 1.40 < np.median(over_people("opening_s") / over_people("closing_s")) < 1.47
    assert 0.066 < np.median(over_people("closing_s")) < 0.09


def test_half_of_all_blinks_are_partial():
    """741 of 1,414 (Ousler 2014)."""
    assert 1 - over_people("complete").mean() == pytest.approx(741 / 1414, abs=0.03)


def test_a_raised_gaze_hardly_moves_the_brow_in_most():
    """.02-.07 in one person on open Live Link Face takes, .19 in another."""
    brow_up = over_people("brow_up")
    assert 0.02 < np.median(brow_up) < 0.07
    assert 0.01 < np.mean(brow_up > 0.19) < 0.1


def test_a_lowered_gaze_lifts_the_brow_in_most():
    """By .02-.23 over open Live Link Face takes of two people, not at all in one."""
    net = over_people("brow_up") - over_people("brow_down")
    assert -0.25 < np.median(net) < -0.05
    assert 0.05 < np.mean(net > 0) < 0.3


def test_eyes_rest_low_in_some_and_high_in_others():
    """Open Live Link Face takes rest 17 degrees below and 17 above."""
    pitch = np.rad2deg(over_people("gaze_home")[:, 1])
    assert np.abs(pitch).max() <= 20.1
    assert np.mean(np.abs(pitch) > 9) > 0.45


def test_pupils_and_eye_distances_are_human():
    """Pupils 2.5-6 mm, 16 people in a headset differ by SD .15 from eye to eye; eyes are 63 mm
    apart, 50-75 in most (Dodgson 2004).
    """
    pupils, apart_m = over_people("pupil_mm"), over_people("apart_m")
    assert np.quantile(pupils, (0.005, 0.995)) == pytest.approx((2.5, 6.0), abs=0.5)
    assert np.std(np.diff(pupils, axis=1)) == pytest.approx(0.15, rel=0.1)
    assert apart_m.mean() == pytest.approx(0.063, rel=0.01)
    assert np.mean((apart_m > 0.05) & (apart_m < 0.075)) > 0.99


def test_most_people_can_wink_and_some_cannot():
    assert 0.02 < np.mean(over_people("wink_drag") > 0.5) < 0.3
