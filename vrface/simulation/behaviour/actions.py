"""What one act does to an ARKit face: the blendshapes it moves, at full strength.

A name without a side stands for both sides. Which shapes belong together follows FACS (Ekman &
Friesen 1978) and the co-activations measured on open Live Link Face takes: brow down with squint r
.5-.74 and with nose sneer r .13-.80, inner with outer brow r .58-.98, nose sneer with cheek squint
r .95, mouth press with lower shrug r .8-.9. The sizes are assumed, chosen for ARKit's scale; each
wearer has their own (`vrface.simulation.wearer`). A negative number takes away from the resting
face.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT

VISEMES: dict[str, dict[str, float]] = {
    "open": {
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
        "jawOpen": 0.45,
        "mouthSmile": 0.15,
        "mouthLowerDown": 0.4,
        "mouthStretch": 0.2,
        "mouthClose": 0.06,
        "jawForward": 0.08,
    },
    "round": {"mouthPucker": 0.3, "mouthFunnel": 0.2, "jawOpen": 0.1, "noseSneer": 0.02},
    "round_open": {
        "mouthFunnel": 0.3,
        "jawOpen": 0.4,
        "mouthClose": 0.12,
        "mouthLowerDown": 0.15,
        "mouthShrugUpper": 0.1,
        "noseSneer": 0.03,
    },
    "lips_closed": {
        "mouthPress": 0.15,
        "mouthRollLower": 0.15,
        "mouthRollUpper": 0.1,
        "mouthClose": 0.06,
        "mouthShrugLower": 0.15,
    },
    "teeth_on_lip": {"mouthRollLower": 0.2, "mouthUpperUp": 0.12, "mouthShrugUpper": 0.1},
}
"""Mouth shapes of speech."""

UPPER: dict[str, dict[str, float]] = {
    "brow_raise": {"browInnerUp": 0.65, "browOuterUp": 0.65, "eyeWide": 0.25},
    "brow_knit": {"browDown": 0.65, "eyeSquint": 0.2, "noseSneer": 0.1, "browInnerUp": -0.1},
    "squint": {"eyeSquint": 0.45, "browDown": 0.3, "cheekSquint": 0.15, "eyeBlink": 0.15},
    "widen": {"eyeWide": 0.65, "browInnerUp": 0.2, "browOuterUp": 0.2},
    "cheek_raise": {"cheekSquint": 0.45, "eyeSquint": 0.3, "noseSneer": 0.12},
}
"""Acts of the upper face alone: no mouth tracker can see them."""

EMOTIONS: dict[str, dict[str, float]] = {
    "smile": {
        "mouthSmile": 0.8,
        "cheekSquint": 0.3,
        "eyeSquint": 0.22,
        "mouthDimple": 0.12,
        "mouthUpperUp": 0.3,
        "mouthLowerDown": 0.25,
        "noseSneer": 0.1,
        "mouthShrugUpper": 0.12,
        "jawForward": 0.08,
        "eyeBlink": 0.08,
        "mouthFrown": -0.2,
        "mouthPucker": -0.1,
    },
    "smile_closed": {
        "mouthSmile": 0.55,
        "cheekSquint": 0.15,
        "eyeSquint": 0.15,
        "mouthDimple": 0.2,
        "mouthPress": 0.12,
        "mouthFrown": -0.2,
    },
    "surprise": {
        "browInnerUp": 0.75,
        "browOuterUp": 0.75,
        "eyeWide": 0.65,
        "jawOpen": 0.4,
        "mouthStretch": 0.15,
        "mouthLowerDown": 0.15,
    },
    "anger": {
        "browDown": 0.75,
        "noseSneer": 0.3,
        "eyeSquint": 0.3,
        "cheekSquint": 0.12,
        "mouthPress": 0.25,
        "mouthShrugLower": 0.4,
        "mouthRollLower": 0.12,
        "browInnerUp": -0.1,
        "browOuterUp": -0.1,
    },
    "disgust": {
        "noseSneer": 0.7,
        "mouthUpperUp": 0.45,
        "cheekSquint": 0.45,
        "browDown": 0.45,
        "eyeSquint": 0.35,
        "mouthShrugUpper": 0.25,
        "eyeBlink": 0.15,
        "mouthFrown": -0.15,
    },
    "sadness": {
        "browInnerUp": 0.5,
        "browOuterUp": 0.2,
        "mouthFrown": 0.35,
        "mouthShrugLower": 0.35,
        "mouthPress": 0.1,
    },
    "fear": {
        "browInnerUp": 0.6,
        "browOuterUp": 0.4,
        "eyeWide": 0.6,
        "mouthStretch": 0.4,
        "mouthLowerDown": 0.3,
        "jawOpen": 0.15,
    },
}
"""What a feeling does, or pretends to do."""

MOUTH_POSES: dict[str, dict[str, float]] = {
    "jaw_open": {
        "jawOpen": 0.8,
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
    "jaw_left": {"jawLeft": 0.4, "mouthLeft": 0.15, "jawOpen": 0.08},
    "jaw_right": {"jawRight": 0.4, "mouthRight": 0.15, "jawOpen": 0.08},
    "jaw_forward": {"jawForward": 0.4, "mouthLowerDown": 0.1},
    "tongue": {"tongueOut": 0.9, "jawOpen": 0.3, "mouthLowerDown": 0.15},
}
"""Acts of the mouth alone, as prompted when a range of motion is recorded."""

FACE_POSES: dict[str, dict[str, float]] = {
    "sneer": {
        "noseSneer": 0.6,
        "mouthUpperUp": 0.4,
        "cheekSquint": 0.45,
        "browDown": 0.25,
        "eyeSquint": 0.25,
    },
    "scrunch": {
        "eyeBlink": 0.85,
        "browDown": 0.85,
        "cheekSquint": 0.75,
        "noseSneer": 0.8,
        "eyeSquint": 0.65,
        "mouthPress": 0.5,
        "mouthSmile": 0.35,
        "mouthUpperUp": 0.4,
        "mouthShrugLower": 0.6,
        "mouthDimple": 0.3,
    },
    "eyes_closed": {"eyeBlink": 0.9, "eyeSquint": 0.05},
    "wink_left": {
        "eyeBlinkLeft": 0.9,
        "eyeBlinkRight": 0.15,
        "cheekSquintLeft": 0.35,
        "eyeSquintLeft": 0.35,
        "mouthSmileLeft": 0.25,
        "browDownLeft": 0.15,
    },
    "wink_right": {
        "eyeBlinkRight": 0.9,
        "eyeBlinkLeft": 0.15,
        "cheekSquintRight": 0.35,
        "eyeSquintRight": 0.35,
        "mouthSmileRight": 0.25,
        "browDownRight": 0.15,
    },
}
"""Acts of the whole face that carry no feeling."""

_TABLE = {**VISEMES, **UPPER, **EMOTIONS, **MOUTH_POSES, **FACE_POSES}

ACTIONS: tuple[str, ...] = tuple(_TABLE)
"""Every act, in the order of `action_matrix`."""


def numbers(names: dict[str, dict[str, float]] | tuple[str, ...]) -> NDArray[np.intp]:
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
