"""What sensors in the face foam share: whose they are, and where on the face they come to lie."""

from __future__ import annotations

import zlib

import numpy as np

from vrface.rig.rig import Rig, Skin
from vrface.sensors.stream import Stream
from vrface.simulation.simulators.signals import Floats
from vrface.simulation.worn import Worn

JITTER_M = 0.001
"""How far, as a standard deviation along each axis, a sensor sits from where the profile says: one
unit of a headset is not the next one. Assumed."""


def own(what: str, worn: Worn) -> np.random.Generator:
    """Draws what stays with the wearer, whatever they put on."""
    return np.random.default_rng([worn.donning.wearer, zlib.crc32(what.encode())])


def unit(stream: str, worn: Worn) -> np.random.Generator:
    """Draws what stays with the wearer's unit of the headset, donning after donning."""
    return own(f"{worn.headset.name}/{stream}", worn)


def made(stream: Stream, worn: Worn, around: float = 0.0) -> Floats:
    """[channels, 3] where this unit's sensors sit if the headset sits as it was made to, metres.

    Args:
        stream: Its positions, or the foam's contour at even distances where nobody knows them.
        worn: Who wears it.
        around: How much further along the ring each sensor sits, in distances between two.
    """
    count = len(stream.channels)
    places = np.arange(count, dtype=np.float64) + around
    if stream.positions:
        ring = np.array([pose[:3] for pose in stream.positions], dtype=np.float64)
        points = _along(ring, places)
    else:
        points = contour(worn.rig, places / count)
    return points + JITTER_M * unit(f"{stream.name}/layout", worn).standard_normal((count, 3))


def seated(points: Floats, worn: Worn) -> Floats:
    """[points, 3] where points of the headset come to lie as it is donned: tilts are small."""
    donning = worn.donning
    return np.asarray(points + np.cross(donning.tilt_rad, points) + np.asarray(donning.offset_m))


def under(rig: Rig, points: Floats) -> Skin:
    """The skin below points [points, 3] of the headset."""
    return rig.under(points.astype(np.float32))


def contour(rig: Rig, share: Floats) -> Floats:
    """[points, 3] the foam's contour at `share` of its length, 1 = once around."""
    loop = rig.contour.astype(np.float64)
    length = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    place = np.interp(
        share % 1.0, np.concatenate(([0.0], np.cumsum(length))) / length.sum(), range(len(loop) + 1)
    )
    return _along(loop, place)


def _along(ring: Floats, place: Floats) -> Floats:
    """Points of a closed ring [corners, 3] at fractional corner numbers [places]."""
    left = np.floor(place).astype(np.intp)
    part = (place - left)[:, None]
    count = len(ring)
    return np.asarray(ring[left % count] * (1 - part) + ring[(left + 1) % count] * part)
