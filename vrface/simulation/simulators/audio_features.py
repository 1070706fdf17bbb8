"""What a microphone hears of a voice: log-mel energies and pitch, by formula, without a waveform.

Source and filter (Fant 1960): a voiced sound is a row of harmonics of F0 that fall by 12 dB an
octave, and rise by 6 as they leave the lips; an unvoiced one is noise. The mouth's shape filters
them: each viseme has formants. Forty mel bands from 20 to 7600 Hz (HTK's formula) over Hann windows
of 25 ms count the power; natural logarithms; 0 is the voice at its usual loudness, whole. The room
and the microphone add theirs. Since a window ends when its sample is taken, what it tells is half a
window old.

Simplified: within a band the filter is even, and what no harmonic reaches is left to the noise.
What no source is named for is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.stream import Stream
from vrface.simulation.behaviour.actions import VISEMES
from vrface.simulation.simulators.outages import Outages
from vrface.simulation.simulators.signals import Floats, one_pole, wander
from vrface.simulation.worn import Worn

BANDS = 40
LOW_HZ, HIGH_HZ = 20.0, 7600.0
WINDOW_S = 0.025

# Formants of a mouth in no particular shape, an even tube of 17 cm, and how wide formants are.
_TUBE, _BANDWIDTHS_HZ = (500.0, 1500.0, 2500.0, 3500.0), (60.0, 90.0, 120.0, 175.0)

_MAN_HZ = 130.0  # the pitch of the voices whose formants stand below
_PITCHES_HZ = np.geomspace(60.0, 600.0, 160)

FORMANTS: dict[str, tuple[float, float, float]] = {
    "open": (730.0, 1090.0, 2440.0),
    "wide": (270.0, 2290.0, 3010.0),
    "spread_open": (530.0, 1840.0, 2480.0),
    "round": (300.0, 870.0, 2240.0),
    "round_open": (570.0, 840.0, 2410.0),
    "lips_closed": (250.0, 1100.0, 2200.0),
    "teeth_on_lip": (350.0, 1300.0, 2400.0),
}
"""First three formants of each viseme, hertz: men's vowels of Peterson & Barney 1952; of the
consonants assumed."""

MUFFLED = {"lips_closed": 0.15, "teeth_on_lip": 0.3}
"""How much of the voice closed lips let out, as amplitude: assumed."""

HIGHEST_VOICE_HZ = 4000.0
"""Above this, harmonics drown in breath."""

BREATH, UNVOICED = 0.003, 0.1
"""Power of breath in a voice, in the voice's own, and of an unvoiced sound. Assumed."""

HISS_HZ = 4500.0
"""Where the noise of unvoiced sounds is strongest. Assumed: between /s/ and /f/."""

ROOM_DB = (15.0, 40.0)
"""How far the room's noise lies below the usual voice, by donning: a living room to an office.
Assumed."""

OTHERS_PER_MINUTE = 1.0
"""How often something else is heard for a moment. Assumed."""

OCTAVE_ERRORS, PITCH_NOISE = 0.01, 0.01
"""Share of samples whose pitch is off by an octave, and noise of its logarithm. Assumed, as pitch
trackers err."""

VOICED_ABOVE = 0.35
"""Voicing below which no pitch is given."""

_QUIET = 1e-7  # of a converter's own noise, 70 dB below the usual voice


@dataclass(frozen=True)
class _Family:
    """How a microphone answers.

    Attributes:
        low_hz: Below this it hears less.
        high_hz: Above this it hears less.
        presence_db: Lift around 3 kHz.
        levelled: Share of slow loudness changes that a gain control takes away.
    """

    low_hz: float = 60.0
    high_hz: float = 7600.0
    presence_db: float = 0.0
    levelled: float = 0.0


_FAMILIES = {
    "flat": _Family(),
    "bright": _Family(low_hz=120.0, presence_db=6.0),
    "levelled": _Family(low_hz=80.0, presence_db=2.0, levelled=0.5),
    "muffled": _Family(low_hz=200.0, high_hz=3800.0, presence_db=-4.0, levelled=0.3),
}

