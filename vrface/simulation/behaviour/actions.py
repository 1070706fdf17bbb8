"""What one act does to an ARKit face: the blendshapes it moves, at full strength.

A name without a side stands for both sides. Which shapes belong together follows FACS (Ekman &
Friesen 1978) and the co-activations measured on open Live Link Face takes: brow down with squint r
.5-.74 and with nose sneer r .13-.80, inner with outer brow r .58-.98, nose sneer with cheek squint
r .76-.96, mouth press with lower shrug r .8-.9. Brow raises and wide eyes are acts of their own:
there, one comes as often without the other as with it (r -.4 to .7). The sizes are assumed, chosen
for ARKit's scale; each wearer has their own (`vrface.simulation.wearer`). A negative number takes
away from the resting face.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT

VISEMES: dict[str, dict[str, float]] = {
    "open": {
        "cheekPuff": -0.05,
        "jawOpen": 0.6,
        "mouthLowerDown": 0.4,
        "mouthStretch": 0.25,
        "mouthClose": 0.1,
        "mouthShrugUpper": 0.06,
        "jawForward": 0.06,
        "mouthFrown": -0.1,
    },
    "wide": {
        "jawOpen": 0.15,
        "mouthSmile": 0.2,
        "mouthStretch": 0.2,
        "mouthLowerDown": 0.35,
        "mouthUpperUp": 0.06,
        "jawForward": 0.1,
        "mouthFrown": -0.1,
    },
    "spread_open": {
        "cheekPuff": -0.05,
        "jawOpen": 0.45,
        "mouthSmile": 0.15,
        "mouthLowerDown": 0.4,
        "mouthStretch": 0.2,
        "mouthClose": 0.06,
        "jawForward": 0.08,
    },
    "round": {"mouthPucker": 0.1, "mouthFunnel": 0.15, "jawOpen": 0.1},
    "round_open": {
        "cheekPuff": -0.05,
        "mouthFunnel": 0.22,
        "jawOpen": 0.4,
        "mouthClose": 0.12,
        "mouthLowerDown": 0.15,
        "mouthShrugUpper": 0.1,
    },
    "lips_closed": {
        "jawOpen": -0.1,
        "mouthLowerDown": -0.1,
        "mouthPress": 0.15,
        "mouthRollLower": 0.15,
        "mouthRollUpper": 0.1,
        "mouthClose": 0.06,
        "mouthShrugLower": 0.15,
    },
    "teeth_on_lip": {"mouthRollLower": 0.2, "mouthUpperUp": 0.12, "mouthShrugUpper": 0.1},
}
"""Mouth shapes of speech; the upper face speaks by itself."""

UPPER: dict[str, dict[str, float]] = {
    "brow_raise": {"browInnerUp": 0.65, "browOuterUp": 0.65},
    "inner_brow_raise": {"browInnerUp": 0.6, "browOuterUp": 0.35},
    "outer_brow_raise": {"browInnerUp": 0.35, "browOuterUp": 0.6},
    "brow_knit": {"browDown": 0.65, "eyeSquint": 0.18, "noseSneer": 0.08, "browInnerUp": -0.1},
    "squint": {"eyeSquint": 0.45, "browDown": 0.15, "cheekSquint": 0.08, "eyeBlink": 0.12},
    "widen": {"eyeWide": 0.6},
    "cheek_raise": {"cheekSquint": 0.4, "eyeSquint": 0.25, "noseSneer": 0.2, "eyeBlink": 0.06},
    "nose_wrinkle": {
        "noseSneer": 0.6,
        "cheekSquint": 0.32,
        "browDown": 0.25,
        "eyeSquint": 0.2,
        "eyeBlink": 0.06,
    },
}
"""Acts of the upper face alone: no mouth tracker can see them."""

MOUTHS: dict[str, dict[str, float]] = {
    "smile": {
        "mouthSmile": 0.8,
        "mouthDimple": 0.12,
        "mouthUpperUp": 0.25,
        "mouthLowerDown": 0.25,
        "mouthShrugUpper": 0.12,
        "jawForward": 0.08,
        "mouthFrown": -0.2,
        "mouthPucker": -0.1,
    },
    "smile_closed": {
        "mouthSmile": 0.55,
        "mouthDimple": 0.2,
        "mouthPress": 0.12,
        "mouthFrown": -0.2,
    },
    "jaw_drop": {"jawOpen": 0.4, "mouthStretch": 0.15, "mouthLowerDown": 0.15},
    "lips_tight": {"mouthPress": 0.25, "mouthShrugLower": 0.4, "mouthRollLower": 0.12},
    "lip_raise": {"mouthUpperUp": 0.45, "mouthShrugUpper": 0.25, "mouthFrown": -0.15},
    "corners_down": {"mouthFrown": 0.4, "mouthShrugLower": 0.35, "mouthPress": 0.1},
    "lips_stretch": {"mouthStretch": 0.4, "mouthLowerDown": 0.3, "jawOpen": 0.15},
}
"""What a feeling does to the mouth."""

EMOTIONS: dict[str, tuple[str, dict[str, float]]] = {
    "joy": ("smile", {"cheek_raise": 1.0}),
    "amusement": ("smile_closed", {"cheek_raise": 0.8}),
    "surprise": ("jaw_drop", {"brow_raise": 1.15, "widen": 1.0}),
    "anger": ("lips_tight", {"brow_knit": 1.15, "squint": 0.4, "nose_wrinkle": 0.3}),
    "disgust": ("lip_raise", {"nose_wrinkle": 1.15, "brow_knit": 0.4}),
    "sadness": ("corners_down", {"inner_brow_raise": 1.0}),
    "fear": ("lips_stretch", {"inner_brow_raise": 1.0, "widen": 1.0}),
}
"""A feeling: what it does to the mouth, and how far each act of the upper face goes with it."""

MOUTH_POSES: dict[str, dict[str, float]] = {
    "jaw_open": {
        "jawOpen": 0.9,
        "mouthStretch": 0.35,
        "mouthLowerDown": 0.4,
        "mouthClose": 0.12,
        "mouthFunnel": 0.1,
    },
    "puff": {"cheekPuff": 0.4, "mouthPucker": 0.4, "mouthShrugLower": 0.4, "mouthPress": 0.15},
    "pucker": {"mouthPucker": 0.6, "mouthFunnel": 0.2, "mouthShrugLower": 0.2, "cheekPuff": 0.05},
    "funnel": {"mouthFunnel": 0.5, "mouthPucker": 0.25, "jawOpen": 0.15},
    "press": {
        "mouthPress": 0.35,
        "mouthRollLower": 0.25,
        "mouthRollUpper": 0.15,
        "mouthDimple": 0.2,
        "mouthShrugLower": 0.45,
    },
    "roll": {"mouthRollLower": 0.4, "mouthRollUpper": 0.35, "mouthClose": 0.1, "jawOpen": 0.1},
    "chin_up": {"mouthShrugLower": 0.6, "mouthShrugUpper": 0.2, "mouthFrown": 0.2},
    "mouth_corners_down": {"mouthFrown": 0.45, "mouthShrugLower": 0.2},
    "teeth": {
        "mouthLowerDown": 0.6,
        "mouthUpperUp": 0.45,
        "mouthStretch": 0.3,
        "mouthShrugUpper": 0.3,
        "jawForward": 0.1,
        "noseSneer": 0.15,
    },
    "mouth_left": {"mouthLeft": 0.6, "jawLeft": 0.1, "mouthPucker": 0.1},
    "mouth_right": {"mouthRight": 0.6, "jawRight": 0.1, "mouthPucker": 0.1},
    "smirk_left": {"mouthSmileLeft": 0.3, "mouthDimpleLeft": 0.2, "mouthLeft": 0.1},
    "smirk_right": {"mouthSmileRight": 0.3, "mouthDimpleRight": 0.2, "mouthRight": 0.1},
    "jaw_left": {"jawLeft": 0.4, "mouthLeft": 0.15, "jawOpen": 0.08},
    "jaw_right": {"jawRight": 0.4, "mouthRight": 0.15, "jawOpen": 0.08},
    "jaw_forward": {"jawForward": 0.4, "mouthLowerDown": 0.1},
    "tongue": {"tongueOut": 0.9, "jawOpen": 0.3, "mouthLowerDown": 0.15},
}
"""Acts of the mouth alone, as prompted when a range of motion is recorded."""

FACE_POSES: dict[str, dict[str, float]] = {
    "scrunch": {
        "eyeBlink": 0.85,
        "browDown": 0.85,
        "cheekSquint": 0.6,
        "noseSneer": 0.8,
        "eyeSquint": 0.65,
        "mouthPress": 0.5,
        "mouthSmile": 0.35,
        "mouthUpperUp": 0.4,
        "mouthShrugLower": 0.6,
        "mouthDimple": 0.3,
    },
    "sneer": {
        "noseSneer": 0.6,
        "mouthUpperUp": 0.4,
        "cheekSquint": 0.32,
        "browDown": 0.25,
        "eyeSquint": 0.25,
    },
}
"""Acts of the whole face that carry no feeling; winks are blinks of one eye."""

_TABLE = {**VISEMES, **UPPER, **MOUTHS, **MOUTH_POSES, **FACE_POSES}

ACTIONS: tuple[str, ...] = tuple(_TABLE)
"""Every act, in the order of `action_matrix`."""


def numbers(names: Iterable[str]) -> NDArray[np.intp]:
    """Where each of `names` stands in `ACTIONS`."""
    return np.array([ACTIONS.index(name) for name in names], dtype=np.intp)


def action_matrix() -> NDArray[np.float64]:
    """[actions, 54]: what each act adds to the resting face at full strength."""
    matrix = np.zeros((len(ACTIONS), COUNT))
    for row, shapes in enumerate(_TABLE.values()):
        for column, shape in enumerate(BLENDSHAPES):
            both = shape.removesuffix("Left").removesuffix("Right")
            matrix[row, column] = shapes.get(shape, shapes.get(both, 0.0))
    return matrix
