"""An inertial sensor in the headset: gyroscope and accelerometer, gravity included.

It feels the head, the face through the foam (`vrface.simulation.simulators.head_pose`) and the
voice through the skull. At rest the accelerometer reads ``+9.81`` upwards. What no source is named
for is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.rotation import inverse, product, turned, upright
from vrface.sensors.stream import Stream
from vrface.simulation.simulators.head_pose import Motion, headset_motion
from vrface.simulation.simulators.signals import Floats, between, one_pole, wander
from vrface.simulation.worn import Worn

GRAVITY = 9.80665
"""Metres a second squared."""


@dataclass(frozen=True)
class _Family:
    """A law of errors.

    Attributes:
        walk: How far biases wander over a minute, in those they start with.
        scale: Standard deviation of the axes' scale.
        skew: How much of one axis shows in another, at most.
        hum: Acceleration of a fan, metres a second squared.
    """

    walk: float = 0.1
    scale: float = 0.002
    skew: float = 0.002
    hum: float = 0.0


_FAMILIES = {
    "steady": _Family(),
    "warming": _Family(walk=1.0, scale=0.005),
    "humming": _Family(walk=0.5, scale=0.01, skew=0.02, hum=0.15),
}

FAMILIES: tuple[str, ...] = tuple(_FAMILIES)
"""Laws of errors; the last one is held out for testing."""

LEVER_M = (0.0, 0.02, -0.06)
"""Where it sits, from between the eyes: behind the display. Assumed."""

LOW_PASS_S = 0.02
"""How long the sensor's own filter looks: a Hann window, about 70 Hz. Assumed: as consumer inertial
sensors are set up."""

GYRO_BIAS, ACCELERATION_BIAS = 0.005, 0.05
"""Standard deviation of the biases, rad/s and m/s2. Assumed: a fraction of what data sheets of
consumer sensors allow, since headsets calibrate themselves."""

VOICE = (0.02, 0.15)
"""Acceleration of the headset while speaking as usual, m/s2, by donning: skull vibration of .002 to
.015 g. Assumed: below the bursts of the jaw."""

_AXES = tuple(f"{kind}_{axis}" for kind in ("angular_velocity", "acceleration") for axis in "xyz")


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Rotation and acceleration in the headset's axes; protocol of `Sense`."""
    family = _FAMILIES[worn.family(stream.name)]
    rng, noise = worn.donned(stream.name), worn.noise(stream.name)
    known_s = worn.performance.time_s
    felt = _felt(headset_motion(worn, LEVER_M), known_s)
    values = between(known_s, felt, time_s)
    values[:, 3:] += _voice(rng, worn, time_s)

    mixing = np.diag(1.0 + family.scale * rng.standard_normal(6))
    for axes in (slice(0, 3), slice(3, 6)):
        leak = rng.uniform(-family.skew, family.skew, (3, 3))
        mixing[axes, axes] += leak - np.diag(np.diag(leak))
    size = np.repeat([GYRO_BIAS, ACCELERATION_BIAS], 3)
    bias = size * (rng.standard_normal(6) + family.walk * wander(noise, time_s, 60.0, 6))
    values = values @ mixing.T + bias + stream.noise * noise.standard_normal(values.shape)
    hum_hz = rng.uniform(60.0, 180.0)
    values[:, 3:] += family.hum * np.sin(2 * np.pi * hum_hz * time_s)[:, None] * rng.normal(size=3)
    values[:, :3] = np.clip(values[:, :3], -35.0, 35.0)  # 2000 degrees a second
    values[:, 3:] = np.clip(values[:, 3:], -157.0, 157.0)  # 16 g
    return values[:, [_AXES.index(name) for name in stream.channels]].astype(np.float32)


def _felt(moving: Motion, time_s: Floats) -> Floats:
    """[instants, 6] angular velocity, and acceleration with gravity, in the body's own axes."""
    step = np.gradient(time_s)[:, None]
    before, after = moving.turn[:-1], moving.turn[1:]
    turns = 2.0 * upright(product(inverse(before), after))
    turning = np.concatenate([turns[:1], turns])[:, :3] / step
    velocity = np.gradient(moving.position_m, axis=0) / step
    pushed = np.gradient(velocity, axis=0) / step + [0.0, GRAVITY, 0.0]
    felt = np.hstack([turning, turned(inverse(moving.turn), pushed)])
    return _filtered(felt, float(np.median(step)))


def _filtered(values: Floats, step_s: float) -> Floats:
    """`values` [instants, columns] through a Hann window of `LOW_PASS_S`; ends repeat."""
    half = max(round(LOW_PASS_S / step_s / 2), 1)
    window = np.hanning(2 * half + 3)[1:-1]
    window /= window.sum()
    padded = np.pad(values, ((half, half), (0, 0)), mode="edge")
    return sum(
        (weight * padded[shift : shift + len(values)] for shift, weight in enumerate(window)),
        start=np.zeros_like(values),
    )


def _voice(rng: np.random.Generator, worn: Worn, time_s: Floats) -> Floats:
    """[times, 3] what the voice shakes: at its pitch, as loud as it is; aliases as sampled."""
    voice, known_s = worn.performance.voice, worn.performance.time_s
    direction = rng.uniform(*VOICE) * _unit(rng.standard_normal(3))
    pitch_hz = np.where(np.isnan(voice.f0_hz), 0.0, voice.f0_hz).astype(np.float64)
    turns = np.concatenate(([0.0], np.cumsum(pitch_hz[:-1] * np.diff(known_s))))
    sounding = np.where(pitch_hz > 0, voice.loudness, 0.0)[:, None]
    voiced = one_pole(sounding.astype(np.float64), known_s, 0.01)[:, 0]
    loud = np.interp(time_s, known_s, voiced)
    return (loud * np.sin(2 * np.pi * np.interp(time_s, known_s, turns)))[:, None] * direction


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))
