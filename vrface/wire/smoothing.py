"""How calm a face is to be shown, as the wire says it."""

from __future__ import annotations

from vrface.face.blendshapes import GROUPS
from vrface.face.smoothing import OneEuro, Smoothing
from vrface.v1 import session_pb2


def smoothing_to_proto(smoothing: Smoothing) -> session_pb2.Smoothing:
    """The message."""
    parts = {
        group: session_pb2.OneEuro(still_hz=how.still_hz, per_speed=how.per_speed)
        for group, how in smoothing.groups.items()
        if how is not None
    }
    return session_pb2.Smoothing(measured=smoothing.measured, **parts)


def smoothing_from_proto(message: session_pb2.Smoothing) -> Smoothing:
    """What a message asks for.

    Raises:
        BadUse: if a figure is out of its range, or what is measured alone is to be smoothed.
    """
    parts = {group: getattr(message, group) for group in GROUPS if message.HasField(group)}
    return Smoothing(
        message.measured,
        **{group: OneEuro(how.still_hz, how.per_speed) for group, how in parts.items()},
    )
