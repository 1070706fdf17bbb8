"""What tests of schemes share: random faces, faces compared, faces mirrored."""

import re

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vrface.face.blendshapes import BLENDSHAPES, mirrored
from vrface.face.schemes import scheme

_OTHER = {
    "LEFT": "RIGHT",
    "RIGHT": "LEFT",
    "Left": "Right",
    "Right": "Left",
    "L": "R",
    "R": "L",
}

_SWAPPED = {
    "jawLeft": "jawRight",
    "jawRight": "jawLeft",
    "mouthLeft": "mouthRight",
    "mouthRight": "mouthLeft",
}

LIVELINK_CSV = tuple(_SWAPPED.get(shape, shape) for shape in scheme("arkit").shapes)
"""ARKit's shapes as the columns of Live Link Face's CSV takes: right comes first in two pairs."""


def weights(count):
    """Any `count` weights, none of them absent."""
    return arrays(np.float32, count, elements=st.floats(0, 1, width=32))


def absent_or_same(values, expected):
    """The same values in the same places, and the same places absent."""
    np.testing.assert_allclose(values, expected, atol=1e-6, rtol=0, equal_nan=True)


def other_side(shape):
    """A standard's shape on the other side; itself when it has no sides.

    LEFT in a name is a side or a direction, and a mirror turns both: EYES_LOOK_LEFT_L is
    EYES_LOOK_RIGHT_R in it.
    """
    return re.sub(
        r"LEFT|RIGHT|Left|Right|(?<=_)[LR](?=$|[BT]$|_)", lambda found: _OTHER[found[0]], shape
    )


def mirror_of(shapes):
    """`values[..., mirror]` are the values of the mirrored face."""
    return np.array([shapes.index(other_side(shape)) for shape in shapes])


def face_mirror(extras=()):
    """The same for our own weights and extras."""
    names = (*BLENDSHAPES, *extras)
    return np.array([names.index(mirrored(name)) for name in names])
