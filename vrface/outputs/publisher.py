"""`Publisher`: turns the faces of one session into frame blocks and hands them to a sink.

For engines that speak no gRPC. Nothing here waits. One thread at a time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from vrface.face.expression import Expression
from vrface.outputs.flags import flags_of
from vrface.outputs.sinks import Sink
from vrface.wire.frame_block import FrameBlock, pack

_PERIODS = 5
"""A period is the median of so many distances: one gap does not change it."""

_LONGEST_US = 2**32 - 1


class Publisher:
    """The faces of one session, on their way to a sink.

    Args:
        sink: Where they go.
        session_id: Whose they are: 32 hexadecimal digits.
        model_digest: Of the model behind them.
        clock: Which clock their times are on: ``vrface.v1.ClockKind``.
        recording: Whether the session is being recorded.
        clock_ns: The clock of `FrameBlock.published_ns`.
    """

    def __init__(
        self,
        sink: Sink,
        session_id: str,
        *,
        model_digest: bytes = bytes(4),
        clock: int = 0,
        recording: bool = False,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._sink = sink
        self._session_id = session_id
        self._model_tag = model_digest[:4]
        self._clock = clock
        self._recording = recording
        self._clock_ns = clock_ns
        self._last_ns: int | None = None
        self._distances: deque[int] = deque(maxlen=_PERIODS)

    def publish(self, expression: Expression) -> None:
        """Hand one face on.

        Raises:
            BadUse: if it does not fit a frame block.
        """
        block = FrameBlock(
            expression,
            self._session_id,
            self._clock_ns(),
            self._period_us(expression.frame_time_ns),
            self._clock,
            flags_of(expression, recording=self._recording),
            self._model_tag,
        )
        self._sink.publish(self._session_id, pack(block))

    def end(self) -> None:
        """There will be no more faces."""
        self._sink.end(self._session_id)

    def _period_us(self, frame_time_ns: int) -> int:
        """From one face to the next, as their own times have it."""
        last_ns, self._last_ns = self._last_ns, frame_time_ns
        if last_ns is None:
            return 0
        self._distances.append(max(frame_time_ns - last_ns, 0) // 1000)
        middle = sorted(self._distances)[len(self._distances) // 2]
        return min(middle, _LONGEST_US)
