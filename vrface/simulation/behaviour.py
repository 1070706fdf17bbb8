"""`synthetic_take`: what a simulated wearer's full face does, drawn by seed.

The first, simple wearer: activities follow one another, and in them blinks, glances, speech,
feelings, brow raises and posed faces happen at random, each by its own function. All is drawn on
continuous time, so that one seed is one performance, whatever rate it is sampled at. Not modelled:
meaning, mood, head motion, voice. A model that does well on these faces has yet to prove itself on
real ones.

Figures name their source; the rest is assumed.
"""

from __future__ import annotations

import numpy as np

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, indices
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.take import Take
from vrface.simulation.actions import (
    ACTIONS,
    EMOTIONS,
    FACE_POSES,
    MOUTH_POSES,
    UPPER,
    VISEMES,
    numbers,
)
from vrface.simulation.glances import glances
from vrface.simulation.motion import Events, Floats, smooth
from vrface.simulation.plan import LISTEN, POSE, STILL, TALK, Plan
from vrface.simulation.wearer import Wearer

SETTLED_S = 0.5
"""A take begins and ends in the resting face for this long: one take can follow another."""

_BLINK = indices(["eyeBlinkLeft", "eyeBlinkRight"])
_WIDE = indices(["eyeWideLeft", "eyeWideRight"])
_SQUINT = indices(["eyeSquintLeft", "eyeSquintRight"])
_BROWS = indices(["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"])
_INNER_BROW = _BROWS[:2]
_LOOK_UP = indices(["eyeLookUpLeft", "eyeLookUpRight"])
_LOOK_DOWN = indices(["eyeLookDownLeft", "eyeLookDownRight"])


def synthetic_take(
    *, seed: int, seconds: float, rate_hz: float = 60.0, wearer: Wearer | None = None
) -> Take:
    """A full face that nobody made.

    Args:
        seed: Which performance; the same motion at every `rate_hz`.
        seconds: How long, the end excluded.
        rate_hz: Frames a second.
        wearer: Who performs; by default wearer number `seed`.

    Raises:
        BadUse: if fewer than two frames are asked for.
    """
    frames = round(seconds * rate_hz)
    if frames < 2 or rate_hz <= 0:
        raise BadUse(f"a take needs two frames or more; got {seconds} s at {rate_hz} Hz.")
    wearer = wearer or Wearer.drawn(seed)
    time_s = np.arange(frames) / rate_hz
    # A generator for each behaviour: changing one leaves the others as they were.
    rngs = [np.random.default_rng([seed, number]) for number in range(1, 9)]
    plan = Plan.drawn(rngs[0], seconds)

    acts = Events.joined(
        [
            speech(rngs[1], plan, wearer),
            emotions(rngs[2], plan, wearer),
            brow_raises(rngs[3], plan, wearer),
            poses(rngs[4], plan),
        ]
    )
    levels = _settled(acts, seconds).levels(time_s, len(ACTIONS))
    blink = _settled(blinks(rngs[5], plan, wearer), seconds).levels(time_s, 1)[0]
    blink = np.clip(blink, 0.0, 1.0)[:, None] * wearer.blink_strength
    gaze = _eyes(glances(rngs[6], plan, wearer.gaze_home, time_s), blink, wearer)

    weights = wearer.rest + levels.T @ wearer.actions + _drift(rngs[7], wearer, time_s, seconds)
    weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(gaze)
    _move_lids(weights, blink, wearer)
    return Take(
        name=f"synthetic-{seed}",
        person=wearer.person,
        time_ns=np.round(time_s * 1e9).astype(np.int64),
        weights=np.clip(weights, 0.0, 1.0).astype(np.float32),
        gaze=gaze.astype(np.float32),
        source=np.full(COUNT, Source.MEASURED, dtype=np.uint8),
        simulated=True,
    )


