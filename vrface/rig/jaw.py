"""The jaw: a turn about the condyles, and lips that part or stay closed over it. Millimetres."""

from __future__ import annotations

import numpy as np

from vrface.rig.curves import Array, bell, ramp
from vrface.rig.grid import HALF_MOUTH, HEIGHTS, MOUTH_ROWS, skin_grid

CONDYLE = np.array([0.0, -20.0, 72.0])
"""Between the two condyles: ahead of the ears' roots, below the eyes."""

OPEN_DEG = 17.0
"""The jaw's turn at jawOpen 1: some 37 mm at the chin (at most 46 to 50; Posselt 1952)."""

FORWARD, ASIDE = 7.5, 7.5
"""jawForward and jawLeft at 1: 7 to 10 mm are usual limits (Okeson 2019)."""

MEET = 0.18
"""Where lips meet over an open jaw: how much of its motion they follow."""


def _above_slit(points: Array) -> Array:
    """[vertices] how far above the line of the mouth each lies."""
    grid = skin_grid()
    line = points[grid.vertex[MOUTH_ROWS[0]], 1]
    return np.asarray(points[:, 1] - line[grid.column])


def _parting(points: Array, soft: Array) -> Array:
    """[vertices] share of the lower side; `soft` is how wide the change is beside the mouth."""
    grid = skin_grid()
    x = np.abs(points[:, 0])
    between = np.clip(1 - np.square(x / HALF_MOUTH), 0, 1) ** 0.8
    side = np.where(grid.row >= MOUTH_ROWS[1], -1.0, 1.0)
    ahead = points[:, 2] < 25
    above = _above_slit(points) + 9.0 * between * side * ahead
    return np.asarray(1 / (1 + np.exp(np.clip(above / soft, -40, 40))))


def lower_share(points: Array) -> Array:
    """[vertices] 1 on the lower lip and below, 0 on the upper, half at the corners."""
    return _parting(points, 2.2 + 5.0 * ramp(15, 30, np.abs(points[:, 0])))


def jaw_share(points: Array) -> Array:
    """[vertices] how much of the jaw's motion the skin follows."""
    x = np.abs(points[:, 0])
    share = _parting(points, 2.2 + 5.0 * ramp(15, 30, x) + 6.0 * ramp(30, 54, x))
    under = ramp(-134, -102, HEIGHTS[skin_grid().row])
    behind = ramp(74, 20, points[:, 2])
    lifted = ramp(-28, -48, points[:, 1])  # nothing moves at the height of the eyes
    return np.asarray(share * under * behind * lifted)


def carried(points: Array) -> dict[str, Array]:
    """By shape, [points, 3] the motion of what sits firmly on the jaw."""
    turn = np.deg2rad(OPEN_DEG)
    way = points - CONDYLE
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.stack(
        [way[:, 0], cos * way[:, 1] + sin * way[:, 2], -sin * way[:, 1] + cos * way[:, 2]], 1
    )
    still = np.zeros_like(points)
    return {
        "jawOpen": turned - way,
        "jawForward": np.add(still, (0.0, -0.6, -FORWARD)),
        "jawLeft": np.add(still, (-ASIDE, 0.0, 0.0)),
    }


def jaw_fields(points: Array) -> dict[str, Array]:
    """The jaw's shapes on the skin; jawOpen draws the corners of the mouth in a little."""
    share = jaw_share(points)[:, None]
    fields = {shape: field * share for shape, field in carried(points).items()}
    corner = bell((np.abs(points[:, 0]) - 24) / 9, (points[:, 1] + 66) / 12) * (points[:, 2] < 25)
    fields["jawOpen"] += corner[:, None] * np.sign(points[:, :1]) * (-2.0, 0.0, 0.0)
    return fields


def mouth_close(points: Array, opened: Array) -> Array:
    """The shape mouthClose as ARKit defines it: with jawOpen the lips meet, the jaw stays open.

    Args:
        points: [vertices, 3] the skin.
        opened: [vertices, 3] what jawOpen does to it.
    """
    x, height = np.abs(points[:, 0]), _above_slit(points)
    beside = np.clip(x - HALF_MOUTH, 0, None) / 9
    near = bell(height / np.where(height < 0, 14, 9), beside) * (points[:, 2] < 25)
    met = MEET * carried(points)["jawOpen"]
    return np.asarray((met - opened) * near[:, None])
