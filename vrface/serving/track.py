"""`Track`: one wearer's stream, from its Open to its End.

A reader drains the client's messages into the inbox; the writer steps the session and writes, when
there is a frame and credit. They share one thread, so nothing here needs a lock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from vrface.serving.broadcast import Broadcast
from vrface.serving.gate import FrameGate
from vrface.serving.inbox import Credit, Inbox
from vrface.serving.notices import Code, notice, of_misfit
from vrface.serving.opening import MAX_TRACK_BYTES, not_granted
from vrface.serving.stats import Stats
from vrface.serving.status import Context, OutOfOrder, TooLarge
from vrface.session import Session
from vrface.wire.codec import expression_to_proto, frame_from_proto
from vrface.wire.messages import session_pb2

_NOT_SERVED = {
    "calibrate": Code.CALIBRATION,
    "cue": Code.CUE,
    "consent_token": Code.CONSENT,
    "recording": Code.RECORDING,
    None: Code.UNKNOWN_REQUEST,
}

_SAID_ONCE = {Code.FRAME_ORDER, Code.FRAME_TIME, Code.SAMPLE}


class Track:
    """One wearer's stream.

    Args:
        session: What turns frames into faces.
        request: The client's Open.
        broadcast: Where spectators see the faces.
        stats: The server's.
    """

    def __init__(
        self, session: Session, request: session_pb2.Open, broadcast: Broadcast, stats: Stats
    ) -> None:
        self._session = session
        self._broadcast = broadcast
        self._stats = stats
        self._want_stddev = request.want_stddev
        self._gate = FrameGate(session.headset)
        self._inbox = Inbox(request.deadline_us)
        self._credit = Credit(request.window)
        # By code: a client that floods us with requests makes no queue of answers.
        misfits = map(of_misfit, session.misfits)
        self._notices = dict.fromkeys((*not_granted(request), *misfits))
        self._said: set[Code] = set()
        self._go_away: session_pb2.GoAway | None = None
        self._end_reason: str | None = None
        self._vanished = False
        self._failure: Exception | None = None
        self._changed = asyncio.Event()
        self._changed.set()

    def go_away(self, grace_s: float, reason: str) -> None:
        """Ask the client to leave within `grace_s` seconds."""
        self._go_away = session_pb2.GoAway(grace_us=int(grace_s * 1e6), reason=reason)
        self._changed.set()

    def end(self, reason: str) -> None:
        """End the stream after what waits has been answered."""
        self._end_reason = self._end_reason or reason
        self._changed.set()

    async def run(
        self, requests: AsyncIterator[session_pb2.TrackRequest], context: Context
    ) -> None:
        """Serve the stream until either side ends it.

        Raises:
            OutOfOrder: for a second Open.
            TooLarge: for a message beyond the limit.
        """
        reader = asyncio.create_task(self._read(requests))
        try:
            await self._write(context)
        except asyncio.CancelledError:
            self._vanished |= self._end_reason is None
            raise
        finally:
            reader.cancel()
            await asyncio.wait([reader])
            self._stats.vanished += self._vanished
            self._stats.overtaken += self._inbox.overtaken
            self._stats.late += self._inbox.late

    async def _read(self, requests: AsyncIterator[session_pb2.TrackRequest]) -> None:
        try:
            async for request in requests:
                self._receive(request)
                self._changed.set()
                if self._end_reason is not None:
                    return
            # grpc.aio ends the requests alike for a client that is done and for one that is gone.
            self._vanished = True
            self.end("the client sent no more")
        except Exception as error:
            # The writer raises it, where the call is answered.
            self._failure = error
            self._changed.set()

    def _receive(self, request: session_pb2.TrackRequest) -> None:
        if request.ByteSize() > MAX_TRACK_BYTES:
            raise too_large(request)
        self._credit.acknowledge(request.ack)
        kind = request.WhichOneof("message")
        if kind == "frame":
            self._stats.frames += 1
            frame, codes = self._gate.admit(frame_from_proto(request.frame))
            for code in codes:
                self._tell(code)
            if frame is None:
                self._stats.ignored += 1
            else:
                self._inbox.put(frame)
        elif kind == "end":
            self._stats.ended += 1
            self.end("the client said End")
        elif kind == "open":
            raise OutOfOrder(
                "this stream is open already.", "Send Open once, as the first message."
            )
        elif kind is not None or not request.ack:
            self._tell(_NOT_SERVED[kind])

    def _tell(self, code: Code) -> None:
        if code in _SAID_ONCE and code in self._said:
            return
        self._said.add(code)
        self._notices[code] = None

    async def _write(self, context: Context) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._notices:
                code = next(iter(self._notices))
                del self._notices[code]
                await context.write(session_pb2.TrackResponse(notice=notice(code)))
            if self._go_away is not None:
                going, self._go_away = self._go_away, None
                await context.write(session_pb2.TrackResponse(go_away=going))
            if self._failure is not None:
                raise self._failure
            while self._credit.allows() and await self._answer(context):
                pass
            if self._end_reason is not None:
                end = session_pb2.End(reason=self._end_reason)
                await context.write(session_pb2.TrackResponse(end=end))
                return

    async def _answer(self, context: Context) -> bool:
        """Step the newest frame and send its face; False if none waits."""
        waiting = self._inbox.take()
        if waiting is None:
            return False
        frame, queue_us = waiting
        started_ns = time.perf_counter_ns()
        expression = replace(self._session.step(frame), queue_us=queue_us)
        self._stats.step.add((time.perf_counter_ns() - started_ns) // 1000)
        self._stats.queue.add(queue_us)
        self._stats.faces += 1
        self._credit.sent(expression.sequence)
        message = expression_to_proto(expression, self._want_stddev)
        await context.write(session_pb2.TrackResponse(expression=message))
        # The owner's face does not wait for those who look on.
        self._broadcast.publish(expression)
        return True


def too_large(request: session_pb2.TrackRequest) -> TooLarge:
    """What a message beyond the limit is answered with."""
    return TooLarge(
        f"a Track message of {request.ByteSize()} bytes; the limit is {MAX_TRACK_BYTES}.",
        "Send fewer samples a frame; Opened.max_message_bytes says the limit.",
    )
