"""`Dialect`: how one kind of program sends a face over UDP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from vrface.face.schemes import Scheme

Named = tuple[str, float]
"""A value and the name it goes by."""


@dataclass(frozen=True, eq=False)
class Dialect:
    """How one kind of program sends a face.

    Attributes:
        name: What people call a tracker that hears it.
        port: Where it sends to unless told otherwise.
        headset: The profile that fits unless told otherwise.
        read: What one datagram says, value by value; raises `VrfaceError` if it is not of this
            kind. A value passes as it is, NaN too.
        scheme: Whose shapes' names it says, with weights in [0, 1].
        channels: For channels that shapes alone do not give, as ``"stream.channel"``: the other
            names that do, best first, with values in the channel's own unit.
        confidence: For streams: the name of the value that is their confidence, in [0, 1].
        changes_alone: Whether it leaves out what has not changed.
    """

    name: str
    port: int
    headset: str
    read: Callable[[bytes], list[Named]]
    scheme: Scheme
    channels: Mapping[str, Sequence[str]]
    confidence: Mapping[str, str] = field(default_factory=dict)
    changes_alone: bool = False
