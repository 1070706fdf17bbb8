"""Photo-reflective sensors in the face foam: how near the skin is, seen by how bright it looks.

A light and a light sensor look at the skin a few millimetres away:

    I = k rho / (d + d0)^2 + ambient + drift

with the skin's reflectance rho, its distance d and the sensor's own depth d0, cut off at full scale
and counted in 10 to 12 bits. The held-out family answers otherwise (``k rho exp(-d / depth)``), has
shot noise and sits half a sensor further along the ring.

The sizes of noise, slip and drift are not free: `vrface.training.realism.skin` classifies five
posed faces with these sensors as Suzuki et al. 2017 did (88 %). With that they are frozen, as part
of simulation version 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.rig.rig import Skin
from vrface.sensors.stream import Stream
from vrface.simulation.simulators.signals import Floats, wander, weights_at
from vrface.simulation.simulators.skin import made, seated, under, unit
from vrface.simulation.worn import Worn


@dataclass(frozen=True)
class _Family:
    """A law of noise and response.

    Attributes:
        lobe: Light falls off as an exponential, not as the square of the distance.
        noise_s: How long noise remembers itself; 0 = white.
        shot: Noise grows with the square root of the light.
        around: How far along the ring the sensors sit, in distances between two.
    """

    lobe: bool = False
    noise_s: float = 0.0
    shot: bool = False
    around: float = 0.0


_FAMILIES = {
    "square_white": _Family(),
    "square_slow": _Family(noise_s=0.15),
    "lobe_shot": _Family(lobe=True, shot=True, around=0.5),
}

FAMILIES: tuple[str, ...] = tuple(_FAMILIES)
"""Laws of response and noise; the last one is held out for testing."""

NEAREST_M, USUAL_M, FARTHEST_M = 0.002, 0.004, 0.012
"""Where skin rests before a sensor. Assumed: the depth of a headset's foam."""

DEPTH_M = 0.004
"""``d0``: how deep a sensor sits in its well. Assumed."""

GAIN = 1.5
"""Light from touching skin of reflectance .5, in full scales: contact saturates. Assumed."""

DRIFT = 0.004
"""Standard deviation of what ambient light and warmth add, over `DRIFT_S`. Tuned."""

SLIP_M = 0.0001
"""Standard deviation of the way a worn headset slides and tips on the face, over `SLIP_S`: ahead,
and at the ring's edge by nodding and turning. Tuned."""

DRIFT_S, SLIP_S = 60.0, 8.0

SEAT, UNEVEN_M, PRESSED_M = 0.1, 0.0002, 0.001
"""Share of a wrong seat that the foam does not take up; how unevenly it is pressed, standard
deviation of each of six waves along the ring; how far it gives way as pressure grows e-fold.
Tuned."""

RIDGE, TEXTURE = 0.1, 30.0
"""What the skin brings along as it slides past: millimetres of height a millimetre, and share of
its reflectance a metre (hair, folds), each a standard deviation. Assumed."""

