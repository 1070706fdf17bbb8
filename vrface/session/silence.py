"""`Silence`: which streams of a headset have stopped coming, and which are back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vrface.log.event import Event
from vrface.outputs.fusion import EASE_S, HOLD_S
from vrface.sensors.frame import SensorFrame
from vrface.sensors.stream import Stream

SILENT_S = HOLD_S + EASE_S
"""A stream is silent when frames have lacked it for so long: its values have left the face then."""

SILENT_PERIODS = 5
"""Nor is it silent before it has missed so many of its own samples."""


@dataclass
class _Heard:
    limit_ns: float
    absent_since_ns: int | None = None
    silent: bool = False


class Silence:
    """Watches the frames of one session.

    Only frames count: while none comes, no stream is missed.

    Args:
        streams: The headset's.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = [
            (stream.name, _Heard(max(SILENT_S, SILENT_PERIODS / stream.rate_hz) * 1e9))
            for stream in streams
        ]

    def frame(self, frame: SensorFrame, now_ns: int) -> list[Event]:
        """What a frame shows: drop-outs that began, and those that are over.

        Args:
            frame: The next frame.
            now_ns: When it arrived.
        """
        events = []
        there = {sample.stream for sample in frame.samples}
        for number, (name, heard) in enumerate(self._streams):
            since_ns = heard.absent_since_ns
            if number in there:
                if heard.silent and since_ns is not None:
                    events.append(Event.drop_out(name, since_ns, now_ns))
                heard.absent_since_ns, heard.silent = None, False
            elif since_ns is None:
                heard.absent_since_ns = now_ns
            elif not heard.silent and now_ns - since_ns > heard.limit_ns:
                heard.silent = True
                events.append(Event.drop_out(name, since_ns))
        return events
