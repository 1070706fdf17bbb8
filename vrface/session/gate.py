"""`FrameGate` and `ColumnGate`: what a session takes of the frames a client sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.align import NEVER_NS
from vrface.sensors.frame import SampleColumns, SensorFrame
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
        codes, newest_ns, heard = [], self._newest_ns, False
        for sample in frame.samples:
            if sample.stream >= len(self._widths):
                codes = [Code.SAMPLE]
                continue
            if len(sample.values) != self._widths[sample.stream]:
                codes = [Code.SAMPLE]
            arrival_ns, heard = sample.sample_time_ns + self._latency_ns[sample.stream], True
            if newest_ns is None or arrival_ns > newest_ns:
                newest_ns = arrival_ns
        if heard and newest_ns is not None:
            self._newest_ns = newest_ns
            if frame.frame_time_ns > newest_ns + MAX_AHEAD_NS:
                codes.append(Code.FRAME_TIME)
                frame = replace(frame, frame_time_ns=newest_ns + MAX_AHEAD_NS)
        return frame, codes


class ColumnGate:
    """The same for many wearers at once, each in a row.

    Args:
        latency_us: Of each stream of their headset.
    """

    def __init__(self, latency_us: Sequence[int]) -> None:
        self._latency_ns = np.array(latency_us, np.int64) * 1000
        self._newest_ns = np.full(0, NEVER_NS)

    def begin(self, row: int) -> None:
        """Somebody else is in one row."""
        if row >= len(self._newest_ns):
            more = np.full(row + 1 - len(self._newest_ns), NEVER_NS)
            self._newest_ns = np.concatenate([self._newest_ns, more])
        self._newest_ns[row] = NEVER_NS

    def admit(
        self,
        rows: NDArray[np.intp],
        frame_time_ns: NDArray[np.int64],
        samples: Sequence[SampleColumns],
    ) -> tuple[NDArray[np.int64], bool]:
        """Frame times as they are taken, and whether any was moved.

        Args:
            rows: [wearers] whose.
            frame_time_ns: [wearers] as they came.
            samples: What came with them, by row.
        """
        for entry in samples:
            most = np.iinfo(np.int64).max - MAX_AHEAD_NS
            arrival_ns = np.minimum(entry.sample_time_ns, most - self._latency_ns[entry.stream])
            arrival_ns = arrival_ns + self._latency_ns[entry.stream]
            np.maximum.at(self._newest_ns, entry.row, arrival_ns)
        newest_ns = self._newest_ns[rows]
        heard = newest_ns != NEVER_NS
        last_ns = np.where(heard, newest_ns, 0) + MAX_AHEAD_NS
        ahead = heard & (frame_time_ns > last_ns)
        return np.where(ahead, last_ns, frame_time_ns), bool(ahead.any())
