"""Strain gauges along the face foam: how much the skin below stretches them.

Each gauge lies on the foam's contour from halfway to one neighbour to halfway to the next, as the
eight in the foam of Li et al. 2015. It gives the change of its length over what is full scale to
it, plus part of the bending across it, through the play and the creep of what it is glued to.

No figure is published that a simple baseline on such gauges should reach; the constants are assumed
and frozen as part of simulation version 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.stream import Stream
from vrface.simulation.simulators.signals import Floats, one_pole, wander, weights_at
from vrface.simulation.simulators.skin import contour, made, seated, under, unit
from vrface.simulation.worn import Worn


@dataclass(frozen=True)
class _Family:
    """A kind of gauge.

    Attributes:
        play: Width of the hysteresis, in full scales.
        creep: Share of the answer that comes late.
        drift: Standard deviation of the slow wander, in full scales.
        bent: How much less it answers the more it is stretched; 0 = linear.
        around: How far along the ring the gauges sit, in distances between two.
    """

    play: float
    creep: float
    drift: float
    bent: float = 0.0
    around: float = 0.0


_FAMILIES = {
    "foil": _Family(play=0.01, creep=0.1, drift=0.02),
    "foil_slow": _Family(play=0.02, creep=0.2, drift=0.05),
    "rubber": _Family(play=0.06, creep=0.4, drift=0.08, bent=0.8, around=0.5),
}

FAMILIES: tuple[str, ...] = tuple(_FAMILIES)
"""Kinds of gauges; the last one, conductive rubber, is held out for testing."""

FULL_SCALE = 0.08
"""Stretch that is full scale: assumed, a brow's raise of 2-3 mm under a gauge of 50 mm."""

GRIP = 0.6
"""Share of the skin's stretch that reaches a gauge through the foam at usual pressure. Assumed."""

CREEP_S, DRIFT_S = 2.0, 45.0

_PIECES = 6
"""Straight pieces a gauge's arc is measured by."""


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Strain in [-1, 1], 0 at rest after a perfect seat; protocol of `Sense`."""
    family = _FAMILIES[worn.family(stream.name)]
    rng, noise = worn.donned(stream.name), worn.noise(stream.name)
    stretched, bent = _stretch(stream, worn, time_s, family.around)

    cross = rng.uniform(0.1, 0.2, len(stream.channels)) * rng.choice([-1.0, 1.0])
    grip = GRIP * min(worn.donning.pressure**0.5, 1.5)
    gain = np.exp(0.1 * unit(stream.name, worn).standard_normal(len(stream.channels)))
    strain = gain * grip * (stretched + cross * bent) / FULL_SCALE
    strain += rng.normal(0.0, 0.1, len(stream.channels))  # what the seat itself stretches
    if family.bent:
        strain = np.log1p(family.bent * np.maximum(strain, -1.0)) / family.bent

    late = one_pole(strain, time_s, CREEP_S)
    strain = play((1 - family.creep) * strain + family.creep * late, family.play)
    strain += family.drift * wander(noise, time_s, DRIFT_S, strain.shape[1])
    strain += stream.noise * noise.standard_normal(strain.shape)
    return np.clip(strain, -1.0, 1.0).astype(np.float32)


def _stretch(stream: Stream, worn: Worn, time_s: Floats, around: float) -> tuple[Floats, Floats]:
    """[samples, gauges] share by which each gauge's arc is longer, and by which it is lifted."""
    count = len(stream.channels)
    corners = _corners(stream, worn, around)
    skin = under(worn.rig, seated(corners.reshape(-1, 3), worn))
    rest = skin.rest.reshape(count, -1, 3).astype(np.float64)
    moved = skin.moved(weights_at(worn, time_s)).astype(np.float64)
    lift = np.einsum("tpc,pc->tp", moved, skin.normals).reshape(len(time_s), count, -1)

    resting = np.linalg.norm(np.diff(rest, axis=1), axis=2).sum(axis=1)
    pieces = np.diff(rest + moved.reshape(-1, *rest.shape), axis=2)
    length = np.sqrt(np.einsum("tgpc,tgpc->tgp", pieces, pieces)).sum(axis=2)
    return length / resting - 1.0, lift.mean(axis=2) / resting


def _corners(stream: Stream, worn: Worn, around: float) -> Floats:
    """[gauges, corners, 3] the arcs of the gauges, metres."""
    count = len(stream.channels)
    part = np.linspace(-0.5, 0.5, _PIECES + 1)
    if not stream.positions:
        share = (np.arange(count)[:, None] + around + part) / count
        return contour(worn.rig, share.ravel()).reshape(count, -1, 3)
    middles = made(stream, worn, around)
    before, after = (np.roll(middles, shift, axis=0) for shift in (1, -1))
    back, ahead = np.maximum(-part, 0)[:, None], np.maximum(part, 0)[:, None]
    return np.asarray(
        middles[:, None] * (1 - back - ahead) + before[:, None] * back + after[:, None] * ahead
    )


def play(values: Floats, width: float) -> Floats:
    """Rate-free hysteresis: follows `values` [times, columns] only once they are half `width` away.

    ``y[n] = clip(y[n-1], x[n] - width / 2, x[n] + width / 2)``: clips of clips are clips, so all
    instants are worked out in as many passes as their count has binary digits.
    """
    low, high = values - width / 2, values + width / 2
    low[0] = high[0] = values[0]
    step = 1
    while step < len(values):
        lower, upper = low[:-step].copy(), high[:-step].copy()
        low[step:], high[step:] = (
            np.clip(lower, low[step:], high[step:]),
            np.clip(upper, low[step:], high[step:]),
        )
        step *= 2
    return low
