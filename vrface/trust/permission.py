"""`Permission`: the value without which no path reaches sensors, model, log or training."""

from __future__ import annotations

from dataclasses import dataclass

from vrface.errors import Refused


@dataclass(frozen=True)
class Permission:
    """A statement that a face may be processed, and by whom it was made.

    Every door (`Session`, `LogWriter`, `train`, `evaluate`, `serve`) takes one. The only kind so
    far is `Permission.local()`: the person at this machine uses their own face, or recordings they
    hold the rights to. It is a statement, not a proof; signed permissions tied to a use context
    come later and will be further kinds of the same value.

    Attributes:
        kind: ``"local"``.
        identifier: What a sensor log records as its permission.
    """

    kind: str
    identifier: str

    @classmethod
    def local(cls) -> Permission:
        """The person at this machine, for themselves; nothing is signed and nothing is proved."""
        return cls(kind="local", identifier="local:unsigned")

    def require(self, door: str) -> None:
        """Check that this permission opens `door`.

        Args:
            door: The name of the path being entered, for the error message.

        Raises:
            Refused: if this kind of permission is not understood.
        """
        if self.kind != "local":
            raise Refused(
                f"{door} was refused: permission of kind {self.kind!r} is not understood here.",
                "The only kind so far is Permission.local().",
            )
