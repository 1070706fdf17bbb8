"""How a simulated wearer's mouth speaks."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.actions import VISEMES, numbers
from vrface.simulation.behaviour.motion import Events, Floats
from vrface.simulation.behaviour.plan import TALK, Plan
from vrface.simulation.wearer import Wearer


def speech(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Visemes that overlap, in phrases of about eight syllables with pauses between.

    3-6 syllables a second: the mouth moves at 2-7 Hz in speech (Chandrasekaran 2009).
    """
    parts = [_phrases(rng, start, stop, wearer) for start, stop in plan.stretches(TALK)]
    start_s = np.concatenate([start for start, _ in parts] or [np.zeros(0)])
    length_s = np.concatenate([length for _, length in parts] or [np.zeros(0)])
    count = len(start_s)
    return Events(
        track=rng.choice(numbers(VISEMES), count),
        start_s=start_s,
        attack_s=0.6 * length_s,
        hold_s=0.2 * length_s,
        release_s=0.8 * length_s,
        height=wearer.articulation * np.exp(rng.normal(0.0, 0.35, count)),
    )


def _phrases(
    rng: np.random.Generator, start_s: float, stop_s: float, wearer: Wearer
) -> tuple[Floats, Floats]:
    """Start and length of the syllables of one stretch."""
    most = int((stop_s - start_s) * 10) + 1
    length_s = np.exp(rng.normal(0.0, 0.25, most)) / wearer.syllables_hz
    pause_s = np.where(rng.uniform(size=most) < 1 / 8, rng.uniform(0.3, 1.3, most), 0.0)
    syllable_s = start_s + np.cumsum(length_s + pause_s) - length_s
    spoken = syllable_s + 1.6 * length_s < stop_s
    return syllable_s[spoken], length_s[spoken]
