"""A range of motion: posed acts, of the upper face and of the mouth."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.actions import (
    ACTIONS,
    EMOTIONS,
    FACE_POSES,
    MOUTH_POSES,
    MOUTHS,
    UPPER,
    numbers,
)
from vrface.simulation.behaviour.brows import widened
from vrface.simulation.behaviour.emotions import shown
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import POSE, Plan
from vrface.simulation.wearer import Wearer

_BROWS = ("brow_raise", "brow_knit")  # asked for twice as often as the others
_KINDS = tuple(numbers(acts) for acts in ((*UPPER, *_BROWS), FACE_POSES))

# What is asked of the upper face: an act of its own, one of the whole face, a feeling. How often,
# how long it is held, the rest before the next, and in how many stretches the mouth is asked at the
# same time, not in its own: assumed, after open Live Link Face takes of a range of motion. There
# both move at once most of the time, and the jaw more than any other shape.
_CHANCES = np.array([0.42, 0.1, 0.48])
_HOLD_S, _REST_S, _MOUTH_REST_S = 1.3, 0.15, 0.4
_AT_ONCE = 0.5
_WHOLE = 0.85  # share of the parts of a posed feeling that are shown
_MOUTH_ACTS = numbers({**MOUTHS, **MOUTH_POSES})
_MOUTH_WEIGHTS = {"jaw_open": 4.0, "smirk_left": 0.4, "smirk_right": 0.4}
_MOUTH_CHANCES = np.array([_MOUTH_WEIGHTS.get(ACTIONS[act], 1.0) for act in _MOUTH_ACTS])
_MOUTH_CHANCES /= _MOUTH_CHANCES.sum()


def poses(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Upper face and mouth, each from one act to the next, strong, with a rest between.

    Posed acts rise faster and go further than spontaneous ones (Schmidt 2003, 2009).
    """
    upper, mouth = [], []
    for start_s, stop_s in plan.stretches(POSE):
        upper.append(_prompts(rng, start_s, stop_s, _REST_S, wearer))
        apart = _prompts(rng, start_s, stop_s, _MOUTH_REST_S, wearer)
        mouth.append(upper[-1] if rng.uniform() < _AT_ONCE else apart)
    above, below = Events.joined(upper), Events.joined(mouth)
    below.track[:] = rng.choice(_MOUTH_ACTS, len(below.track), p=_MOUTH_CHANCES)
    kind = rng.choice(len(_CHANCES), len(above.track), p=_CHANCES)
    parts = [below]
    for number, acts in enumerate(_KINDS):
        of = above.kept(kind == number)
        of.track[:] = rng.choice(acts, len(of.track))
        parts += [of, widened(rng, of, wearer)]
    felt = above.kept(kind == len(_KINDS))
    felt.track[:] = rng.choice(len(EMOTIONS), len(felt.track))
    feelings = shown(rng, felt, upper=1.0, eyes=wearer.smile_eyes, whole=_WHOLE)
    return Events.joined([*parts, feelings])


def _prompts(
    rng: np.random.Generator, start_s: float, stop_s: float, rest_s: float, wearer: Wearer
) -> Events:
    """When each act of a stretch is held, and how far; the pace differs from stretch to stretch."""
    most = int((stop_s - start_s) / 0.3) + 1
    attack_s, release_s = rng.uniform(0.12, 0.4, (2, most))
    hold_s = np.exp(rng.normal(0.0, 0.4)) * np.exp(rng.normal(np.log(_HOLD_S), 0.5, most))
    gap_s = np.exp(rng.normal(0.0, 0.6)) * np.exp(rng.normal(np.log(rest_s), 0.7, most))
    length_s = attack_s + hold_s + release_s
    return Events(
        track=np.zeros(most, np.intp),
        start_s=start_s + np.cumsum(gap_s + length_s) - length_s,
        attack_s=attack_s,
        hold_s=hold_s,
        release_s=release_s,
        height=wearer.posing * rng.uniform(0.5, 1.4, most),
    ).within(start_s, stop_s)
