"""What tests of those who read frame blocks share."""

from __future__ import annotations

from vrface.face.expression import Expression

MS = 1_000_000


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now_ns = 10**12

    def __call__(self) -> int:
        return self.now_ns


def seen(faces) -> Expression:
    """The newest face, which must be there."""
    face = faces.latest()
    assert isinstance(face, Expression)
    return face


def newest_is(faces, number: int) -> bool:
    face = faces.latest()
    return face is not None and face.sequence == number
