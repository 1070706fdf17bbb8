"""`Track`: one wearer's stream, from its Open to its End.

A reader tells the session's `Life` what the client sends, the engine asks it what is to be done,
and a writer sends what came of it. They share one thread, so nothing here needs a lock.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from vrface.face.expression import Expression
from vrface.model.calibration.calibration import About
from vrface.serving import parsing
from vrface.serving.broadcast import Broadcast
from vrface.serving.calibrating import Calibrating
from vrface.serving.engine import Engine
from vrface.serving.notices import notice, of_misfit
from vrface.serving.opening import MAX_TRACK_BYTES, not_granted
from vrface.serving.pace import Pace
from vrface.serving.rate import USUAL, Limits
from vrface.serving.seat import Seat
from vrface.serving.stats import Stats
from vrface.serving.status import Context, OutOfOrder, TooLarge
from vrface.session.faces import Faces
from vrface.session.lifecycle import Finish, GoAway, Keep, Life, Show, State, Tell
from vrface.session.token import token
from vrface.trust.seal import Seal
from vrface.wire.codec import frame_from_proto
from vrface.wire.columns import face_response
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code

NOT_SERVED = {
    "cue": Code.CUE,
    "consent_token": Code.CONSENT,
    "recording": Code.RECORDING,
    None: Code.UNKNOWN_REQUEST,
}


LOOK_S = 1.0
"""How late, seconds, a session may notice that its time is over."""


_COUNTED = ("vanished", "frames", "ignored", "overtaken", "late")
_COUNTS = attrgetter(*_COUNTED)


class _Face(NamedTuple):
    """A face on its way; few need it as an `Expression`.

    Attributes:
        sequence: Its own.
        faces: Among which it was made.
        place: Its place there.
        queue_us: How long its frame waited.
    """

    sequence: int
    faces: Faces
    place: int
    queue_us: int

    @property
    def expression(self) -> Expression:
        """It, for those who look on."""
        return replace(self.faces.expression(self.place), queue_us=self.queue_us)


class Track:
    """One wearer's stream.

    Args:
        seat: Where frames become faces.
        engine: Whose.
        request: The client's Open.
        broadcast: Where spectators see the faces.
        stats: The server's.
        seal: Of its resume tokens.
        limits: How fast it may be.
        notices: What there is to say from the start.
    """

    def __init__(
        self,
        seat: Seat,
        engine: Engine,
        request: session_pb2.Open,
        broadcast: Broadcast,
        stats: Stats,
        seal: Seal,
        limits: Limits = USUAL,
        notices: Sequence[Code] = (),
    ) -> None:
        self.seat = seat
        self._engine = engine
        self._broadcast = broadcast
        self._stats = stats
        self._want_stddev = request.want_stddev
        self._life = Life(
            seat.headset,
            time.perf_counter_ns(),
            window=request.window,
            deadline_us=request.deadline_us,
        )
        self._seal, self._kind = seal, seat.wish.kind
        about = About(wearer=request.wearer, donning=request.donning)
        self._calibrating = Calibrating(seat, engine, about)
        self._life.tell(*notices, *not_granted(request), *map(of_misfit, seat.wish.misfits))
        self._counted = _COUNTS(self._life)
        again, beyond = partial(engine.ready, self), partial(self._life.tell, Code.FRAME_RATE)
        self._pace = Pace(limits, stats, again, beyond)
        self._failure: Exception | None = None
        self._gone = False
        self._arrived_ns = 0
        self._outgoing: deque[tuple[session_pb2.TrackResponse, _Face | None]] = deque()
        self._changed = asyncio.Event()

    def go_away(self, grace_s: float, reason: str) -> None:
        """Ask the client to leave within `grace_s` seconds."""
        self._life.go_away(GoAway(reason, int(grace_s * 1e9)), time.perf_counter_ns())
        self._engine.ready(self)

    def end(self, reason: str) -> None:
        """End the stream after what waits has been answered."""
        self._life.end(reason)
        self._engine.ready(self)

    def due(self, now_ns: int) -> Show | None:
        """The frame whose face is wanted now; what else there is to say is sent on its way."""
        if self._gone or self._pace.holds(now_ns):
            return None
        while (output := self._life.next(now_ns)) is not None:
            if isinstance(output, Show):
                self._arrived_ns = now_ns - output.queue_ns
                self._pace.made(now_ns)
                return output
            self._send(self._token() if isinstance(output, Keep) else _response(output))
        return None

    def face(self, show: Show, faces: Faces, place: int) -> None:
        """Send a face."""
        stats, began_ns = self._stats, time.perf_counter_ns()
        queue_us = show.queue_ns // 1000
        stats.step.add(faces.step_us)
        stats.queue.add(queue_us)
        stats.faces += 1
        self._count()
        response = face_response(faces, place, queue_us, self._want_stddev)
        self._send(response, _Face(show.frame.sequence, faces, place, queue_us))
        stats.encode.add((time.perf_counter_ns() - began_ns) // 1000)

    def _token(self) -> session_pb2.TrackResponse:
        seat = self.seat
        pipeline = seat.cohort.pipeline
        kind = self._kind.inferred_with(pipeline.model.digest)
        sealed = token(self._seal, kind, pipeline.taken(seat.row))
        return session_pb2.TrackResponse(resume_token=sealed)

    def failed(self, error: Exception) -> None:
        """There is no face: the call is answered with the error."""
        self._failure = error
        self._changed.set()

    async def run(
        self, requests: AsyncIterator[session_pb2.TrackRequest], context: Context
    ) -> None:
        """Serve the stream until either side ends it.

        Raises:
            OutOfOrder: for a second Open.
            TooLarge: for a message beyond the limit.
            TooFast: for messages far beyond the rate.
        """
        reader = asyncio.create_task(self._read(requests))
        alarm = asyncio.create_task(self._wake())
        self._engine.come(self)
        self._engine.ready(self)
        try:
            await self._write(context)
        except asyncio.CancelledError:
            self._life.vanish()
            raise
        finally:
            self._gone = True
            self._engine.go(self)
            reader.cancel()
            alarm.cancel()
            await asyncio.wait([reader, alarm])
            self._count()

    async def _read(self, requests: AsyncIterator[session_pb2.TrackRequest]) -> None:
        try:
            async for request in requests:
                await self._receive(request)
                self._engine.ready(self)
                if self._life.state in (State.ENDING, State.ENDED):
                    return
            # grpc.aio ends the requests alike for a client that is done and for one that is gone.
            self._life.vanish()
            self._engine.ready(self)
        except Exception as error:
            self.failed(error)

    async def _wake(self) -> None:
        """Look at the life again when time alone may have changed it."""
        while (wake_ns := self._life.wake_ns) is not None:
            left_s = (wake_ns - time.perf_counter_ns()) / 1e9
            # What happens meanwhile may bring the time forward.
            await asyncio.sleep(min(max(left_s, 0.01), LOOK_S))
            if left_s <= LOOK_S:
                self._engine.ready(self)

    async def _calibrate(self, request: session_pb2.Calibrate) -> None:
        answer = await self._calibrating.hear(request)
        if answer is None:
            self._life.tell(Code.CALIBRATION)
            return
        if answer.calibration:
            self._kind = self._kind.knowing(answer.calibration)
        self._send(session_pb2.TrackResponse(calibrated=answer))

    async def _receive(self, request: session_pb2.TrackRequest) -> None:
        parsing.check(request)
        if request.ByteSize() > MAX_TRACK_BYTES:
            raise too_large(request)
        now_ns = time.perf_counter_ns()
        self._pace.heard(now_ns)
        self._life.acknowledge(request.ack, now_ns)
        kind = request.WhichOneof("message")
        if kind == "frame":
            frame = frame_from_proto(request.frame)
            self._calibrating.look(frame)
            self._life.frame(frame, now_ns)
        elif kind == "calibrate":
            await self._calibrate(request.calibrate)
        elif kind == "end":
            self._stats.ended += 1
            self._life.end("the client said End")
        elif kind == "open":
            raise OutOfOrder(
                "this stream is open already.", "Send Open once, as the first message."
            )
        elif kind is not None or not request.ack:
            self._life.tell(NOT_SERVED[kind])

    def _send(self, response: session_pb2.TrackResponse, face: _Face | None = None) -> None:
        self._outgoing.append((response, face))
        self._changed.set()

    async def _write(self, context: Context) -> None:
        """Write what is on its way, until nothing comes any more."""
        while True:
            while self._outgoing:
                response, face = self._outgoing.popleft()
                await context.write(response)
                if face is not None:
                    self._stats.answer.add((time.perf_counter_ns() - self._arrived_ns) // 1000)
                    # Only now may the next face be made: for a client that does not read none is.
                    self._life.shown(face.sequence)
                    self._engine.ready(self)
                    # The owner's face does not wait for those who look on.
                    if self._broadcast.watched:
                        self._broadcast.publish(face.expression)
                elif response.HasField("end"):
                    return
            if self._failure is not None:
                raise self._failure
            self._changed.clear()
            await self._changed.wait()

    def _count(self) -> None:
        """Tell the server's statistics what happened since the last time."""
        before, self._counted = self._counted, _COUNTS(self._life)
        if self._counted == before:
            return
        for name, count, counted in zip(_COUNTED, self._counted, before, strict=True):
            setattr(self._stats, name, getattr(self._stats, name) + count - counted)


def _response(output: Tell | GoAway | Finish) -> session_pb2.TrackResponse:
    if isinstance(output, Tell):
        return session_pb2.TrackResponse(notice=notice(output.code))
    if isinstance(output, GoAway):
        going = session_pb2.GoAway(
            endpoint=output.endpoint, grace_us=output.grace_ns // 1000, reason=output.reason
        )
        return session_pb2.TrackResponse(go_away=going)
    return session_pb2.TrackResponse(end=session_pb2.End(reason=output.reason))


def too_large(request: session_pb2.TrackRequest) -> TooLarge:
    """What a message beyond the limit is answered with."""
    return TooLarge(
        f"a Track message of {request.ByteSize()} bytes; the limit is {MAX_TRACK_BYTES}.",
        "Send fewer samples a frame; Opened.max_message_bytes says the limit.",
    )
