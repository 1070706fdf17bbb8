"""What a simulated microphone hears of a voice made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.simulators.acting import check_honest, column, sensed, still, voice, wear
from vrface.simulation.simulators import audio_features as audio

NAME = "audio_features"
FLAT = {NAME: "flat"}


def heard(families=FLAT, **sound):
    base = still(seconds=6.0)
    worn = wear(replace(base, voice=voice(len(base.time_s), **sound)), families=families)
    return sensed(NAME, worn)[1]


def bands(values):
    return values[:, : audio.BANDS].mean(axis=0)


def nearest(hertz):
    return int(np.abs(audio.centres_hz() - hertz).argmin())


def test_it_repeats_itself_stays_in_range_and_differs_where_held_out():
    check_honest(NAME)


def test_silence_has_no_pitch_and_little_energy():
    silent, spoken = heard(), heard(f0_hz=120.0, loudness=1.0)
    assert np.isnan(column(NAME, "log_f0", silent)).all()
    assert column(NAME, "voicing", silent).mean() < 0.1
    gap = column(NAME, "log_energy", spoken).mean() - column(NAME, "log_energy", silent).mean()
    assert np.log(10**1.0) < gap < np.log(10**6.0)


def test_the_first_harmonic_moves_with_f0():
    for f0_hz in (110.0, 160.0, 230.0):
        low = bands(heard(f0_hz=f0_hz, loudness=1.0))[: nearest(1.45 * f0_hz)]
        assert abs(int(low.argmax()) - nearest(f0_hz)) <= 1


def test_harmonics_stand_apart_in_low_bands():
    energy = bands(heard(f0_hz=220.0, loudness=1.0))
    between = energy[nearest(330.0)]
    assert energy[nearest(220.0)] > between + 1.0
    assert energy[nearest(440.0)] > between + 1.0


def test_the_pitch_is_found_but_for_noise_and_octaves():
    found = np.exp(column(NAME, "log_f0", heard(f0_hz=150.0, loudness=1.0)))
    assert np.nanmedian(found) == pytest.approx(150.0, rel=0.01)
    off = np.abs(found / 150.0 - 1) > 0.3
    assert 0 < off.mean() < 0.05


def test_each_vowel_is_loud_at_its_own_second_formant():
    opened, spread = (
        bands(heard(f0_hz=110.0, loudness=1.0, viseme=v)) for v in ("open", "spread_open")
    )
    second = {vowel: nearest(audio.FORMANTS[vowel][1]) for vowel in ("open", "spread_open")}
    assert spread[second["spread_open"]] > opened[second["spread_open"]] + 1.0
    assert opened[second["open"]] > spread[second["open"]] + 1.0


def test_louder_is_more_energy_by_the_square():
    one, two = (column(NAME, "log_energy", heard(f0_hz=130.0, loudness=a)).mean() for a in (1, 2))
    assert two - one == pytest.approx(np.log(4.0), abs=0.2)


def test_unvoiced_sound_is_high_and_has_no_pitch():
    hiss, vowel = heard(loudness=1.0), heard(f0_hz=130.0, loudness=1.0)
    assert np.isnan(column(NAME, "log_f0", hiss)).mean() > 0.98
    assert bands(hiss).argmax() > bands(vowel).argmax()
    assert audio.centres_hz()[bands(hiss).argmax()] > 3000


def test_closed_lips_muffle_the_voice():
    shut, opened = (
        column(NAME, "log_energy", heard(f0_hz=130.0, loudness=1.0, viseme=v)).mean()
        for v in ("lips_closed", "open")
    )
    assert opened > shut + 1.0


def test_flux_is_high_where_a_sound_begins():
    base = still(seconds=6.0)
    sound = voice(len(base.time_s), f0_hz=130.0, loudness=1.0)
    late = base.time_s > 3.0
    sound = replace(
        sound,
        loudness=(sound.loudness * late).astype(np.float32),
        f0_hz=np.where(late, sound.f0_hz, np.nan).astype(np.float32),
    )
    time_s, values = sensed(NAME, wear(replace(base, voice=sound), families=FLAT))
    flux = column(NAME, "flux", values)
    assert 3.0 < time_s[flux.argmax()] < 3.05
    assert flux.min() >= 0.0


def test_the_held_out_microphone_hears_no_high_bands():
    high = nearest(6000.0)
    muffled = bands(heard({NAME: audio.FAMILIES[-1]}, loudness=1.0))
    flat = bands(heard(loudness=1.0))
    assert muffled[high] - muffled[20] < flat[high] - flat[20] - 2.0


def test_mel_bands_grow_wider_with_frequency():
    centres = audio.centres_hz()
    assert len(centres) == audio.BANDS
    assert (np.diff(centres, n=2) > 0).all()
    assert centres[0] > audio.LOW_HZ
    assert centres[-1] < audio.HIGH_HZ
