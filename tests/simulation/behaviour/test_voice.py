from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.behaviour.plans import rng, whole
from vrface.face.blendshapes import index
from vrface.simulation.behaviour.actions import ACTIONS, VISEMES, action_matrix
from vrface.simulation.behaviour.laughter import laughter
from vrface.simulation.behaviour.plan import STILL, TALK
from vrface.simulation.behaviour.speech import speech
from vrface.simulation.behaviour.voice import voice
from vrface.simulation.wearer import Wearer

WEARER = replace(Wearer.drawn(0), pitch_hz=120.0, pitch_range=3.5)
TIME_S = np.arange(0, 300, 0.01)


def heard(wearer, activity=TALK):
    plan = whole(activity, 300.0)
    spoken = speech(rng(), plan, wearer)
    levels = spoken.mouth.levels(TIME_S, len(ACTIONS))
    sound = voice(rng(), spoken, laughter(rng(), plan, wearer), levels, wearer, TIME_S)
    return spoken, levels, sound


SPOKEN, LEVELS, SOUND = heard(WEARER)


def semitones_at(time_s, sound=SOUND):
    return 12 * np.log2(sound.f0_hz[np.searchsorted(TIME_S, time_s)] / 120.0)


def test_pitch_is_the_wearers_and_moves_by_two_to_four_semitones():
    """SD of conversation (Traunmueller & Eriksson 1995)."""
    f0 = SOUND.f0_hz[np.isfinite(SOUND.f0_hz)]
    semitones = 12 * np.log2(f0 / 120.0)
    assert abs(semitones.mean()) < 1.0
    assert 1.5 < semitones.std() < 4.5
    assert 50 < f0.min() < f0.max() < 400


def test_a_wider_range_moves_more():
    lively = heard(replace(WEARER, pitch_range=6.0))[2].f0_hz
    assert np.nanstd(np.log2(lively)) > 1.2 * np.nanstd(np.log2(SOUND.f0_hz))


def test_pitch_falls_along_a_phrase():
    """Declination: 11 / (T + 1.5) semitones a second ('t Hart, Collier & Cohen 1990)."""
    flat = replace(WEARER, pitch_range=3.9)
    spoken, _, sound = heard(flat)
    slopes, wanted = [], []
    for start in np.unique(spoken.phrase_s):
        stop = spoken.phrase_stop_s[spoken.phrase_s == start][0]
        since = TIME_S - start
        inside = (since > 0) & (since < stop - start - 0.35) & np.isfinite(sound.f0_hz)
        if stop - start > 1.5 and inside.sum() > 30:
            pitch = 12 * np.log2(sound.f0_hz[inside] / 120.0)
            slopes.append(np.polyfit(TIME_S[inside], pitch, 1)[0])
            wanted.append(-11 / (stop - start + 1.5))
    assert len(slopes) > 20
    assert np.median(slopes) == pytest.approx(np.median(wanted), rel=0.3)


def test_pitch_rises_on_an_accent():
    """By 2-6 semitones ('t Hart, Collier & Cohen 1990)."""
    length_s = SPOKEN.length_s[SPOKEN.accented]
    rise = semitones_at(SPOKEN.accents_s + 0.8 * length_s) - semitones_at(
        SPOKEN.accents_s + 0.35 * length_s
    )
    rest = SPOKEN.start_s[~SPOKEN.accented], SPOKEN.length_s[~SPOKEN.accented]
    elsewhere = semitones_at(rest[0] + 0.8 * rest[1]) - semitones_at(rest[0] + 0.35 * rest[1])
    assert np.nanmedian(rise) > 0.5 > np.nanmedian(elsewhere)


def test_it_is_silent_between_phrases_and_while_not_talking():
    talking = np.zeros(len(TIME_S), bool)
    for start, stop in zip(SPOKEN.start_s, SPOKEN.start_s + SPOKEN.length_s, strict=True):
        talking |= (start - 0.01 <= TIME_S) & (stop + 0.01 >= TIME_S)
    assert (SOUND.loudness[~talking] == 0).all()
    assert np.isnan(SOUND.f0_hz[~talking]).all()
    assert 0.5 < np.isfinite(SOUND.f0_hz[talking]).mean() < 0.9
    quiet = heard(WEARER, STILL)[2]
    assert not quiet.loudness.any()
    assert np.isnan(quiet.f0_hz).all()


def test_loudness_beats_with_the_syllables_and_is_about_one():
    assert (
        0.7
        < np.median(
            [SOUND.loudness[(t <= TIME_S) & (t + 0.3 > TIME_S)].max() for t in SPOKEN.start_s]
        )
        < 1.3
    )
    accents = np.searchsorted(TIME_S, SPOKEN.start_s + 0.45 * SPOKEN.length_s)
    loud = SOUND.loudness[accents]
    assert loud[SPOKEN.accented].mean() > 1.2 * loud[~SPOKEN.accented].mean()


def test_the_mouth_is_ahead_of_the_voice():
    """By 100-300 ms at its onset (Chandrasekaran 2009); open mouths are loud."""
    jaw = LEVELS.T @ action_matrix()[:, index("jawOpen")]
    lags = np.arange(-30, 31)
    fit = [
        np.corrcoef(jaw[100:-100], np.roll(SOUND.loudness, -lag)[100:-100])[0, 1] for lag in lags
    ]
    assert max(fit) > 0.4
    assert 0 <= lags[np.argmax(fit)] * 0.01 < 0.3


def test_visemes_are_those_of_the_mouth():
    rows = [ACTIONS.index(name) for name in VISEMES]
    np.testing.assert_allclose(SOUND.visemes, LEVELS[rows].T, atol=1e-6)
