"""`TrackMany`: the streams of many wearers in one, frames and faces in columns.

What is said of one wearer (Open, End and the like) is said as in `Track`; frames are not, so that
no Python runs for each wearer in each frame. The newest frame wins for each wearer, and credit
counts messages: faces are as old as the client is slow, and never older.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from functools import partial

from vrface.errors import VrfaceError
from vrface.model.calibration.calibration import About
from vrface.outputs.sinks import Sinks
from vrface.serving import parsing
from vrface.serving.broadcast import Broadcast, Broadcasts
from vrface.serving.calibrating import Calibrating
from vrface.serving.crowd import CrowdInbox, Waiting
from vrface.serving.door import Door
from vrface.serving.engine import Batch, Engine
from vrface.serving.guests import Guest, Guests
from vrface.serving.notices import notice, of_misfit
from vrface.serving.opening import not_granted, opened
from vrface.serving.pace import Pace
from vrface.serving.publishing import publisher_of
from vrface.serving.stats import Stats
from vrface.serving.status import Context, OutOfOrder, address_of
from vrface.serving.track import NOT_SERVED
from vrface.session.faces import Faces
from vrface.session.inbox import Credit
from vrface.session.lifecycle import IDLE_NS, KEEP_NS
from vrface.session.token import token
from vrface.wire.columns import expression_columns_to_proto
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code

LOOK_S = 1.0
"""How late, seconds, a stream may notice that nothing was heard for long."""


class TrackMany:
    """One stream of many wearers.

    Args:
        door: Who lets wearers in.
        engine: Where frames become faces.
        stats: The server's.
        broadcasts: Where spectators find the wearers.
        sinks: Where faces go beside gRPC.
    """

    def __init__(
        self, door: Door, engine: Engine, stats: Stats, broadcasts: Broadcasts, sinks: Sinks
    ) -> None:
        self._door, self._engine, self._stats = door, engine, stats
        self._broadcasts, self._sinks = broadcasts, sinks
        self._pace = Pace(door.limits, stats, partial(engine.crowd_ready, self), self._tell_rate)
        self._address = ""
        self._guests = Guests()
        self._calibrated: list[Guest] = []
        self._inbox = CrowdInbox()
        self._credit = Credit(0)
        self._last_sequence = 0
        self._heard_s = time.perf_counter()
        self._control: deque[session_pb2.WearerResponse] = deque()
        self._faces: list[session_pb2.ExpressionColumns] = []
        self._ending = ""
        self._failure: Exception | None = None
        self._gone = False
        self._arrived_ns = 0
        self._going: asyncio.Future[None] | None = None
        self._changed = asyncio.Event()

    def go_away(self, grace_s: float, reason: str) -> None:
        """Ask every wearer to leave within `grace_s` seconds, with what it takes to resume."""
        going = session_pb2.GoAway(grace_us=int(grace_s * 1e6), reason=reason)
        self._going = asyncio.ensure_future(self._see_off(going))

    async def _see_off(self, going: session_pb2.GoAway) -> None:
        for guest in list(self._guests):
            sealed = await self._engine.between(partial(self._token, guest))
            self._say(guest.wearer, resume_token=sealed)
            self._say(guest.wearer, go_away=going)

    def end(self, reason: str) -> None:
        """End the stream."""
        self._ending = self._ending or reason
        self._changed.set()

    async def run(
        self, requests: AsyncIterator[session_pb2.TrackManyRequest], context: Context
    ) -> None:
        """Serve the stream until either side ends it.

        Raises:
            OutOfOrder: for a second Open of a wearer, or a frame that is not in columns.
            TooFast: for messages far beyond the rate.
        """
        self._address = address_of(context)
        reader = asyncio.create_task(self._read(requests))
        alarm = asyncio.create_task(self._wake())
        self._engine.come(self)
        try:
            await self._write(context)
        finally:
            self._gone = True
            self._engine.go(self)
            if self._going is not None:
                self._going.cancel()
            reader.cancel()
            alarm.cancel()
            await asyncio.wait([reader, alarm])
            self._vanish()
            for guest in list(self._guests):
                await self._leave(guest)

    async def _read(self, requests: AsyncIterator[session_pb2.TrackManyRequest]) -> None:
        try:
            async for request in requests:
                parsing.check(request)
                self._heard_s = time.perf_counter()
                self._credit.acknowledge(request.ack)
                for control in request.control:
                    await self._hear(control)
                for columns in request.frames:
                    self._take_in(columns)
                self._measure(request)
                self._engine.crowd_ready(self)
            # grpc.aio ends the requests alike for a client that is done and for one that is gone.
            self._vanish()
        except Exception as error:
            self.failed(error)

    def _measure(self, request: session_pb2.TrackManyRequest) -> None:
        """Hold a message against the rate: as one where it holds something of each wearer."""
        rows = len(request.control) + sum(len(columns.wearer) for columns in request.frames)
        self._pace.heard(time.perf_counter_ns(), max(rows, 1) / max(len(self._guests), 1))

    def _vanish(self) -> None:
        """The client is gone, and with it whoever did not say End."""
        if not self._ending:
            self._stats.vanished += len(self._guests)
        self.end("the client sent no more")

    async def _wake(self) -> None:
        while time.perf_counter() - self._heard_s < IDLE_NS / 1e9:
            await asyncio.sleep(LOOK_S)
        self.end(f"nothing was heard for {IDLE_NS / 1e9:g} s")

    async def _hear(self, control: session_pb2.WearerRequest) -> None:
        """What is said of one wearer."""
        wearer, request = control.wearer, control.request
        kind, guest = request.WhichOneof("message"), self._guests.get(wearer)
        if kind == "open" and guest is None:
            await self._open(wearer, request.open)
        elif kind == "open":
            raise OutOfOrder(
                f"wearer {wearer} is open already.", "Say End first, or take another number."
            )
        elif guest is None:
            raise OutOfOrder(f"wearer {wearer} is not open.", "Send Open first.")
        elif kind == "frame":
            raise OutOfOrder(
                "a frame of one wearer in a TrackMany.", "Send FrameColumns, one row for each."
            )
        elif kind == "end":
            self._stats.ended += 1
            await self._leave(guest)
            self._say(wearer, end=session_pb2.End(reason="the client said End"))
        elif kind == "calibrate":
            await self._calibrate(guest, request.calibrate)
        else:
            self._say(wearer, notice=notice(NOT_SERVED[kind]))

    async def _calibrate(self, guest: Guest, message: session_pb2.Calibrate) -> None:
        answer = await guest.calibrating.hear(message)
        self._calibrated = [one for one in self._guests if one.calibrating.active]
        if answer is None:
            self._say(guest.wearer, notice=notice(Code.CALIBRATION))
            return
        if answer.calibration:
            guest.kind = guest.kind.knowing(answer.calibration)
        self._say(guest.wearer, calibrated=answer)

    async def _open(self, wearer: int, request: session_pb2.Open) -> None:
        try:
            seat, resumed = await self._door.enter(request, self._address, 0 if self._guests else 1)
        except VrfaceError as error:
            # The others go on.
            self._stats.refused += 1
            reason = f"{error.message} {error.advice}".strip()
            self._say(wearer, end=session_pb2.End(reason=reason))
            return
        if not self._guests:
            self._credit = Credit(request.window)
            self._inbox.deadline_us = request.deadline_us
        about = About(wearer=request.wearer, donning=request.donning)
        calibrating = Calibrating(seat, self._engine, about)
        answer = opened(seat, resumed)
        publisher = publisher_of(self._sinks, answer, request.clock, recording=False)
        broadcast = Broadcast(answer, publisher)
        self._broadcasts.add(broadcast)
        kind = seat.wish.kind
        self._guests.add(Guest(wearer, seat, request.want_stddev, calibrating, kind, broadcast))
        self._stats.opened += 1
        self._say(wearer, opened=answer)
        codes = [*not_granted(request), *map(of_misfit, seat.wish.misfits)]
        if request.resume_token and not resumed:
            codes.append(Code.RESUME)
        for code in codes:
            self._say(wearer, notice=notice(code))

    async def _leave(self, guest: Guest) -> None:
        self._guests.remove(guest)
        self._calibrated = [one for one in self._calibrated if one is not guest]
        self._broadcasts.remove(guest.broadcast)
        self._inbox.forget(guest.seat.cohort, guest.seat.row)
        await self._door.leave(guest.seat)

    def _take_in(self, columns: session_pb2.FrameColumns) -> None:
        self._stats.frames += len(columns.wearer)
        if columns.sequence <= self._last_sequence:
            self._stats.ignored += len(columns.wearer)
            self._tell_once(columns, Code.FRAME_ORDER)
            return
        self._last_sequence = columns.sequence
        found, codes = self._guests.placed(columns, time.perf_counter_ns())
        before = self._inbox.overtaken
        for waiting in found:
            for guest in self._calibrated:
                guest.look(waiting)
            self._inbox.put(waiting)
        self._stats.overtaken += self._inbox.overtaken - before
        for code in codes:
            self._tell_once(columns, code)

    def _tell_once(self, columns: session_pb2.FrameColumns, code: Code) -> None:
        """Say something of a message to the first of its wearers, once a stream."""
        guest = next(filter(None, map(self._guests.get, columns.wearer)), None)
        if guest is not None and self._guests.untold(code):
            self._say(guest.wearer, notice=notice(code))

    def _tell_rate(self) -> None:
        for guest in itertools.islice(self._guests, 1):
            self._say(guest.wearer, notice=notice(Code.FRAME_RATE))

    def batches(self, now_ns: int) -> Sequence[Batch]:
        """What is due, if the client took what it was sent before."""
        if self._gone or self._faces or not self._credit.allows() or self._pace.holds(now_ns):
            return []
        before = self._inbox.late
        due = self._inbox.take(now_ns)
        self._stats.late += self._inbox.late - before
        if due:
            self._pace.made(now_ns)
        self._stats.queue.add(max(((now_ns - one.arrival_ns) // 1000 for one in due), default=0))
        return [
            Batch(
                one.cohort,
                one.rows,
                one.sequences,
                one.frame_time_ns,
                one.samples,
                partial(self._answer, one),
            )
            for one in due
        ]

    def _answer(self, asked: Waiting, faces: list[Faces]) -> None:
        """Send the faces of what waited."""
        step_us = sum(part.step_us for part in faces)
        self._stats.step.add(step_us)
        self._stats.faces += len(asked.rows)
        began_ns = time.perf_counter_ns()
        self._arrived_ns = asked.arrival_ns
        self._faces.append(
            expression_columns_to_proto(
                asked.sequence,
                asked.wearer,
                faces,
                self._guests.want_stddev,
                (began_ns - asked.arrival_ns) // 1000 - step_us,
                step_us,
            )
        )
        self._stats.encode.add((time.perf_counter_ns() - began_ns) // 1000)
        self._publish(asked, faces)
        self._credit.sent(asked.sequence)
        self._give_tokens()
        self._changed.set()

    def _publish(self, asked: Waiting, faces: list[Faces]) -> None:
        """Hand the faces of those who are watched to whoever watches."""
        watched = {guest.wearer: guest for guest in self._guests if guest.broadcast.watched}
        if not watched:
            return
        numbers = iter(asked.wearer.tolist())
        for part in faces:
            for place in range(len(part.sequence)):
                if (guest := watched.get(next(numbers))) is not None:
                    guest.broadcast.publish(part.expression(place))

    def failed(self, error: Exception) -> None:
        """There are no faces: the call is answered with the error."""
        self._failure = error
        self._changed.set()

    def _give_tokens(self) -> None:
        """A resume token for each wearer once a second, a few at a time."""
        now_s = time.perf_counter()
        for guest in self._guests.next_due(now_s, KEEP_NS / 1e9):
            self._say(guest.wearer, resume_token=self._token(guest))

    def _token(self, guest: Guest) -> bytes:
        pipeline = guest.seat.cohort.pipeline
        kind = guest.kind.inferred_with(pipeline.model.digest)
        return token(self._door.seal, kind, pipeline.taken(guest.seat.row))

    def _say(self, wearer: int, **message: object) -> None:
        response = session_pb2.TrackResponse(**message)  # type: ignore[arg-type]
        self._control.append(session_pb2.WearerResponse(wearer=wearer, response=response))
        self._changed.set()

    async def _write(self, context: Context) -> None:
        while True:
            while self._control or self._faces:
                control, faces = list(self._control), self._faces
                self._control.clear()
                self._faces = []
                await context.write(
                    session_pb2.TrackManyResponse(control=control, expressions=faces)
                )
                if faces:
                    self._stats.answer.add((time.perf_counter_ns() - self._arrived_ns) // 1000)
                self._engine.crowd_ready(self)
            if self._failure is not None:
                raise self._failure
            if self._ending:
                await self._say_end(context)
                return
            self._changed.clear()
            await self._changed.wait()

    async def _say_end(self, context: Context) -> None:
        """Say End to whoever is still there."""
        for guest in list(self._guests):
            await self._leave(guest)
            self._say(guest.wearer, end=session_pb2.End(reason=self._ending))
        await context.write(session_pb2.TrackManyResponse(control=self._control))
