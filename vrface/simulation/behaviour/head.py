"""How the head moves: posture, speech, nods and shakes, and with the eyes to what lies aside."""

from __future__ import annotations

import numpy as np

from vrface.sensors.rotation import turned
from vrface.simulation.behaviour.glances import Saccades
from vrface.simulation.behaviour.laughter import Laughter
from vrface.simulation.behaviour.motion import Events, Floats, smooth, staircase, waves
from vrface.simulation.behaviour.plan import (
    ACTIVITIES,
    LAUGH,
    LISTEN,
    POSE,
    READ,
    STILL,
    TALK,
    Plan,
)
from vrface.simulation.behaviour.speech import Speech
from vrface.simulation.wearer import Wearer

YAW, PITCH, ROLL = range(3)
"""Turns of the head, in the signs of gaze: right, up, towards the right shoulder; radians."""

NECK_M = np.array([0.0, -0.075, 0.08])
"""Where the head turns about, seen from between the eyes: the neck model of Google VR's SDK."""

# Posture sways, mostly slower than a nod: SD in degrees and millimetres, by activity; assumed.
_SWAY_DEG = np.array([2.5, 1.5, 1.2])
_SWAY_MM = np.array([6.0, 3.0, 6.0])
_SWAY_HZ = (0.03, 0.4)
_SWAYS = np.zeros(ACTIVITIES)
_SWAYS[[TALK, LISTEN, POSE, STILL, READ, LAUGH]] = 1.0, 0.8, 0.5, 0.2, 0.3, 1.0

# Heads move at .2-1.8, 1.8-3.7 and 3.7-7 Hz in speech, hardly at all in silence (Hadar et al.
# 1983); sizes are assumed, of a few degrees.
_SPEECH_DEG = np.array([0.9, 0.9, 0.6])
_SPEECH_HZ = (0.3, 3.7)
_SPEAKS = np.zeros(ACTIVITIES)
_SPEAKS[TALK] = 1.0
_ACCENTS_NODDED = 0.3

# A gaze shift of less than about 15 degrees is the eyes' alone, of a larger one the head does its
# part (Stahl 1999), some 40 ms later and far slower.
_EYES_ALONE = np.deg2rad(12.0)
_LATER_S, _TURN_S = 0.04, 0.35


def head(
    rng: np.random.Generator,
    plan: Plan,
    wearer: Wearer,
    saccades: Saccades,
    speech: Speech,
    laughter: Laughter,
    time_s: Floats,
) -> Floats:
    """[times, 7] ``local_from_head``: metres, then a unit quaternion x, y, z, w; OpenXR axes.

    It begins and ends at rest in (0, 0, 0).
    """
    wandering = waves(rng, time_s, 6, _SWAY_HZ, 12) * plan.level(_SWAYS, time_s)[:, None]
    beat = waves(rng, time_s, 3, _SPEECH_HZ, 12) * plan.level(_SPEAKS, time_s, 0.5)[:, None]
    turns = np.deg2rad(wandering[:, :3] * _SWAY_DEG + beat * _SPEECH_DEG) * wearer.head_motion
    turns += _swings(rng, plan, wearer, speech, laughter, time_s)
    turns += _followed(saccades, wearer, time_s) * plan.awake(time_s)[:, None]
    sway_m = wandering[:, 3:] * _SWAY_MM * 1e-3 * wearer.head_motion
    quaternion = _quaternion(turns)
    # The eyes go round the neck.
    position = sway_m + NECK_M - turned(quaternion, NECK_M[None])
    return np.concatenate((position, quaternion), axis=1)


def _swings(
    rng: np.random.Generator,
    plan: Plan,
    wearer: Wearer,
    speech: Speech,
    laughter: Laughter,
    time_s: Floats,
) -> Floats:
    """[times, 3] nods and shakes, accents of speech, and laughter that shakes the head."""
    nods = {LISTEN: wearer.nods, TALK: wearer.nods / 3}
    shakes = {activity: rate / 4 for activity, rate in nods.items()}
    found, hertz = [], []
    for axis, rate, degrees in ((PITCH, nods, 3.0), (YAW, shakes, 5.0)):
        start_s = plan.arrivals(rng, rate)
        count = len(start_s)
        swing_hz = np.exp(rng.uniform(0.0, np.log(4.0), count))  # 1-4 Hz, as Hadar et al. 1983
        length_s = np.ceil(rng.exponential(2.0, count)) / swing_hz
        size = np.deg2rad(degrees) * np.exp(rng.normal(0.0, 0.5, count)) / np.sqrt(swing_hz)
        found.append(_swing(axis, start_s, length_s, -size))  # a nod begins downwards
        hertz.append(swing_hz)
    accents_s = speech.accents_s[rng.uniform(size=len(speech.accents_s)) < _ACCENTS_NODDED]
    size = np.deg2rad(1.5) * np.exp(rng.normal(0.0, 0.5, len(accents_s)))
    found.append(_swing(PITCH, accents_s, np.full(len(accents_s), 0.5), -size * wearer.head_motion))
    hertz.append(np.ones(len(accents_s)))
    bursts = laughter.sounds
    length_s = np.full(len(bursts.start_s), 0.2)
    size = np.deg2rad(1.0) * bursts.height * wearer.head_motion
    found.append(_swing(PITCH, bursts.start_s, length_s, size))
    hertz.append(np.full(len(length_s), 2.5))  # half a turn of the sine: up and back in a burst
    every, every_hz = Events.joined(found), np.concatenate(hertz)
    keep = (every.start_s > plan.first_s) & (every.stop_s < plan.last_s)
    return every.kept(keep).levels(time_s, 3, every_hz[keep]).T


def _swing(axis: int, start_s: Floats, length_s: Floats, height: Floats) -> Events:
    return Events(
        track=np.full(len(start_s), axis),
        start_s=start_s,
        attack_s=0.3 * length_s,
        hold_s=0.4 * length_s,
        release_s=0.3 * length_s,
        height=height,
    )


def _followed(saccades: Saccades, wearer: Wearer, time_s: Floats) -> Floats:
    """[times, 3] how far the head has turned after the eyes."""
    target = saccades.target - wearer.eyes.gaze_home
    distance = np.linalg.norm(target, axis=1)
    share = wearer.head_follows / (1 - wearer.head_follows)  # of the eyes' part
    beyond = smooth((distance - _EYES_ALONE) / _EYES_ALONE) * share
    goal = target * beyond[:, None]
    step = np.diff(goal, axis=0, prepend=np.zeros((1, 2)))
    moved = np.flatnonzero(np.abs(step).max(axis=1) > 0)
    start_s = saccades.onset_s[moved] + _LATER_S
    # Larger turns take longer: assumed.
    length_s = _TURN_S + 0.6 * np.linalg.norm(step[moved], axis=1)
    turns = [staircase(start_s, length_s, step[moved, axis], time_s) for axis in (0, 1)]
    return np.stack([*turns, np.zeros(len(time_s))], axis=1)


def _quaternion(turns: Floats) -> Floats:
    """[times, 4] x, y, z, w of a yaw to the right, then a pitch up, then a roll to the right."""
    half = turns / 2
    (sy, sp, sr), (cy, cp, cr) = np.sin(half).T, np.cos(half).T
    sy, sr = -sy, -sr  # to the right is clockwise, seen from above and from behind
    return np.stack(
        [
            cy * sp * cr + sy * cp * sr,
            sy * cp * cr - cy * sp * sr,
            cy * cp * sr - sy * sp * cr,
            cy * cp * cr + sy * sp * sr,
        ],
        axis=1,
    )
