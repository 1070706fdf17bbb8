"""Who a simulated person is: how their head differs from the average, and their colours.

Spreads of proportions are of the size of Farkas' 1994 standard deviations (2 to 5 mm); the colours
are assumed, spread over all skin tones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.rig.curves import Array, bell, curve, ramp
from vrface.rig.head import EYE
from vrface.rig.piece import PAINTS

# What differs: centre (right, up, ahead), spreads, and the move (right, up, ahead) of one standard
# deviation, millimetres; on both sides alike.
_DIFFERENCES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "jaw_width": ((48, -88, -30), (26, 26, 50), (3.2, 0.0, 0.0)),
    "cheek_width": ((60, -25, -20), (22, 26, 50), (2.6, 0.0, 0.0)),
    "head_width": ((74, 50, -75), (30, 45, 70), (3.0, 0.0, 0.0)),
    "chin_down": ((0, -118, 10), (48, 26, 60), (0.0, -3.4, 0.4)),
    "chin_ahead": ((0, -103, 22), (18, 13, 26), (0.0, 0.0, 2.0)),
    "mouth_up": ((0, -66, 24), (30, 18, 40), (0.0, 1.6, 0.0)),
    "mouth_width": ((26, -66, 18), (12, 14, 40), (1.5, 0.0, 0.0)),
    "lips_full": ((0, -66, 32), (20, 9, 14), (0.0, 0.0, 1.5)),
    "nose_ahead": ((0, -32, 36), (11, 11, 20), (0.0, 0.6, 2.2)),
    "nose_width": ((14, -38, 26), (9, 9, 20), (1.7, 0.0, 0.0)),
    "nose_down": ((0, -38, 32), (15, 11, 24), (0.0, -1.7, 0.0)),
    "bridge": ((0, -10, 26), (8, 13, 20), (0.0, 0.0, 1.5)),
    "cheeks_full": ((42, -42, 8), (18, 18, 26), (0.9, 0.0, 1.8)),
    "brow_up": ((30, 23, 18), (24, 8, 26), (0.0, 1.3, 0.0)),
    "brow_ridge": ((20, 18, 22), (17, 7, 18), (0.0, 0.0, 1.1)),
    "forehead": ((0, 60, 18), (50, 26, 40), (0.0, 1.5, 2.0)),
    "hair_high": ((0, 112, -35), (66, 40, 75), (0.0, 5.0, 1.5)),
    "hair_wide": ((76, 75, -70), (30, 45, 80), (2.5, 0.0, 0.0)),
    "ears": ((82, -8, -80), (9, 30, 26), (1.6, 0.0, 0.0)),
}

# What makes the sides differ; small.
_ASIDE: dict[str, tuple[tuple[float, float, float], ...]] = {
    "nose_aside": ((0, -35, 36), (12, 13, 20), (0.5, 0.0, 0.0)),
    "mouth_aside": ((0, -72, 24), (26, 20, 40), (0.5, 0.0, 0.0)),
    "corner_high": ((24, -66, 20), (10, 9, 30), (0.0, 0.45, 0.0)),
    "brow_high": ((28, 23, 18), (20, 7, 26), (0.0, 0.5, 0.0)),
    "chin_aside": ((0, -102, 20), (24, 14, 40), (0.5, 0.0, 0.0)),
}

_SPACING = 1.3
"""Of each eye from the middle, millimetres: 63 mm apart, give or take 3.6 (Dodgson 2004)."""

# sRGB by depth of the skin from 0 to 1: skin, lips.
_TONES = (0.0, 0.25, 0.45, 0.65, 0.82, 1.0)
_SKIN = np.array(
    [
        (0.93, 0.78, 0.70),
        (0.87, 0.69, 0.58),
        (0.78, 0.58, 0.45),
        (0.62, 0.43, 0.32),
        (0.46, 0.31, 0.23),
        (0.33, 0.22, 0.17),
    ]
)
_LIPS = np.array(
    [
        (0.82, 0.53, 0.50),
        (0.78, 0.48, 0.44),
        (0.70, 0.42, 0.37),
        (0.55, 0.32, 0.29),
        (0.44, 0.25, 0.24),
        (0.35, 0.20, 0.20),
    ]
)
_HAIR = np.array(
    [
        (0.09, 0.075, 0.07),
        (0.15, 0.105, 0.08),
        (0.24, 0.16, 0.11),
        (0.36, 0.24, 0.15),
        (0.42, 0.23, 0.13),
        (0.66, 0.51, 0.32),
        (0.55, 0.54, 0.53),
    ]
)
_IRIS = np.array(
    [
        (0.23, 0.135, 0.08),
        (0.36, 0.22, 0.11),
        (0.42, 0.36, 0.19),
        (0.34, 0.45, 0.33),
        (0.38, 0.52, 0.60),
        (0.45, 0.51, 0.55),
    ]
)


@dataclass(frozen=True, eq=False)
class Identity:
    """One person.

    Attributes:
        size: Of the whole head; 1 = average.
        shape: [differences] standard deviations, in the order of `differences`.
        spacing: Millimetres that each eye lies farther out.
        palette: [paints, 3] sRGB.
    """

    size: float
    shape: Array
    spacing: float
    palette: NDArray[np.float32]

    @classmethod
    def drawn(cls, seed: int | None) -> Identity:
        """Person number `seed`; None = the average one."""
        count = len(_DIFFERENCES) + len(_ASIDE)
        if seed is None:
            return cls(1.0, np.zeros(count), 0.0, _palette(0.22, _HAIR[2], _IRIS[1]))
        rng = np.random.default_rng([seed, 200])
        shape = np.clip(rng.normal(0, 1, count), -1.8, 1.8)
        size = float(1 + 0.03 * np.clip(rng.normal(), -2, 2))
        spacing = float(_SPACING * np.clip(rng.normal(), -1.8, 1.8))
        depth = float(rng.uniform())
        hair = _chosen(rng, _HAIR, light=9 * (1 - depth) ** 2, grey=0.1)
        iris = _chosen(rng, _IRIS, light=9 * (1 - depth) ** 2, grey=0.0)
        return cls(size, shape, spacing, _palette(depth, hair, iris))


def _chosen(rng: np.random.Generator, colours: Array, *, light: float, grey: float) -> Array:
    """A colour, dark for dark people, any for light ones; between it and the next."""
    if rng.uniform() < grey:
        return np.asarray(colours[-1])
    place = min(abs(rng.normal(0, 1)) * (0.25 + light / 3), len(colours) - 2.0)
    return np.asarray(curve(np.arange(len(colours)), colours, [place])[0])


def _palette(depth: float, hair: Array, iris: Array) -> NDArray[np.float32]:
    """[paints, 3] of a depth of skin and colours of hair and iris."""
    skin, lips = (curve(_TONES, table, [depth])[0] for table in (_SKIN, _LIPS))
    colours = {
        "skin": skin,
        "blush": skin * (0.97, 0.80, 0.77),
        "shade": skin * (0.55, 0.46, 0.44),
        "lips": lips,
        "hair": hair,
        "white": (0.95, 0.94, 0.92),
        "iris": iris,
        "rim": iris * 0.45,
        "pupil": (0.03, 0.025, 0.025),
        "glint": (1.0, 1.0, 1.0),
        "teeth": (0.95, 0.93, 0.88),
        "gum": (0.72, 0.42, 0.41),
        "dark": (0.20, 0.07, 0.07),
        "tongue": (0.76, 0.42, 0.42),
    }
    return np.array([colours[name] for name in PAINTS], np.float32)


def differences(points: Array, lids: Array) -> Array:
    """[differences, points, 3] millimetres of one standard deviation each.

    Around the eyes nothing changes but what `spacing` does, so that lids still fit the eyeballs.

    Args:
        points: [points, 3] of the average head.
        lids: [points] 1 where nothing may change.
    """
    right, up, ahead = points[:, 0], points[:, 1], -points[:, 2]
    sign = np.sign(right) * ramp(0, 6, np.abs(right))
    free = 1 - lids
    fields = []
    for (x, y, z), (wide, high, deep), move in _DIFFERENCES.values():
        fade = bell((np.abs(right) - x) / wide, (up - y) / high, (ahead - z) / deep) * free
        fields.append(np.stack([fade * move[0] * sign, fade * move[1], -fade * move[2]], 1))
    for (x, y, z), (wide, high, deep), move in _ASIDE.values():
        fade = bell((right - x) / wide, (up - y) / high, (ahead - z) / deep) * free
        fields.append(np.stack([fade * move[0], fade * move[1], -fade * move[2]], 1))
    return np.stack(fields)


def spacing(points: Array) -> Array:
    """[points, 3] eyes and lids 1 mm farther out, the skin beside them less."""
    x = np.abs(points[:, 0])
    flat = (
        ramp(2, 13, x) * ramp(72, 50, x) * ramp(-34, -17, points[:, 1]) * ramp(44, 24, points[:, 1])
    )
    flat *= ramp(60, 25, points[:, 2])
    return np.stack([np.sign(points[:, 0]) * flat, 0 * flat, 0 * flat], 1)


def around_eyes(points: Array) -> Array:
    """[points] 1 on eyeballs and lids, 0 away from them."""
    apart = np.stack([np.abs(points[:, 0]), points[:, 1], points[:, 2]], 1) - EYE
    distance = np.hypot(apart[:, 0] * 0.9, apart[:, 1] * np.where(apart[:, 1] < 0, 1.0, 1.25))
    return np.asarray(ramp(23, 15, distance) * (points[:, 2] < 30))