RING_M = 0.075
"""From the middle of the foam to its sides."""


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Brightness in [0, 1], one channel a sensor; protocol of `Sense`."""
    family = _FAMILIES[worn.family(stream.name)]
    points = made(stream, worn, family.around)
    skin = under(worn.rig, seated(points, worn))
    axes = under(worn.rig, points).normals + np.cross(worn.donning.tilt_rad, skin.normals)
    rng, noise = worn.donned(stream.name), worn.noise(stream.name)
    own = unit(stream.name, worn)

    moved = skin.moved(weights_at(worn, time_s)).astype(np.float64)
    gap = _resting_gap(stream, worn, points, axes, rng) - _rise(skin, axes, moved, own)
    gap += _slip(noise, time_s, points)
    texture = TEXTURE * own.standard_normal(points.shape)
    reflectance = worn.donning.skin * (1 + np.einsum("tpc,pc->tp", moved, texture))
    gap, reflectance = _behind_glasses(worn, points, gap, reflectance, rng)

    light = _light(family, np.maximum(gap, 0.0), np.maximum(reflectance, 0.05))
    light *= np.exp(0.1 * own.standard_normal(len(points)))
    light += own.uniform(0.0, 0.05) + DRIFT * wander(noise, time_s, DRIFT_S, len(points))
    return _counted(light + _noise(family, stream, noise, time_s, light), own)


def _resting_gap(
    stream: Stream, worn: Worn, points: Floats, axes: Floats, rng: np.random.Generator
) -> Floats:
    """[channels] metres from the resting skin."""
    gaps = unit(f"{stream.name}/gap", worn)
    usual = gaps.triangular(NEAREST_M, USUAL_M, FARTHEST_M, len(points))
    seat = SEAT * np.einsum("pc,pc->p", seated(points, worn) - points, axes)
    pressed = PRESSED_M * np.log(worn.donning.pressure)
    # Pressure is uneven along the foam, smoothly.
    angle = np.arctan2(points[:, 1], points[:, 0])[:, None] * np.arange(1, 4)
    wave = np.hstack([np.sin(angle), np.cos(angle)]) @ rng.normal(0.0, UNEVEN_M, 6)
    return np.asarray(np.clip(usual + seat - pressed + wave, NEAREST_M, FARTHEST_M))


def _rise(skin: Skin, axes: Floats, moved: Floats, own: np.random.Generator) -> Floats:
    """[samples, channels] metres that moving skin comes nearer along the sensors' axes.

    A plane that moves by u comes nearer by its normal part over the cosine to the axis; skin is no
    plane, and what slides past has ridges.
    """
    ridge = RIDGE * own.standard_normal(axes.shape)
    cosine = np.clip(np.einsum("pc,pc->p", skin.normals, axes), 0.5, None)
    return np.asarray(np.einsum("tpc,pc->tp", moved, skin.normals / cosine[:, None] + ridge))


def _slip(noise: np.random.Generator, time_s: Floats, points: Floats) -> Floats:
    """[samples, channels] metres that a headset lifts as it slides: it stays rigid."""
    modes = np.column_stack([np.ones(len(points)), points[:, 0] / RING_M, points[:, 1] / RING_M])
    return SLIP_M * wander(noise, time_s, SLIP_S, 3) @ modes.T


def _behind_glasses(
    worn: Worn, points: Floats, gap: Floats, reflectance: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Temples of glasses stand before some sensors at the sides, and hold others off the skin."""
    if not worn.donning.glasses:
        return gap, reflectance
    sides = (np.abs(points[:, 0]) > 0.055) & (np.abs(points[:, 1]) < 0.02)
    blocked = sides & (rng.uniform(size=len(points)) < 0.5)
    gap = np.where(blocked, NEAREST_M, gap + np.where(sides, 0.002, 0.0))
    return gap, np.where(blocked, 0.3, reflectance)


def _light(family: _Family, gap: Floats, reflectance: Floats) -> Floats:
    """Full scales of light that come back from skin at `gap` metres."""
    fall = np.exp(-gap / DEPTH_M) if family.lobe else (DEPTH_M / (gap + DEPTH_M)) ** 2
    return np.asarray(GAIN * reflectance / 0.5 * fall)


def _noise(
    family: _Family, stream: Stream, noise: np.random.Generator, time_s: Floats, light: Floats
) -> Floats:
    """[samples, channels] noise of the profile's size."""
    if family.noise_s:
        drawn = wander(noise, time_s, family.noise_s, light.shape[1])
    else:
        drawn = noise.standard_normal(light.shape)
    # A fifth of full scale is what skin at a usual distance gives.
    return stream.noise * drawn * (np.sqrt(np.maximum(light, 0.0) / 0.2) if family.shot else 1.0)


def _counted(light: Floats, own: np.random.Generator) -> NDArray[np.float32]:
    """Cut off at full scale and counted in the bits of this unit."""
    steps = 2 ** int(own.integers(10, 13)) - 1
    return np.asarray(np.round(np.clip(light, 0.0, 1.0) * steps) / steps, dtype=np.float32)
