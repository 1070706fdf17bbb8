"""`Dialect`: how one kind of program sends a face over UDP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vrface.trackers.vocabulary import Vocabulary

Named = tuple[str, float]
"""A value and the name it goes by."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Dialect(Vocabulary):
    """How one kind of program sends a face: its names, and how packets hold them.

    Attributes:
        name: What people call a tracker that hears it.
        port: Where it sends to unless told otherwise.
        headset: The profile that fits unless told otherwise.
        read: What one datagram says, value by value; raises `VrfaceError` if it is not of this
            kind. A value passes as it is, NaN too.
    """

    name: str
    port: int
    headset: str
    read: Callable[[bytes], list[Named]]
