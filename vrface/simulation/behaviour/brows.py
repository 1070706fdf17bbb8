"""Brows, lids and nose in conversation: raises, many with the voice, frowns, squints, wide eyes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.simulation.behaviour.actions import ACTIONS, numbers
from vrface.simulation.behaviour.motion import Events, Floats
from vrface.simulation.behaviour.plan import LISTEN, READ, STILL, TALK, TALK_PER_LISTEN, Plan
from vrface.simulation.behaviour.speech import Speech
from vrface.simulation.wearer import Wearer

# 71 % of rapid brow raises go with a rise of F0, 38 % come while not speaking (Guaitella et al.
# 2009, Cave et al. 1996): the voice explains at most .71 * .62 = .44 of them.
WITH_PITCH = 0.71
NOT_SPEAKING = 0.38

LEAD_S = 0.6
"""The voice rises up to this long before the brow does (Gast 2023)."""

# Strengths of an act at expressiveness 1: many small, few large, as in open Live Link Face takes
# of conversation, where brows move by .02-.08 (SD) and hardly ever by .2.
_RAISE, _FROWN = 0.19, 0.14
_LOG_SPREAD = 0.75
_STRONGEST = 1.4

_RAISES = numbers(("brow_raise", "inner_brow_raise", "outer_brow_raise"))
_RAISE_CHANCES = np.array([0.6, 0.2, 0.2])  # assumed
_FROWNS = numbers(("brow_knit", "squint", "widen", "nose_wrinkle"))
_FROWN_CHANCES = np.array([0.45, 0.25, 0.2, 0.1])  # assumed

# Of the rate of frowns in conversation, while sitting still or reading: assumed, since no hidden
# face of open Live Link Face takes stays still for longer than 1-4 s.
_ALONE = 0.5


def brow_raises(rng: np.random.Generator, plan: Plan, speech: Speech, wearer: Wearer) -> Events:
    """Brow raises of conversation, while speaking with the voice or without, and as a backchannel.

    Some widen the eyes as well.
    """
    silent = TALK_PER_LISTEN * NOT_SPEAKING / (1 - NOT_SPEAKING)
    listening_s = plan.arrivals(rng, {LISTEN: wearer.brow_raises * silent})
    speaking_s = _while_speaking(rng, plan, speech, wearer)
    start_s = np.concatenate((listening_s, speaking_s))
    raises = _acts(rng, start_s, rng.choice(_RAISES, len(start_s), p=_RAISE_CHANCES), wearer)
    raises.height[:] *= _RAISE
    return Events.joined([raises, widened(rng, raises, wearer)])


def widened(rng: np.random.Generator, acts: Events, wearer: Wearer) -> Events:
    """Wide eyes that come with some of the brow raises among `acts`, as this wearer does."""
    both = np.isin(acts.track, _RAISES) & (rng.uniform(size=len(acts.track)) < wearer.widens)
    wide = acts.kept(both)
    wide.track[:] = ACTIONS.index("widen")
    return wide


def frowns(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Knitted brows, squints, wide eyes, a wrinkled nose, whether speaking or not."""
    rate = wearer.frowns
    alone = _ALONE * rate
    start_s = plan.arrivals(rng, {TALK: rate, LISTEN: rate, STILL: alone, READ: alone})
    found = _acts(rng, start_s, rng.choice(_FROWNS, len(start_s), p=_FROWN_CHANCES), wearer)
    found.height[:] *= _FROWN
    return found


def _while_speaking(rng: np.random.Generator, plan: Plan, speech: Speech, wearer: Wearer) -> Floats:
    """When brows rise while talking: 71 % soon after the voice does, the rest when it does not."""
    count = len(plan.arrivals(rng, {TALK: wearer.brow_raises}))
    accents_s = speech.accents_s
    with_pitch = (rng.uniform(size=count) < WITH_PITCH) & (len(accents_s) > 0)
    due = int(with_pitch.sum())
    accent_s = rng.choice(accents_s, due) if due else np.zeros(0)
    led_s = accent_s + LEAD_S * rng.beta(1.3, 2.0, due)
    anywhere_s = rng.permutation(plan.arrivals(rng, {TALK: 10 * wearer.brow_raises}))
    alone_s = anywhere_s[~follows(anywhere_s, accents_s)][: count - due]
    return np.concatenate((led_s, alone_s))


def follows(time_s: Floats, accents_s: Floats) -> NDArray[np.bool_]:
    """[times] whether the voice has risen at most `LEAD_S` before each."""
    earlier = np.concatenate(([-np.inf], accents_s))
    latest_s = earlier[np.searchsorted(accents_s, time_s, side="right")]
    within: NDArray[np.bool_] = time_s - latest_s <= LEAD_S
    return within


def _acts(
    rng: np.random.Generator,
    start_s: Floats,
    track: NDArray[np.intp],
    wearer: Wearer,
) -> Events:
    """Acts as strong as the wearer is expressive; some are held for seconds."""
    count = len(start_s)
    height = wearer.expressiveness * np.exp(rng.normal(0.0, _LOG_SPREAD, count))
    return Events(
        track=track,
        start_s=start_s,
        attack_s=rng.uniform(0.12, 0.4, count),
        hold_s=0.35 * np.exp(rng.normal(0.0, 0.9, count)),
        release_s=rng.uniform(0.2, 0.8, count),
        height=np.minimum(height, _STRONGEST / _RAISE),
    )