FAMILIES: tuple[str, ...] = tuple(_FAMILIES)
"""How the microphone answers; the last one is held out for testing."""


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Features of the voice; protocol of `Sense`. ``log_f0`` is NaN while unvoiced."""
    family = _FAMILIES[worn.family(stream.name)]
    rng, noise = worn.donned(stream.name), worn.noise(stream.name)
    voiced, hiss, f0_hz = _sources(worn, time_s - WINDOW_S / 2)
    # Few independent samples of noise fit in a window and a narrow band: its energy scatters.
    scatter = np.sqrt(1.0 / np.maximum(np.diff(_edges_hz())[:-1] * WINDOW_S, 1.0))
    voiced *= np.exp(0.1 * wander(noise, time_s, WINDOW_S / 2, BANDS))
    hiss += _room(rng, noise, worn.performance.seconds, time_s)
    hiss *= np.exp(scatter * wander(noise, time_s, WINDOW_S / 2, BANDS))
    # How far the microphone is from the lips, by donning.
    answer = _answer(family) * np.exp(0.7 * rng.standard_normal())
    energy = (voiced + hiss) * answer + _QUIET
    voicing = (voiced * answer).sum(axis=1) / energy.sum(axis=1)
    voicing = np.clip(voicing + 0.05 * noise.standard_normal(len(time_s)), 0.0, 1.0)
    if family.levelled:
        slow = one_pole(energy.sum(axis=1, keepdims=True), time_s, 1.0)
        energy *= (slow + 1e-3) ** -family.levelled
    log_mel = np.log(energy)

    features = {f"log_mel_{band:02d}": log_mel[:, band] for band in range(BANDS)}
    features["log_energy"] = np.log(energy.sum(axis=1))
    features["log_f0"] = _log_pitch(noise, f0_hz, voicing)
    features["voicing"] = voicing
    # How much the spectrum rose since the last sample (half-wave rectified flux, Dixon 2006).
    rise = np.diff(log_mel, axis=0, prepend=log_mel[:1])
    features["flux"] = np.maximum(rise, 0.0).mean(axis=1)
    return np.stack([features[name] for name in stream.channels], axis=1).astype(np.float32)


def _sources(worn: Worn, time_s: Floats) -> tuple[Floats, Floats, Floats]:
    """Power of harmonics and of hiss [times, bands], and F0 [times], NaN while there is none."""
    voice, known_s = worn.performance.voice, worn.performance.time_s
    instant = np.clip(np.searchsorted(known_s, time_s, side="right") - 1, 0, len(known_s) - 1)
    f0_hz = voice.f0_hz[instant].astype(np.float64)
    power = np.interp(time_s, known_s, voice.loudness)[:, None] ** 2
    visemes = np.clip(voice.visemes[instant].astype(np.float64), 0.0, None)
    mouth = np.concatenate([visemes, np.maximum(1.0 - visemes.sum(1, keepdims=True), 0.0)], axis=1)
    mouth /= mouth.sum(axis=1, keepdims=True)

    pitched = ~np.isnan(f0_hz)
    usual_hz = float(np.median(f0_hz[pitched])) if pitched.any() else _MAN_HZ
    # A mouth filters what the throat makes; hiss is made at its front, and is hardly filtered.
    filtered = np.exp(mouth @ _filters(round((usual_hz / _MAN_HZ) ** 0.3, 2)))
    sounding = pitched[:, None] * power
    voiced = sounding * filtered * _harmonics(np.where(pitched, f0_hz, _MAN_HZ))
    hiss = _hiss() * (BREATH * sounding + UNVOICED * (power - sounding))
    return voiced, hiss, f0_hz


def _room(
    rng: np.random.Generator, noise: np.random.Generator, seconds: float, time_s: Floats
) -> Floats:
    """[times, bands] power of what is not the voice: a hum, and now and then somebody else."""
    level = 10 ** (-rng.uniform(*ROOM_DB) / 10)
    spectrum = np.diff(_edges_hz())[:-1] / (1.0 + centres_hz() / rng.uniform(100.0, 1000.0))
    wandering = np.exp(0.4 * wander(noise, time_s, 10.0, 1))
    room = level * wandering * spectrum / spectrum.sum()
    others = Outages.drawn(noise, seconds, OTHERS_PER_MINUTE, 0.3, 3.0).cover(time_s)
    heard = others[:, None] * np.exp(wander(noise, time_s, 0.1, 1))
    return np.asarray(room + 3.0 * level * heard * _harmonics(np.array([_MAN_HZ])))


def _log_pitch(noise: np.random.Generator, f0_hz: Floats, voicing: Floats) -> Floats:
    """[times] what a pitch tracker finds: NaN where nothing is voiced enough."""
    count = len(f0_hz)
    octaves = np.where(noise.uniform(size=count) < OCTAVE_ERRORS, noise.choice([-1, 1], count), 0)
    found = np.log(f0_hz) + octaves * np.log(2.0) + PITCH_NOISE * noise.standard_normal(count)
    return np.where(voicing > VOICED_ABOVE, found, np.nan)


def _answer(family: _Family) -> Floats:
    """[bands] how much of each band's power the microphone lets through."""
    hertz = centres_hz()
    low = 1.0 / (1.0 + (family.low_hz / hertz) ** 4)
    high = 1.0 / (1.0 + (hertz / family.high_hz) ** 8)
    presence = family.presence_db * np.exp(-(np.log2(hertz / 3000.0) ** 2))
    return np.asarray(low * high * 10 ** (presence / 10))


