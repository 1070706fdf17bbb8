"""Where the headset is: the head's pose, as a tracking system reports it.

The headset moves with the skull, but for what the face does to it: jaw and brows push the foam.
What no source is named for is assumed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.sensors.rotation import inverse, product, small, turned, upright
from vrface.sensors.stream import Stream
from vrface.simulation.simulators.outages import Outages
from vrface.simulation.simulators.signals import Floats, between, one_pole, wander
from vrface.simulation.worn import Worn

FAMILIES: tuple[str, ...] = ("smooth", "predicted", "relocated")
"""Noise alone; carried on from a while ago; with jumps. The last one is held out for testing."""

_BROWS = indices(["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"])
_JAW = indices(["jawOpen"])

PUSHED_M = {"jaw": (0.0003, 0.0012), "brows": (0.0003, 0.0012)}
"""How far jaw and brows in full push the headset, by donning: brow raises move the skin by 1.4-3.1
mm, foam takes most of it. Chosen for bursts of .01-.05 g at the speed of speech and brow raises."""

PUSHED_RAD = 0.003
"""How far either tips it about x, at most. Assumed."""

NOISE_S, SMOOTH_S = 0.5, 0.1
"""How long most of the noise remembers itself, and how smooth it is. Assumed: trackers filter, so
poses wander rather than shake (`vrface.training.realism.motion` compares with logs)."""

SHAKING = 0.065
"""Share of the noise that is white."""

AHEAD_S = (0.01, 0.04)
"""How far poses are predicted, by donning. Assumed: a display's pipeline."""

JUMPS_PER_MINUTE, JUMP_M = 4.0, 0.004
"""How often tracking finds itself elsewhere, and how far: assumed."""


class Motion(NamedTuple):
    """A rigid body over time.

    Attributes:
        position_m: [instants, 3].
        turn: [instants, 4] unit quaternions x, y, z, w.
    """

    position_m: Floats
    turn: Floats


def headset_motion(worn: Worn, lever_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Motion:
    """How a point of the headset moves, at the performance's own instants.

    Args:
        worn: A headset on a wearer.
        lever_m: The point, in the headset's axes, from between the eyes.
    """
    rng, performance = worn.donned("headset motion"), worn.performance
    push, tip = [], []
    for name, which in (("jaw", _JAW), ("brows", _BROWS)):
        direction = rng.normal((0.0, 1.0, -0.5), (0.2, 0.3, 0.3))
        direction *= rng.uniform(*PUSHED_M[name]) / np.linalg.norm(direction)
        how_far = performance.weights[:, which].mean(axis=1, dtype=np.float64)[:, None]
        push.append(how_far * direction)
        tip.append(how_far * [rng.uniform(-PUSHED_RAD, PUSHED_RAD), 0.0, 0.0])
    skull = performance.head[:, 3:]
    tilt = np.asarray(worn.donning.tilt_rad)[None]
    from_headset = small(np.add(*tip) + tilt)
    lever = np.asarray(lever_m)[None] + np.asarray(worn.donning.offset_m)[None] + np.add(*push)
    return Motion(performance.head[:, :3] + turned(skull, lever), product(skull, from_headset))


def at(motion: Motion, known_s: Floats, time_s: Floats) -> Motion:
    """The same motion at other instants, interpolated."""
    both = between(known_s, np.hstack(motion), time_s)
    return Motion(both[:, :3], both[:, 3:] / np.linalg.norm(both[:, 3:], axis=1, keepdims=True))


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """``local_from_head``: metres, then a unit quaternion; protocol of `Sense`."""
    family, noise = worn.family(stream.name), worn.noise(stream.name)
    known_s, moving = worn.performance.time_s, headset_motion(worn)
    pose = at(moving, known_s, time_s)
    if family == "predicted":
        pose = _carried_on(moving, known_s, time_s, worn.donned(stream.name).uniform(*AHEAD_S))
    wandering = one_pole(wander(noise, time_s, NOISE_S, 6), time_s, SMOOTH_S)
    wandering = stream.noise * (wandering + SHAKING * noise.standard_normal(wandering.shape))
    position = pose.position_m + wandering[:, :3]
    if family == "relocated":
        position += _jumps(noise, worn.performance.seconds, time_s)
    # One unit of noise is a metre, or a radian.
    turn = upright(product(pose.turn, small(wandering[:, 3:])))
    everything = dict(
        zip(("x", "y", "z", "qx", "qy", "qz", "qw"), [*position.T, *turn.T], strict=True)
    )
    return np.stack([everything[name] for name in stream.channels], axis=1).astype(np.float32)


def _carried_on(moving: Motion, known_s: Floats, time_s: Floats, ahead_s: float) -> Motion:
    """What a tracker that knows the pose of `ahead_s` ago makes of now: the same velocity."""
    then, before = (at(moving, known_s, time_s - late) for late in (ahead_s, ahead_s + 0.01))
    steps = ahead_s / 0.01
    further = upright(product(inverse(before.turn), then.turn))
    return Motion(
        then.position_m + steps * (then.position_m - before.position_m),
        product(then.turn, small(2.0 * steps * further[:, :3])),
    )


def _jumps(noise: np.random.Generator, seconds: float, time_s: Floats) -> Floats:
    """[times, 3] metres that tracking is off: each jump is forgotten over the next seconds."""
    jumps = Outages.drawn(noise, seconds, JUMPS_PER_MINUTE, 0.5, 4.0)
    size = JUMP_M * noise.standard_normal((len(jumps.start_s) + 1, 3))
    size[0] = 0.0
    # Outages begin in order: the latest one counts.
    latest = np.searchsorted(jumps.start_s, time_s, side="right")
    since_s = time_s - np.concatenate(([-np.inf], jumps.start_s))[latest]
    lasts_s = np.concatenate(([1.0], jumps.stop_s - jumps.start_s))[latest]
    return np.asarray(size[latest] * np.exp(-since_s / lasts_s)[:, None])
