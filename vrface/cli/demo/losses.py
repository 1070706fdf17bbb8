"""`Losses`: sensors that fall silent during a run of the demo, and come back."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from vrface.errors import BadUse
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired

LOST_S = 3.0
"""How long a stream is silent where nobody says until when."""

_LOSS = re.compile(r"(?P<stream>\w+)@(?P<start>\d+(\.\d+)?)s?(-(?P<stop>\d+(\.\d+)?)s?)?")


@dataclass(frozen=True)
class Loss:
    """One silence.

    Attributes:
        stream: Which stream of the headset.
        start_s: From when on nothing of it arrives, seconds of the run.
        stop_s: From when on it does again.
    """

    stream: str
    start_s: float
    stop_s: float

    def __str__(self) -> str:
        return f"{self.stream} silent from {self.start_s:g} to {self.stop_s:g} s"


@dataclass(frozen=True)
class Losses:
    """All silences of a run.

    Attributes:
        losses: In the order given.
    """

    losses: tuple[Loss, ...] = ()

    @classmethod
    def of(cls, text: str, headset: HeadsetProfile, seconds: float) -> Losses:
        """Read losses as people write them.

        Args:
            text: For example ``gaze@5s,mouth_tracker@8s-12s``: a stream, when it falls silent, and
                when it comes back (`LOST_S` later if that is left out). Empty = none.
            headset: Whose streams.
            seconds: Length of the run.

        Raises:
            BadUse: if it cannot be read, a silence ends before it begins, or begins after the run.
            UnknownName: if the headset has no such stream.
        """
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return cls(tuple(_loss(part, headset, seconds) for part in parts))

    def silence(self, paired: Paired) -> Paired:
        """The recording as if nothing of those streams had arrived then; nothing comes later."""
        start_ns = int(paired.frame_time_ns[0])
        streams = list(paired.streams)
        for loss in self.losses:
            number = paired.headset.stream_index(loss.stream)
            first, last = (start_ns + round(at * 1e9) for at in (loss.start_s, loss.stop_s))
            arrival_ns = streams[number].arrival_ns
            arrives = np.asarray((arrival_ns < first) | (arrival_ns >= last))
            streams[number] = streams[number].kept(arrives)
        return replace(paired, streams=tuple(streams))


def _loss(text: str, headset: HeadsetProfile, seconds: float) -> Loss:
    """One of `Losses.of`."""
    found = _LOSS.fullmatch(text)
    if found is None:
        raise BadUse(
            f"--lose {text!r} cannot be read.",
            "Write STREAM@SECONDS or STREAM@FROM-TO, such as gaze@5s,mouth_tracker@8s-12s.",
        )
    headset.stream_index(found["stream"])
    start_s = float(found["start"])
    stop_s = float(found["stop"] or start_s + LOST_S)
    if not (start_s < stop_s < math.inf):
        raise BadUse(f"--lose {text!r} ends before it begins.", "Write STREAM@FROM-TO.")
    if start_s >= seconds:
        raise BadUse(
            f"--lose {text!r} begins after the run, which has {seconds:g} s.",
            "Begin earlier, or give more --seconds.",
        )
    return Loss(found["stream"], start_s, stop_s)