def _edges_hz() -> Floats:
    """[bands + 2] edges and centres of the mel bands: ``mel = 2595 log10(1 + f / 700)``."""
    low, high = 2595.0 * np.log10(1.0 + np.array([LOW_HZ, HIGH_HZ]) / 700.0)
    return np.asarray(700.0 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0))


def centres_hz() -> Floats:
    """[bands] hertz."""
    return _edges_hz()[1:-1]


def _heard(hertz: Floats) -> Floats:
    """[..., bands] how much each band counts of a tone: a triangle, blurred by the window."""
    edges = _edges_hz()
    blur = np.hanning(11)[1:-1] ** 2
    main_lobe_hz = np.linspace(-0.8, 0.8, len(blur)) * 2.0 / WINDOW_S
    tone = np.abs(hertz[..., None, None] + main_lobe_hz[:, None])
    rise = (tone - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - tone) / np.diff(edges)[1:]
    triangle = np.clip(np.minimum(rise, fall), 0.0, None)
    return np.asarray(np.einsum("l,...lb->...b", blur / blur.sum(), triangle))


@cache
def _combs() -> Floats:
    """[pitches, bands] share of a source's power in each band, for each of `_PITCHES_HZ`."""
    harmonic = np.arange(1, int(HIGH_HZ / _PITCHES_HZ[0]))
    hertz = _PITCHES_HZ[:, None] * harmonic
    # -12 dB an octave from the throat, +6 from the lips.
    power = harmonic**-2.0 / (1.0 + (hertz / HIGHEST_VOICE_HZ) ** 4)
    combs = np.stack([p @ _heard(h) for p, h in zip(power, hertz, strict=True)])
    return np.asarray(combs / combs.sum(axis=1, keepdims=True))


def _harmonics(f0_hz: Floats) -> Floats:
    """[times, bands] share of a voiced source's power in each band."""
    place = np.interp(np.log(f0_hz), np.log(_PITCHES_HZ), np.arange(len(_PITCHES_HZ)))
    left = np.minimum(place.astype(np.intp), len(_PITCHES_HZ) - 2)
    part = (place - left)[:, None]
    return np.asarray(_combs()[left] * (1 - part) + _combs()[left + 1] * part)


@cache
def _filters(scale: float) -> Floats:
    """[visemes + 1, bands] log power that each mouth shape adds, the resting one last.

    Resonances one behind the other (Fant 1960): ``F^4 / ((F^2 - f^2)^2 + (B f)^2)``; shorter
    throats resonate higher, by `scale`.
    """
    hertz = centres_hz()
    filters = []
    for name in (*VISEMES, "rest"):
        peaks = (*FORMANTS.get(name, _TUBE[:3]), _TUBE[3])
        power = np.zeros(BANDS)
        for peak, width in zip(np.array(peaks) * scale, _BANDWIDTHS_HZ, strict=True):
            power += np.log(peak**4 / ((peak**2 - hertz**2) ** 2 + (width * hertz) ** 2))
        filters.append(power + 2.0 * np.log(MUFFLED.get(name, 1.0)))
    table = np.stack(filters)
    usual = np.exp(table[-1]) @ _harmonics(np.array([_MAN_HZ]))[0]
    return np.asarray(table - np.log(usual))


@cache
def _hiss() -> Floats:
    """[bands] share of an unvoiced sound's power in each band."""
    spectrum = np.diff(_edges_hz())[:-1] * np.exp(-((centres_hz() / HISS_HZ - 1.0) ** 2) / 0.2)
    return np.asarray(spectrum / spectrum.sum())
