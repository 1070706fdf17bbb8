"""Feelings that show, and feelings that are shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vrface.simulation.behaviour.actions import ACTIONS, EMOTIONS
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import LISTEN, READ, STILL, TALK, Plan
from vrface.simulation.wearer import Wearer

_NAMES = tuple(EMOTIONS)
_MIRTH = ("joy", "amusement")

# How often a feeling shows in the mouth, and each of its acts in the upper face: assumed; a smile
# is not always in the eyes, and eyes may smile alone.
_IN_MOUTH, _ABOVE = 0.8, 0.6
_UPPER_SIZE = 0.6  # of the mouth's, at expressiveness 1; assumed


def emotions(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Feelings that show: mostly smiles, slow to come and go, mostly small.

    Spontaneous expressions rise slower, stay smaller and last longer than posed ones, and their
    onset velocity is tied to their amplitude (Schmidt 2003, 2009): how long they rise does not
    depend on how far.
    """
    rate = wearer.emotions
    start_s = plan.arrivals(rng, {LISTEN: rate, TALK: rate / 2, STILL: rate / 20, READ: rate / 10})
    others = (1 - wearer.smiles) / (len(_NAMES) - len(_MIRTH))
    chance = [wearer.smiles / 2 if name in _MIRTH else others for name in _NAMES]
    count = len(start_s)
    episodes = Events(
        track=rng.choice(len(_NAMES), count, p=chance),
        start_s=start_s,
        attack_s=0.6 * np.exp(rng.normal(0.0, 0.25, count)),
        hold_s=1.2 * np.exp(rng.normal(0.0, 0.8, count)),
        release_s=np.exp(rng.normal(0.0, 0.3, count)),
        height=rng.beta(2.0, 2.5, count),
    )
    upper = _UPPER_SIZE * wearer.expressiveness
    return shown(rng, episodes, upper=upper, eyes=wearer.smile_eyes)


def shown(
    rng: np.random.Generator, episodes: Events, *, upper: float, eyes: float, whole: float = 0.0
) -> Events:
    """The mouth of each feeling and, beside it, what the upper face does.

    The upper face has a timing of its own, within .15 s. Cheeks rise with the intensity of a smile,
    not with its truth (AU6: Ambadar 2009): with the square of its height.

    Args:
        rng: Where the randomness comes from.
        episodes: When and how strong; each track is the number of one of `EMOTIONS`.
        upper: Strength of the upper face, beside the mouth's.
        eyes: Strength of the cheeks in a smile, beside the mouth's.
        whole: 0 = parts of a feeling are often missing; 1 = never.
    """
    parts = []
    for number, (name, (mouth, acts)) in enumerate(EMOTIONS.items()):
        felt = episodes.kept(episodes.track == number)
        count = len(felt.track)
        own = replace(felt, track=np.full(count, ACTIONS.index(mouth)))
        parts.append(own.kept(rng.uniform(size=count) < max(_IN_MOUTH, whole)))
        size = eyes * felt.height**2 if name in _MIRTH else upper * felt.height
        for act, strength in acts.items():
            above = Events(
                track=np.full(count, ACTIONS.index(act)),
                start_s=felt.start_s + rng.uniform(-0.15, 0.15, count),
                attack_s=felt.attack_s * np.exp(rng.normal(0.0, 0.15, count)),
                hold_s=felt.hold_s * rng.uniform(0.6, 1.1, count),
                release_s=felt.release_s,
                height=strength * size * np.exp(rng.normal(0.0, 0.3, count)),
            )
            parts.append(above.kept(rng.uniform(size=count) < max(_ABOVE, whole)))
    return Events.joined(parts)
