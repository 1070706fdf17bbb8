"""A wearer who only does what a test says, and what each sensor makes of that."""

from dataclasses import replace
from functools import cache

import numpy as np

from vrface.face.blendshapes import indices
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.sensors.channels import channel
from vrface.sensors.headset import headset
from vrface.simulation.behaviour.actions import VISEMES
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Voice, perform
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn

EVERYTHING = headset("everything")


@cache
def living(wearer=1, seconds=30.0):
    return perform(Wearer.drawn(wearer), seed=1, seconds=seconds)


@cache
def still(wearer=1, seconds=30.0):
    """At rest, looking ahead, silent, the head where it rests."""
    base = living(wearer, seconds)
    count = len(base.time_s)
    weights = np.tile(base.wearer.rest, (count, 1))
    weights[:, EYE_LOOK_INDICES] = 0.0
    head = np.zeros((count, 7))
    head[:, 6] = 1.0
    return replace(
        base,
        weights=weights.astype(np.float32),
        gaze=np.zeros((count, 4), np.float32),
        pupils_mm=np.full((count, 2), 4.0, np.float32),
        voice=voice(count),
        head=head,
        clench=np.zeros(count, np.float32),
    )


def voice(count, *, f0_hz=np.nan, loudness=0.0, viseme=None):
    """Of one pitch, loudness and mouth shape throughout."""
    visemes = np.zeros((count, len(VISEMES)), np.float32)
    if viseme is not None:
        visemes[:, list(VISEMES).index(viseme)] = 1.0
    return Voice(
        f0_hz=np.full(count, f0_hz, np.float32),
        loudness=np.full(count, loudness, np.float32),
        visemes=visemes,
    )


def moving(level, *shapes, base=None):
    """`base` with `shapes` following ``level(time_s)`` in [0, 1]."""
    base = base or still()
    weights = base.weights.copy()
    weights[:, indices(list(shapes))] = level(base.time_s)[:, None]
    return replace(base, weights=weights)


def looking(yaw, pitch, base=None):
    """`base` with both eyes following two functions of time, radians; lids do not."""
    base = base or still()
    gaze = np.stack([yaw(base.time_s), pitch(base.time_s)] * 2, axis=1).astype(np.float32)
    weights = base.weights.copy()
    weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(gaze)
    return replace(base, gaze=gaze, weights=weights)


def wear(performance, *, profile=EVERYTHING, number=0, held_out=False, families=(), **own):
    """With a headset on; without glasses and beard but as `own` says."""
    donning = Donning.drawn(performance.wearer.seed, number, held_out=held_out)
    donning = replace(donning, glasses=False, beard=0.0, tilt_rad=(0.0, 0.0, 0.0))
    donning = replace(donning, families={**donning.families, **dict(families)}, **own)
    return Worn(performance, profile, donning)


def sensed(name, worn, *, noise=None):
    """Times and [samples, channels]; the profile's noise, or another one."""
    stream = worn.headset.streams[worn.headset.stream_index(name)]
    if noise is not None:
        stream = replace(stream, noise=noise)
    time_s = np.arange(0.0, worn.performance.seconds, 1 / stream.rate_hz)
    return time_s, SIMULATORS[name].sense(stream, worn, time_s)


def column(name, channel_name, values, profile=EVERYTHING):
    return values[:, profile.streams[profile.stream_index(name)].channels.index(channel_name)]


def in_range(name, values, profile=EVERYTHING):
    """Whether each value counts, or is none."""
    channels = profile.streams[profile.stream_index(name)].channels
    limits = [channel(name, one) for one in channels]
    low, high = np.array([(limit.low, limit.high) for limit in limits]).T
    return bool((((values >= low) & (values <= high)) | np.isnan(values)).all())


def same(name, one, other):
    return sensed(name, one)[1].tobytes() == sensed(name, other)[1].tobytes()


def check_honest(name, profile=EVERYTHING):
    """What holds for every sensor: repeatable, of its donning, in range, held out otherwise."""
    worn = wear(living(), profile=profile)
    values = sensed(name, worn)[1]
    assert values.dtype == np.float32
    assert in_range(name, values, profile)
    assert np.isfinite(values).any(axis=0).all()
    assert same(name, worn, wear(living(), profile=profile))
    assert not same(name, worn, wear(living(), profile=profile, number=1))
    held_out = wear(living(), profile=profile, held_out=True)
    assert held_out.family(name) == SIMULATORS[name].families[-1] != worn.family(name)
    assert not same(name, worn, held_out)
