"""Dialect `vrcft`: faces as VRCFaceTracking and the like send them to VRChat over OSC.

Read are, as floats:

- ``/avatar/parameters/<prefix>v2/<Name>``, whatever the prefix: the base shapes of Unified
  Expressions, and of the combined ones those of the eyes: ``Eye{,Left,Right}{X,Y}``,
  ``Eye{Open,Closed,Lid}{,Left,Right}``, ``PupilDiameter{,Left,Right}``;
- VRChat's native eye inputs, ``/tracking/eye/...``;
- ``/<name>`` for each of our own names, which is how Project Babble's Baballonia sends a mouth:
  ``/jawOpen``, ``/tongueOut`` ...

Not read: the other simple and combined parameters (``SmileFrown``, ``JawX`` ...), which say less
than the base shapes they are mixed from; and the binary forms (``JawOpen1``, ``JawOpen2`` ...,
``JawOpenNegative``), because no message says how many bits there are, and a bit that never changes
is never sent. VRCFaceTracking sends what the avatar worn asks for, and everything as floats once it
hears ``/vrcft/settings/forceRelevant`` with true.

It sends what changed alone, and goes on with the last face when its source stops: here, a value
stands as long as its sender says anything.
"""

from __future__ import annotations

from math import nan

from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.extras import EXTRAS
from vrface.face.gaze import FULL_SCALE_RAD
from vrface.face.schemes import scheme
from vrface.sensors.align import RANGE_TOLERANCE
from vrface.sensors.headset import SHAPE_STREAMS
from vrface.trackers import eyes, osc
from vrface.trackers.dialect import Dialect, Named

OPEN_LID = 0.75
"""``EyeLid`` of an open eye at rest: .75 openness + .25 wide."""

_AVATAR = "/avatar/parameters/"
_BASE = frozenset(scheme("unified").shapes)
_OURS = frozenset(f"/{name}" for name in (*BLENDSHAPES, *EXTRAS))

# What a parameter says: a name heard, and its value's factor and summand.
_COMBINED: dict[str, tuple[str, float, float]] = {
    "EyeX": ("yaw", FULL_SCALE_RAD, 0.0),
    "EyeY": ("pitch", FULL_SCALE_RAD, 0.0),
    "EyeLeftX": ("left_yaw", FULL_SCALE_RAD, 0.0),
    "EyeLeftY": ("left_pitch", FULL_SCALE_RAD, 0.0),
    "EyeRightX": ("right_yaw", FULL_SCALE_RAD, 0.0),
    "EyeRightY": ("right_pitch", FULL_SCALE_RAD, 0.0),
    "EyeOpen": ("open", 1.0, 0.0),
    "EyeOpenLeft": ("EyeClosedLeft", -1.0, 1.0),
    "EyeOpenRight": ("EyeClosedRight", -1.0, 1.0),
    "EyeClosed": ("open", -1.0, 1.0),
    "PupilDiameter": ("pupil", 10.0, 0.0),  # sent in centimetres
    "PupilDiameterLeft": ("pupil left", 10.0, 0.0),
    "PupilDiameterRight": ("pupil right", 10.0, 0.0),
}
_LIDS = {"EyeLid": "lids", "EyeLidLeft": "left lid", "EyeLidRight": "right lid"}

_CHANNELS: dict[str, tuple[str, ...]] = {
    **{f"{stream}.{name[1:]}": (name,) for stream in SHAPE_STREAMS for name in _OURS},
    **eyes.GAZE,
    "lids.openness_left": ("left lid open", "open", "lids open"),
    "lids.openness_right": ("right lid open", "open", "lids open"),
    "lids.wide_left": ("left lid wide", "lids wide"),
    "lids.wide_right": ("right lid wide", "lids wide"),
    "pupils.left_mm": ("pupil left", "pupil"),
    "pupils.right_mm": ("pupil right", "pupil"),
}


def read(datagram: bytes) -> list[Named]:
    """The values of one datagram by name: shapes of the scheme ``unified``, eyes, our own names.

    Raises:
        BadUse: if it is not OSC.
    """
    heard: list[Named] = []
    for address, numbers in osc.read(datagram):
        if address.startswith(_AVATAR) and len(numbers) == 1:
            heard += _parameter(address.rpartition("v2/")[2], numbers[0])
        elif address in _OURS and len(numbers) == 1:
            heard.append((address, numbers[0]))
        else:
            heard += eyes.read(address, numbers)
    return heard


def _parameter(name: str, value: float) -> tuple[Named, ...]:
    """What one avatar parameter says."""
    if name in _BASE:
        return ((name, value),)
    if name in _COMBINED:
        heard, factor, summand = _COMBINED[name]
        return ((heard, factor * value + summand),)
    if name not in _LIDS:
        return ()
    lid = _LIDS[name]
    if not -RANGE_TOLERANCE <= value <= 1.0 + RANGE_TOLERANCE:
        return (f"{lid} open", nan), (f"{lid} wide", nan)
    # Two values in one: eyes widen only when they are open.
    wide = max(value - OPEN_LID, 0.0) / (1.0 - OPEN_LID)
    return (f"{lid} open", min(value / OPEN_LID, 1.0)), (f"{lid} wide", wide)


DIALECT = Dialect(
    name="vrcft",
    port=9000,
    headset="babble_eyetrackvr",
    read=read,
    scheme=scheme("unified"),
    channels=_CHANNELS,
    changes_alone=True,
)
"""VRCFaceTracking, Baballonia, EyeTrackVR and others, to the port where VRChat would listen."""
