"""`Speech`: the syllables of a simulated wearer, and how the mouth shapes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.behaviour.actions import numbers
from vrface.simulation.behaviour.motion import Events, Floats
from vrface.simulation.behaviour.plan import TALK, Plan
from vrface.simulation.wearer import Wearer

_VOWELS = numbers(("open", "wide", "spread_open", "round", "round_open"))
_VOWEL_CHANCES = np.array([0.27, 0.27, 0.26, 0.1, 0.1])  # assumed
_CONSONANTS = numbers(("lips_closed", "teeth_on_lip"))

# Phrases of about eight syllables with pauses of .3-1.3 s between, and an accent on about every
# fourth syllable; a sixth of syllables begin with closed lips, fewer with teeth on a lip: assumed.
_PHRASE_ENDS = 1 / 8
_ACCENTED = 0.28
_BEGINS_WITH = np.array([0.65, 0.35])  # lips closed, teeth on lip, of those that begin so
_LIPS_BEGIN = 0.25
_ACCENT_LASTS = 1.2
_LAST_LASTS = 1.4  # phrase-final lengthening (Wightman 1992)
_LASTS = (1 + _ACCENTED * (_ACCENT_LASTS - 1)) * (1 + _PHRASE_ENDS * (_LAST_LASTS - 1))


@dataclass(frozen=True)
class Speech:
    """Syllables one after another.

    Attributes:
        start_s: [syllables] increasing.
        length_s: [syllables].
        accented: [syllables] whether the voice rises on it.
        phrase_s: [syllables] when its phrase begins.
        phrase_stop_s: [syllables] when its phrase ends.
        mouth: What the mouth does.
    """

    start_s: Floats
    length_s: Floats
    accented: NDArray[np.bool_]
    phrase_s: Floats
    phrase_stop_s: Floats
    mouth: Events

    @property
    def accents_s(self) -> Floats:
        """[accents] when the voice begins to rise."""
        return self.start_s[self.accented]


def speech(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Speech:
    """Syllables in phrases, with pauses between.

    3-6 syllables a second: the mouth moves at 2-7 Hz in speech (Chandrasekaran 2009).
    """
    parts = [_phrases(rng, start, stop, wearer) for start, stop in plan.stretches(TALK)]
    start_s, length_s, accented, first, last = (
        np.concatenate(columns) for columns in zip(_SILENCE, *parts, strict=True)
    )
    phrase = np.cumsum(first.astype(np.intp)) - 1
    stop_s = start_s + length_s
    return Speech(
        start_s=start_s,
        length_s=length_s,
        accented=accented.astype(np.bool_),
        phrase_s=start_s[first > 0][phrase],
        phrase_stop_s=stop_s[last > 0][phrase],
        mouth=_mouth(rng, start_s, length_s, accented, wearer),
    )


_SILENCE = np.zeros((5, 0))


def _phrases(rng: np.random.Generator, start_s: float, stop_s: float, wearer: Wearer) -> Floats:
    """[5, syllables] of one stretch: start, length, accented, first and last of its phrase."""
    most = int((stop_s - start_s) * 10) + 1
    ends = rng.uniform(size=most) < _PHRASE_ENDS
    accented = rng.uniform(size=most) < _ACCENTED
    length_s = np.exp(rng.normal(0.0, 0.25, most)) / (_LASTS * wearer.syllables_hz)
    length_s *= np.where(accented, _ACCENT_LASTS, 1.0) * np.where(ends, _LAST_LASTS, 1.0)
    pause_s = np.where(ends, rng.uniform(0.3, 1.3, most), 0.0)
    begins_s = start_s + 0.2 + np.cumsum(length_s + pause_s) - length_s - pause_s
    spoken = int(np.searchsorted(begins_s + 1.5 * length_s, stop_s))
    first = np.concatenate(([True], ends[:-1]))
    ends[spoken - 1] = True
    return np.stack([begins_s, length_s, accented, first, ends])[:, :spoken]


def _mouth(
    rng: np.random.Generator, start_s: Floats, length_s: Floats, accented: Floats, wearer: Wearer
) -> Events:
    """A vowel a syllable, sometimes a consonant that the lips make before it.

    The mouth is on its way to a vowel before it sounds, 100-300 ms (Chandrasekaran 2009), and still
    leaves it while the next one comes: neighbours mix (coarticulation).
    """
    count = len(start_s)
    size = wearer.articulation * np.exp(rng.normal(0.0, 0.35, count))
    vowels = Events(
        track=rng.choice(_VOWELS, count, p=_VOWEL_CHANCES),
        start_s=start_s - 0.3 * length_s,
        attack_s=0.65 * length_s,
        hold_s=0.1 * length_s,
        release_s=0.65 * length_s,
        height=size * np.where(accented > 0, 1.25, 0.9),
    )
    lips = Events(
        track=rng.choice(_CONSONANTS, count, p=_BEGINS_WITH),
        start_s=start_s - 0.3 * length_s,
        attack_s=0.3 * length_s,
        hold_s=0.05 * length_s,
        release_s=0.3 * length_s,
        height=np.exp(rng.normal(0.0, 0.25, count)),
    )
    return Events.joined([vowels, lips.kept(rng.uniform(size=count) < _LIPS_BEGIN)])