def blinks(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Spontaneous blinks: height 1 is this wearer's full closure.

    About half are partial (Ousler 2014); closed for 10-50 ms; no two durations are alike. Intervals
    follow a gamma law of shape 2, more regular than chance. Prompted or still, people blink as at
    rest.
    """
    resting = wearer.blinks_resting
    start_s = plan.arrivals(
        rng,
        {TALK: wearer.blinks_talking, LISTEN: resting, POSE: resting, STILL: resting},
        regularity=2.0,
    )
    count = len(start_s)
    partial = rng.uniform(size=count) < 0.5
    return Events(
        track=np.zeros(count, dtype=np.intp),
        start_s=start_s,
        attack_s=wearer.closing_s * np.exp(rng.normal(0.0, 0.12, count)),
        hold_s=rng.uniform(0.01, 0.05, count),
        release_s=wearer.opening_s * np.exp(rng.normal(0.0, 0.15, count)),
        height=np.where(partial, rng.uniform(0.4, 0.8, count), rng.uniform(0.85, 1.0, count)),
    )


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


def emotions(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Feelings that show: mostly smiles, slow to come and go, of any strength.

    A third come with an act of the upper face of its own: a smile is not always in the eyes, and a
    mouth tracker cannot tell all (AU6 goes with the intensity of a smile, not with its truth:
    Ambadar 2009).
    """
    start_s = plan.arrivals(rng, {LISTEN: wearer.emotions, TALK: wearer.emotions / 2})
    count = len(start_s)
    likely = {"smile": 0.35, "smile_closed": 0.25}
    others = (1 - sum(likely.values())) / (len(EMOTIONS) - len(likely))
    chance = [likely.get(name, others) for name in EMOTIONS]
    shown = Events(
        track=rng.choice(numbers(EMOTIONS), count, p=chance),
        start_s=start_s,
        attack_s=rng.uniform(0.3, 0.9, count),
        hold_s=rng.exponential(1.2, count),
        release_s=rng.uniform(0.5, 1.5, count),
        height=rng.beta(2.0, 2.0, count),
    )
    with_it = shown.kept(rng.uniform(size=count) < 1 / 3)
    count = len(with_it.start_s)
    beside = Events(
        track=rng.choice(numbers(UPPER), count),
        start_s=with_it.start_s + rng.uniform(-0.3, 0.3, count),
        attack_s=with_it.attack_s,
        hold_s=with_it.hold_s * rng.uniform(0.3, 1.0, count),
        release_s=with_it.release_s,
        height=rng.beta(2.0, 3.0, count),
    )
    return Events.joined([shown, beside])


def brow_raises(rng: np.random.Generator, plan: Plan, wearer: Wearer) -> Events:
    """Brow raises of conversation, and the brow knit now and then.

    38 % come while not speaking (Guaitella, Cave): talking lasts twice as long as listening here,
    so the rate while listening is ``2 * .38 / .62`` of that while talking.
    """
    per_minute = {TALK: wearer.brow_raises, LISTEN: wearer.brow_raises * 2 * 0.38 / 0.62}
    start_s = plan.arrivals(rng, per_minute)
    count = len(start_s)
    return Events(
        track=rng.choice(numbers(("brow_raise", "brow_knit")), count, p=[0.8, 0.2]),
        start_s=start_s,
        attack_s=rng.uniform(0.12, 0.35, count),
        hold_s=rng.exponential(0.4, count),
        release_s=rng.uniform(0.2, 0.6, count),
        height=rng.beta(2.0, 3.0, count),
    )


def poses(rng: np.random.Generator, plan: Plan) -> Events:
    """A range of motion: one act after another, strong, with a rest between.

    Posed acts rise faster and go further than spontaneous ones (Schmidt 2003, 2009).
    """
    acts = numbers({**UPPER, **EMOTIONS, **MOUTH_POSES, **FACE_POSES})
    parts = []
    for start, stop in plan.stretches(POSE):
        most = int((stop - start) / 0.6) + 1
        attack_s, release_s = rng.uniform(0.12, 0.4, (2, most))
        hold_s, gap_s = rng.uniform(0.3, 1.8, most), rng.uniform(0.1, 0.8, most)
        length_s = attack_s + hold_s + release_s
        act = Events(
            track=rng.choice(acts, most),
            start_s=start + np.cumsum(gap_s + length_s) - length_s,
            attack_s=attack_s,
            hold_s=hold_s,
            release_s=release_s,
            height=rng.uniform(0.5, 1.2, most),
        )
        parts.append(act.kept(act.stop_s < stop))
    return Events.joined(parts or [_NOTHING])


_NOTHING = Events(np.zeros(0, dtype=np.intp), *np.zeros((5, 0)))


def _settled(events: Events, seconds: float) -> Events:
    """Those that leave the beginning and the end of a take at rest."""
    inside = (events.start_s >= SETTLED_S) & (events.stop_s <= seconds - SETTLED_S)
    return events.kept(inside)


def _eyes(both: Floats, blink: Floats, wearer: Wearer) -> Floats:
    """[times, 4] gaze angles: both eyes converge, and turn 3 degrees down in a blink.

    1-5 degrees down in a blink: search-coil studies.
    """
    half = wearer.convergence / 2
    down = np.deg2rad(3.0) * blink
    yaw, pitch = both[:, :1], both[:, 1:]
    left, right = (yaw + half, pitch - down[:, :1]), (yaw - half, pitch - down[:, 1:])
    return np.concatenate([*left, *right], axis=1)


def _move_lids(weights: Floats, blink: Floats, wearer: Wearer) -> None:
    """Lids follow gaze and blink, in place; what gaze and blink pull along goes with them."""
    up, down = weights[:, _LOOK_UP], weights[:, _LOOK_DOWN]
    lowered = np.clip(weights[:, _BLINK] + wearer.lid_down * down, 0.0, 1.0)
    closed = 1.0 - (1.0 - lowered) * (1.0 - blink)
    weights[:, _BLINK] = closed
    weights[:, _WIDE] = (weights[:, _WIDE] + wearer.wide_up * up) * (1.0 - closed)
    weights[:, _SQUINT] += wearer.squint_up * up
    weights[:, _BROWS] += wearer.brow_up * np.tile(up, 2)
    weights[:, _INNER_BROW] += wearer.brow_blink * blink


def _drift(rng: np.random.Generator, wearer: Wearer, time_s: Floats, seconds: float) -> Floats:
    """[times, 54] slow wandering of a face at rest: a few hundredths, .02-.6 Hz.

    The calm stretches of open Live Link Face takes wander by SD .01-.03, more in shapes that rest
    away from 0.
    """
    waves = 24
    frequency_hz = np.exp(rng.uniform(np.log(0.02), np.log(0.6), waves))
    phase = rng.uniform(0.0, 2 * np.pi, waves)
    shares = rng.standard_normal((waves, COUNT)) / np.sqrt(waves / 2)
    wave = np.sin(2 * np.pi * frequency_hz * time_s[:, None] + phase)
    fade = smooth(np.minimum(time_s, seconds - time_s) / SETTLED_S)[:, None]
    drift: Floats = (fade * wave) @ (shares * (0.003 + 0.08 * wearer.rest))
    return drift
