"""The faces that extensions give: which names they say, and which are whose."""

from __future__ import annotations

from functools import cache

from vrface.face.scheme_table import SchemeTable
from vrface.face.schemes import Scheme, from_table, scheme
from vrface.sensors.channels import channels_of
from vrface.trackers import eyes
from vrface.trackers.openxr.offer import SENSES
from vrface.trackers.vocabulary import Vocabulary

HEAD_CHANNELS = tuple(channel.name for channel in channels_of("head_pose"))
"""The names of a head's pose: position, then orientation."""

LOWER, UPPER, GAZES = "lower confidence", "upper confidence", "gaze confidence"
"""The names of confidences."""

# HTC's two trackers give one half of the scheme each.
_HALVES = {"htc_eyes": "EYE_", "htc_lips": "LIP_"}
_NO_FACE = from_table("none", SchemeTable("no shapes at all", ()))
_MOUTH = frozenset(channel.name for channel in channels_of("mouth_tracker"))


@cache
def vocabulary(name: str) -> Vocabulary:
    """What a runtime may say whose face is of a scheme.

    Args:
        name: The scheme's; empty = it senses no face.
    """
    return Vocabulary(
        scheme=scheme(name) if name else _NO_FACE,
        channels={
            **eyes.GAZE,
            **{f"head_pose.{channel}": (channel,) for channel in HEAD_CHANNELS},
        },
        confidence={"mouth_tracker": LOWER, "upper_face": UPPER, "lids": UPPER, "gaze": GAZES},
        dated=True,
    )


def shapes_of(sense: str) -> tuple[str, ...]:
    """The shapes that one sense gives, in the order of its scheme; none of one that is no face."""
    name = SENSES[sense].scheme
    begin = _HALVES.get(sense, "")
    return tuple(shape for shape in scheme(name).shapes if shape.startswith(begin)) if name else ()


def lower_shapes(face: Scheme) -> tuple[bool, ...]:
    """Which of a scheme's shapes are of the lower face: those that a mouth tracker gives."""
    return tuple(
        bool(row.into) and all(term.name in _MOUTH for term in row.into) for row in face.rows
    )
