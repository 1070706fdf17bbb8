"""`Laughter`: bursts of voice that shake jaw and head, and the face that goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vrface.simulation.behaviour.actions import ACTIONS
from vrface.simulation.behaviour.motion import Events, Floats
from vrface.simulation.behaviour.plan import LAUGH, Plan
from vrface.simulation.wearer import Wearer

# Notes of 75 ms, 210-218 ms from one to the next, ever softer (Provine & Yong 1991).
_NOTE_S = 0.075
_INTERVAL_S = 0.214
_SOFTER = 0.93  # of the burst before; assumed

# Bursts lie far above speech: 282 Hz in men, 421 Hz in women, of 120 and 210 in speech
# (Bachorowski, Smoski & Owren 2001; Traunmueller & Eriksson 1995).
_ABOVE_SPEECH = 2.1


@dataclass(frozen=True)
class Laughter:
    """Bursts one after another.

    Attributes:
        sounds: [bursts] how loud, on track 0.
        pitch_hz: [bursts].
        face: What the face does.
    """

    sounds: Events
    pitch_hz: Floats
    face: Events


def laughter(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Laughter:
    """A bout in each stretch of laughter; the first half second of the face comes before it."""
    bouts = [_bout(rng, start, stop) for start, stop in plan.stretches(LAUGH) if stop - start > 1]
    sounds = Events.joined(bouts)
    count = len(sounds.start_s)
    jaw = Events(
        track=np.full(count, ACTIONS.index("jaw_drop")),
        start_s=sounds.start_s - 0.04,
        attack_s=np.full(count, 0.07),
        hold_s=np.zeros(count),
        release_s=np.full(count, 0.12),
        height=0.5 * sounds.height * wearer.articulation,
    )
    return Laughter(
        sounds=sounds,
        pitch_hz=wearer.pitch_hz * _ABOVE_SPEECH * np.exp(rng.normal(0.0, 0.1, count)),
        face=Events.joined([jaw, *(_smile(rng, bout, wearer) for bout in bouts)]),
    )


def _bout(rng: np.random.Generator, start_s: float, stop_s: float) -> Events:
    most = int((stop_s - start_s - 0.7) / _INTERVAL_S) + 1
    interval_s = _INTERVAL_S * np.exp(rng.normal(0.0, 0.06, most))
    begins_s = start_s + 0.5 + np.cumsum(interval_s) - interval_s[0]
    return Events(
        track=np.zeros(most, np.intp),
        start_s=begins_s,
        attack_s=np.full(most, 0.3 * _NOTE_S),
        hold_s=np.full(most, 0.2 * _NOTE_S),
        release_s=np.full(most, 0.5 * _NOTE_S),
        height=rng.uniform(0.9, 1.6) * _SOFTER ** np.arange(most, dtype=np.float64),
    ).within(start_s, stop_s - 0.2)


def _smile(rng: np.random.Generator, bout: Events, wearer: Wearer) -> Events:
    """A broad smile around a bout, and as much in the eyes as this wearer puts there."""
    start_s, stop_s = bout.start_s[0] - 0.4, bout.stop_s[-1] + 0.2
    height = rng.uniform(0.6, 1.1)
    return Events(
        track=np.array([ACTIONS.index("smile"), ACTIONS.index("cheek_raise")]),
        start_s=np.full(2, start_s),
        attack_s=np.full(2, 0.4),
        hold_s=np.full(2, max(stop_s - start_s - 0.9, 0.0)),
        release_s=np.full(2, 0.5),
        height=height * np.array([1.0, wearer.smile_eyes]),
    )
