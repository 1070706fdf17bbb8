"""`FrameGate`: what a session takes of the frames a client sends."""

from __future__ import annotations

from dataclasses import replace

from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.wire.notice_code import Code

MAX_AHEAD_NS = 50_000_000
"""How far a frame time may lie ahead of the newest sample's arrival."""

_MAX_SEQUENCE = 2**63 - 1


class FrameGate:
    """Keeps frames in order and their times near their samples'.

    A sample is worth its time plus its stream's latency: that is when it can have arrived. A frame
    without samples is not held back: when every sensor is silent, time still goes on.

    Args:
        headset: Whose streams the samples refer to.
    """

    def __init__(self, headset: HeadsetProfile) -> None:
        self._widths = [len(stream.channels) for stream in headset.streams]
        self._latency_ns = [stream.latency_us * 1000 for stream in headset.streams]
        self._last_sequence = 0
        self._newest_ns: int | None = None

    def admit(self, frame: SensorFrame) -> tuple[SensorFrame | None, list[Code]]:
        """The frame as the session takes it, None if it does not; and what to say about it."""
        if not self._last_sequence < frame.sequence <= _MAX_SEQUENCE:
            return None, [Code.FRAME_ORDER]
        self._last_sequence = frame.sequence
        codes = []
        known = [sample for sample in frame.samples if sample.stream < len(self._widths)]
        if len(known) < len(frame.samples) or any(
            len(sample.values) != self._widths[sample.stream] for sample in known
        ):
            codes.append(Code.SAMPLE)
        if known:
            arrivals = [s.sample_time_ns + self._latency_ns[s.stream] for s in known]
            newest_ns = max(arrivals)
            if self._newest_ns is not None:
                newest_ns = max(newest_ns, self._newest_ns)
            self._newest_ns = newest_ns
            if frame.frame_time_ns > newest_ns + MAX_AHEAD_NS:
                codes.append(Code.FRAME_TIME)
                frame = replace(frame, frame_time_ns=newest_ns + MAX_AHEAD_NS)
        return frame, codes
