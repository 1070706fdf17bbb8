"""`Calibrated`: what a session knew or learned of its wearer, as a log holds it."""

from __future__ import annotations

from dataclasses import dataclass

from vrface.wire.messages import session_pb2


@dataclass(frozen=True)
class Calibrated:
    """A calibration, and what it is good for.

    Attributes:
        calibration: What opens the next session: the bytes of a calibration file.
        improved: Names of the blendshapes it improves.
        advice: What would improve it further.
        progress: In [0, 1]; 1 = done.
    """

    calibration: bytes
    improved: tuple[str, ...] = ()
    advice: str = ""
    progress: float = 1.0

    def to_proto(self) -> session_pb2.Calibrated:
        """The message of ``/calibration``."""
        return session_pb2.Calibrated(
            calibration=self.calibration,
            improved=self.improved,
            advice=self.advice,
            progress=self.progress,
        )

    @classmethod
    def from_proto(cls, message: session_pb2.Calibrated) -> Calibrated:
        """The calibration of a message; `progress` comes back as a 32-bit float."""
        return cls(
            calibration=message.calibration,
            improved=tuple(message.improved),
            advice=message.advice,
            progress=message.progress,
        )
