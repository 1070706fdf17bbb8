"""The lines of a drawn face, moved by the weights.

Face units: x to the viewer's right (the wearer's left), y up, the face about 1.7 wide and 2.3 high
around the origin. A drawing, not a rig: it shows which way each shape moves, not by how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Expression

_SIDES = (("Left", 1.0), ("Right", -1.0))
_EYE_AT = (0.38, 0.22)
_EYE_HALF_WIDTH = 0.22
_IRIS_RADIUS = 0.085


class Stroke(NamedTuple):
    """One line.

    Attributes:
        points: [points, 2] dense enough that neighbours touch at terminal resolution.
        shape: The blendshape whose source tints it; None for the outline of the head.
    """

    points: NDArray[np.float64]
    shape: str | None


class _Weights(dict[str, float]):
    """Weights by name, 0 where there is no value; ``both("browDown", "Left")`` picks a side."""

    def __init__(self, expression: Expression) -> None:
        weights = expression.as_dict().items()
        super().__init__({name: w if np.isfinite(w) else 0.0 for name, w in weights})


def strokes(expression: Expression) -> Iterator[Stroke]:
    """Every line of the face, back to front: a later one takes over the tint where lines meet."""
    w = _Weights(expression)
    gaze = np.nan_to_num(expression.gaze).reshape(2, 2)
    yield _head(w)
    for (side, sign), (yaw, pitch) in zip(_SIDES, gaze, strict=True):
        yield _nose(w, side, sign)
        yield _cheek(w, side, sign)
        yield from _eye(w, side, sign, float(yaw), float(pitch))
        yield _brow(w, side, sign)
    yield from _mouth(w)


def _head(w: _Weights) -> Stroke:
    angle = np.linspace(0.0, 2 * np.pi, 900)
    x, y = 0.84 * np.cos(angle), 1.08 * np.sin(angle)
    y = np.where(y < 0, y * (1.0 + 0.12 * w["jawOpen"]), y)
    for side, sign in _SIDES:
        bulge = np.exp(-(((y + 0.42) / 0.22) ** 2)) * (np.sign(x) == sign)
        x = x + sign * 0.14 * w[f"cheekPuff{side}"] * bulge
    return Stroke(np.column_stack([x, y]), None)


def _brow(w: _Weights, side: str, sign: float) -> Stroke:
    inner, outer, down = (w[f"{name}{side}"] for name in ("browInnerUp", "browOuterUp", "browDown"))
    curve = _arch(
        start=(sign * (0.15 - 0.05 * down), 0.52 + 0.22 * inner - 0.16 * down),
        middle=(sign * 0.38, 0.63 + 0.13 * inner + 0.15 * outer - 0.16 * down),
        end=(sign * 0.66, 0.52 + 0.22 * outer - 0.08 * down),
    )
    return Stroke(_thick(curve, 0.035), f"browInnerUp{side}")


def _eye(w: _Weights, side: str, sign: float, yaw: float, pitch: float) -> Iterator[Stroke]:
    blink, squint, wide = (w[f"{name}{side}"] for name in ("eyeBlink", "eyeSquint", "eyeWide"))
    x_eye, y_eye = sign * _EYE_AT[0], _EYE_AT[1]
    across = np.linspace(-1.0, 1.0, 120)
    lens = 1.0 - across**2
    x = x_eye + _EYE_HALF_WIDTH * across
    upper = y_eye + lens * (-0.05 + (0.19 + 0.08 * wide) * (1.0 - blink) - 0.03 * squint)
    lower = y_eye + lens * (-0.05 - 0.06 * (1.0 - blink) + 0.05 * squint)
    # Yaw > 0 looks to the wearer's right, which is the viewer's left.
    disc = _disc(x_eye - 0.24 * np.sin(yaw), y_eye + 0.02 + 0.20 * np.sin(pitch), _IRIS_RADIUS)
    inside = (disc[:, 1] < np.interp(disc[:, 0], x, upper, left=-9, right=-9)) & (
        disc[:, 1] > np.interp(disc[:, 0], x, lower, left=9, right=9)
    )
    yield Stroke(disc[inside], f"eyeLookIn{side}")
    yield Stroke(np.column_stack([x, lower]), f"eyeSquint{side}")
    yield Stroke(_thick(np.column_stack([x, upper]), 0.02), f"eyeBlink{side}")


def _cheek(w: _Weights, side: str, sign: float) -> Stroke:
    lift = w[f"cheekSquint{side}"]
    curve = _arch(
        start=(sign * 0.30, -0.08 + 0.04 * lift),
        middle=(sign * 0.46, -0.12 + 0.16 * lift),
        end=(sign * 0.64, -0.04 + 0.06 * lift),
    )
    return Stroke(curve, f"cheekSquint{side}")


def _nose(w: _Weights, side: str, sign: float) -> Stroke:
    sneer = w[f"noseSneer{side}"]
    wing = _arch(
        start=(sign * 0.10, -0.10 + 0.06 * sneer),
        middle=(sign * (0.22 + 0.03 * sneer), -0.19 + 0.12 * sneer),
        end=(sign * 0.03, -0.26 + 0.02 * sneer),
    )
    wrinkles = [
        _arch((sign * 0.05, y), (sign * 0.09, y + 0.03), (sign * 0.13, y))
        for y in (0.02, 0.09)
        if sneer > 0.2
    ]
    return Stroke(np.concatenate([wing, *wrinkles]), f"noseSneer{side}")


def _mouth(w: _Weights) -> Iterator[Stroke]:
    narrow = 0.45 * w["mouthPucker"] + 0.3 * w["mouthFunnel"]
    open_by = 0.5 * w["jawOpen"] * (1.0 - w["mouthClose"]) + 0.05 * w["mouthFunnel"]
    x_mid = 0.15 * (w["mouthLeft"] - w["mouthRight"])
    full = 0.045 + 0.03 * (w["mouthPucker"] + w["mouthFunnel"])
    y_mid = -0.57
    corner = {}
    for side, sign in _SIDES:
        wide = 0.08 * (w[f"mouthSmile{side}"] + w[f"mouthStretch{side}"] + w[f"mouthDimple{side}"])
        lift = 0.16 * (w[f"mouthSmile{side}"] - w[f"mouthFrown{side}"])
        corner[side] = (x_mid + sign * (0.30 + wide) * (1.0 - narrow), y_mid + lift - 0.3 * open_by)
    ends = (corner["Right"], corner["Left"])
    upper = 0.05 * (w["mouthUpperUpLeft"] + w["mouthUpperUpRight"]) + 0.03 * w["mouthShrugUpper"]
    lower = 0.05 * (w["mouthLowerDownLeft"] + w["mouthLowerDownRight"]) + open_by
    rolled = (full * (1.0 - w["mouthRollUpper"]), full * (1.0 - w["mouthRollLower"]))
    x_jaw = x_mid + 0.15 * (w["jawLeft"] - w["jawRight"])
    lines = (
        (x_mid, y_mid + upper + rolled[0]),
        (x_mid, y_mid + upper),
        (x_jaw, y_mid - lower),
        (x_jaw, y_mid - lower - rolled[1]),
    )
    for place, middle in enumerate(lines):
        shape = ("mouthUpperUpLeft", "mouthSmileLeft", "jawOpen", "jawOpen")[place]
        yield Stroke(_arch(ends[0], middle, ends[1]), shape)
    if w["tongueOut"] > 0.2:
        yield Stroke(_disc(x_jaw, y_mid - lower, 0.10 * w["tongueOut"]), "tongueOut")


def _arch(
    start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]
) -> NDArray[np.float64]:
    """The parabola that passes through `middle` half way: [160, 2]."""
    t = np.linspace(0.0, 1.0, 160)[:, None]
    a, b, c = np.array(start), np.array(middle), np.array(end)
    control = 2 * b - (a + c) / 2
    return np.asarray((1 - t) ** 2 * a + 2 * t * (1 - t) * control + t**2 * c)


def _thick(curve: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    return np.concatenate([curve, curve + np.array([0.0, by])])


def _disc(x: float, y: float, radius: float) -> NDArray[np.float64]:
    grid = np.linspace(-1.0, 1.0, 24)
    spots = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    inside = (spots**2).sum(axis=1) <= 1.0
    return np.asarray(spots[inside] * radius + np.array([x, y]))
