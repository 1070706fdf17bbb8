"""`Voice`: what a microphone could hear of a simulated wearer, without a microphone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.behaviour.actions import VISEMES, numbers
from vrface.simulation.behaviour.laughter import Laughter
from vrface.simulation.behaviour.motion import Events, Floats, waves
from vrface.simulation.behaviour.speech import Speech
from vrface.simulation.wearer import Wearer

# An accent lifts the voice by 2-6 semitones within .1-.25 s ('t Hart, Collier & Cohen 1990); each
# wearer's range scales that.
_ACCENT_SEMITONES = 4.0
_ACCENT_LOG_SPREAD = 0.35

_MEAN_ACCENT = 0.25  # how far accents lift the mean pitch, of the height of one

_SPEECH_LOUDNESS, _ACCENT_LOUDNESS = 0.75, 1.1  # assumed
_UNVOICED_ONSET = 0.45  # share of syllables that begin with an unvoiced consonant; assumed
_UNVOICED_SHARE = 0.3  # of such a syllable; assumed


@dataclass(frozen=True, eq=False)
class Voice:
    """What a microphone could hear, without a microphone.

    Attributes:
        f0_hz: [instants] fundamental frequency; NaN while unvoiced or silent.
        loudness: [instants] 0 = silent, 1 = as loud as this wearer usually speaks; above for shouts
            and laughter.
        visemes: [instants, visemes] how far the mouth is in each of `VISEMES`, in their order.
    """

    f0_hz: NDArray[np.float32]
    loudness: NDArray[np.float32]
    visemes: NDArray[np.float32]


def voice(
    rng: np.random.Generator,
    speech: Speech,
    laughter: Laughter,
    acts: Floats,
    wearer: Wearer,
    time_s: Floats,
) -> Voice:
    """The voice of speech and of laughter.

    Args:
        rng: Where the randomness comes from.
        speech: The syllables.
        laughter: The bursts.
        acts: [actions, times] how far each act has gone.
        wearer: Whose voice.
        time_s: [times] increasing.
    """
    count = len(speech.start_s)
    accented = speech.accented
    loud = np.where(accented, _ACCENT_LOUDNESS, _SPEECH_LOUDNESS)
    sounds = Events(
        track=np.zeros(count, np.intp),
        start_s=speech.start_s,
        attack_s=0.4 * speech.length_s,
        hold_s=0.1 * speech.length_s,
        release_s=0.5 * speech.length_s,
        height=loud * np.exp(rng.normal(0.0, 0.15, count)),
    )
    unvoiced_share = np.where(rng.uniform(size=count) < _UNVOICED_ONSET, _UNVOICED_SHARE, 0.02)
    loudness = Events.joined([sounds, laughter.sounds]).levels(time_s, 1)[0]

    semitones = _intonation(rng, speech, wearer, time_s)
    spoken = _voiced(speech.start_s, speech.length_s, unvoiced_share, time_s)
    laughs, burst = _latest(laughter.sounds.start_s, laughter.sounds.stop_s, time_s)
    f0_hz = np.full(len(time_s), np.nan)
    f0_hz[spoken] = wearer.pitch_hz * 2 ** (semitones[spoken] / 12)
    f0_hz[laughs] = laughter.pitch_hz[burst[laughs]]
    return Voice(
        f0_hz=f0_hz.astype(np.float32),
        loudness=loudness.astype(np.float32),
        visemes=acts[numbers(VISEMES)].T.astype(np.float32),
    )


def _intonation(rng: np.random.Generator, speech: Speech, wearer: Wearer, time_s: Floats) -> Floats:
    """[times] semitones above the wearer's mean pitch.

    A phrase of T seconds falls by ``11 / (T + 1.5)`` semitones a second ('t Hart, Collier & Cohen
    1990), its accents rise above that, its last syllable falls, or rises if more is to come.
    """
    liveliness = wearer.pitch_range / _ACCENT_SEMITONES
    phrases, of_syllable = np.unique(speech.phrase_s, return_index=True)
    stops = speech.phrase_stop_s[of_syllable]
    accents_s = speech.accents_s
    count = len(accents_s)
    accents = Events(
        track=np.zeros(count, np.intp),
        start_s=accents_s,
        attack_s=rng.uniform(0.1, 0.25, count),
        hold_s=rng.uniform(0.0, 0.08, count),
        release_s=rng.uniform(0.15, 0.3, count),
        height=wearer.pitch_range * np.exp(rng.normal(0.0, _ACCENT_LOG_SPREAD, count)),
    )
    count = len(phrases)
    ends = Events(
        track=np.zeros(count, np.intp),
        start_s=stops - 0.35,
        attack_s=np.full(count, 0.35),
        hold_s=np.zeros(count),
        release_s=np.full(count, 0.05),
        height=rng.choice([-3.0, -1.5, 3.0], count, p=[0.5, 0.2, 0.3]) * liveliness,
    )
    semitones = Events.joined([accents, ends]).levels(time_s, 1)[0]
    within, phrase = _latest(phrases, stops, time_s)
    phrase = phrase[within]
    lasts_s = stops[phrase] - phrases[phrase]
    middle_s = (stops[phrase] + phrases[phrase]) / 2
    semitones[within] -= 11 / (lasts_s + 1.5) * (time_s[within] - middle_s) * min(liveliness, 1.0)
    # A voice is never steady: by a tenth of a tone, assumed.
    unsteady = 0.2 * waves(rng, time_s, 1, (2.0, 8.0), 8)[:, 0]
    level: Floats = semitones + unsteady - _MEAN_ACCENT * wearer.pitch_range
    return level


def _voiced(
    start_s: Floats, length_s: Floats, unvoiced_share: Floats, time_s: Floats
) -> NDArray[np.bool_]:
    """[times] whether the voice sounds; the last tenth of a syllable fades out."""
    within, _ = _latest(start_s + unvoiced_share * length_s, start_s + 0.9 * length_s, time_s)
    return within


def _latest(
    start_s: Floats, stop_s: Floats, time_s: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """[times] whether anything lasts, and which began last; intervals do not overlap."""
    which = np.searchsorted(start_s, time_s, side="right") - 1
    if not len(start_s):
        return np.zeros(len(time_s), np.bool_), which
    return (which >= 0) & (time_s < stop_s[which]), which
