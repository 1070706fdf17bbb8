from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.face.blendshapes import BLENDSHAPES, group_of, indices
from vrface.simulation.behaviour.actions import ACTIONS, VISEMES, action_matrix, numbers
from vrface.simulation.behaviour.plan import LISTEN, TALK
from vrface.simulation.behaviour.speech import speech
from vrface.simulation.wearer import Wearer

WEARER = Wearer.drawn(0)
FOUND = speech(rng(), whole(TALK), WEARER)


def test_syllables_come_at_the_wearers_rate():
    """3-6 Hz, as the mouth in speech (Chandrasekaran 2009)."""
    for hertz in (3.5, 5.5):
        found = speech(rng(), whole(TALK), replace(WEARER, syllables_hz=hertz))
        assert 1 / np.median(np.diff(found.start_s)) == pytest.approx(hertz, rel=0.1)
    assert all(3 <= Wearer.drawn(seed).syllables_hz <= 6 for seed in range(50))


def test_syllables_stand_in_phrases_with_pauses_between():
    gaps = FOUND.start_s[1:] - (FOUND.start_s + FOUND.length_s)[:-1]
    assert np.mean(gaps > 0.29) == pytest.approx(1 / 8, abs=0.04)
    assert (gaps > -1e-9).all()
    new = np.flatnonzero(np.diff(FOUND.phrase_s) > 0)
    np.testing.assert_allclose(gaps[new], np.clip(gaps[new], 0.3, 1.3))
    within = (FOUND.start_s >= FOUND.phrase_s) & (FOUND.start_s < FOUND.phrase_stop_s)
    assert within.all()


def test_the_last_syllable_of_a_phrase_is_drawn_out():
    last = np.isclose(FOUND.start_s + FOUND.length_s, FOUND.phrase_stop_s)
    assert 1.2 < np.median(FOUND.length_s[last]) / np.median(FOUND.length_s[~last]) < 1.6


def test_speech_keeps_to_its_stretch():
    assert (FOUND.mouth.stop_s <= 600).all()
    silent = speech(rng(), whole(LISTEN), WEARER)
    assert len(silent.start_s) == len(silent.mouth.start_s) == len(silent.accents_s) == 0


def test_speech_moves_the_lower_face_only():
    lower = [n for n in BLENDSHAPES if group_of(n) == "mouth" or n.startswith("cheekPuff")]
    upper = np.setdiff1d(np.arange(len(BLENDSHAPES)), indices(lower))
    assert set(FOUND.mouth.track) == set(numbers(VISEMES))
    assert not action_matrix()[numbers(VISEMES)][:, upper].any()


def test_neighbouring_syllables_mix():
    """Coarticulation: the mouth is on its way to a vowel while it still leaves the last one."""
    vowels = np.isin(FOUND.mouth.track, numbers(("open", "wide", "spread_open")))
    vowel = FOUND.mouth.kept(vowels)
    order = np.argsort(vowel.start_s)
    assert np.mean(vowel.start_s[order][1:] < vowel.stop_s[order][:-1]) > 0.6


def test_the_mouth_opens_and_closes_two_to_seven_times_a_second():
    """Chandrasekaran 2009."""
    time_s = np.arange(0, 600, 1 / 60)
    jaw = FOUND.mouth.levels(time_s, len(ACTIONS)).T @ action_matrix()[:, indices(["jawOpen"])]
    power = np.abs(np.fft.rfft(np.diff(jaw[:, 0]))) ** 2
    hertz = np.fft.rfftfreq(len(jaw) - 1, 1 / 60)
    assert power[(hertz > 2) & (hertz < 7)].sum() > 0.5 * power.sum()
    assert power[hertz > 7].sum() < 0.15 * power.sum()
