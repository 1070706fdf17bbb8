"""`ExpressionService`: the servicer of ``vrface.v1``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from vrface.outputs.sinks import Sinks
from vrface.sensors.headset import SHIPPED
from vrface.serving import parsing
from vrface.serving.broadcast import Broadcast, Broadcasts
from vrface.serving.door import Door, Entered
from vrface.serving.engine import Engine
from vrface.serving.metrics import Metrics
from vrface.serving.models import Models
from vrface.serving.opening import MAX_TRACK_BYTES, PROTOCOL, blendshape_set, opened
from vrface.serving.publishing import publisher_of
from vrface.serving.pulse import Pulse
from vrface.serving.rate import USUAL, Limits
from vrface.serving.reconstruct import faces_of
from vrface.serving.stats import Stats
from vrface.serving.status import Context, OutOfOrder, address_of, answered
from vrface.serving.track import Track, too_large
from vrface.serving.track_many import TrackMany
from vrface.session.token import PURPOSE, token
from vrface.trust.permission import Permission
from vrface.trust.seal import Seal
from vrface.wire.codec import expression_to_proto
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2
from vrface.wire.notice_code import Code

if TYPE_CHECKING:
    from vrface.model.model import Model


OPEN_S = 10.0
"""How long a Track may take to say Open, seconds."""


class ExpressionService(expression_service_pb2_grpc.ExpressionServiceServicer):
    """Sensor frames in, faces out.

    Args:
        models: What to infer with, by name; the first one is the default.
        max_sessions: Most sessions at a time.
        permission: That faces may be processed here.
        seal: Of resume tokens; by default no other server can open them.
        limits: How fast clients may be.

    Attributes:
        stats: What happened so far.
        pulse: How it has been of late.
        metrics: The same, and more, as Prometheus reads it.
        models: What it infers with, by name.
        broadcasts: The sessions that can be watched.
        sinks: Where faces go beside gRPC.
        engine: Where frames become faces.
        door: Who is let in.
        open_s: How long a Track may take to say Open, seconds.
    """

    def __init__(
        self,
        models: Mapping[str, Model],
        max_sessions: int,
        permission: Permission,
        seal: Seal | None = None,
        limits: Limits = USUAL,
    ) -> None:
        self.stats = Stats()
        self.pulse = Pulse(self.stats)
        self.metrics = Metrics(self.stats, self)
        self.broadcasts = Broadcasts()
        self.sinks = Sinks()
        self.engine = Engine()
        seal = Seal(purpose=PURPOSE) if seal is None else seal
        self.models = Models(models, self.engine, self.stats)
        self.door = Door(
            self.engine, self.models, max_sessions, seal, limits, self.stats, self.pulse
        )
        self.open_s = OPEN_S
        self.permission = permission
        self._streams: set[Track | TrackMany] = set()

    @property
    def sessions(self) -> int:
        """How many sessions are open, or about to be."""
        return self.door.inside

    @property
    def room(self) -> int:
        """How many sessions there may be."""
        return self.door.room

    @property
    def busy(self) -> float:
        """Share of time, of late, that went into steps."""
        return self.engine.busy

    def drain(self, grace_s: float, reason: str) -> None:
        """Take nobody in any more, and ask everybody to leave within `grace_s` seconds."""
        self.door.draining = True
        for stream in self._streams:
            stream.go_away(grace_s, reason)

    def end(self, reason: str) -> None:
        """End every session."""
        for stream in self._streams:
            stream.end(reason)

    @answered
    async def GetServerInfo(  # noqa: N802 - the method's name in the .proto
        self, request: session_pb2.GetServerInfoRequest, context: Context
    ) -> session_pb2.GetServerInfoResponse:
        """What this server can do."""
        return session_pb2.GetServerInfoResponse(
            version=version("vrface"),
            protocol=PROTOCOL,
            headsets=SHIPPED,
            models=self.models,
            sessions=self.sessions,
            sessions_max=self.door.room,
            consent_required=False,
            blendshapes=blendshape_set(),
            metrics=self.metrics.text(),
        )

    @answered
    async def Track(  # type: ignore[override]  # noqa: N802
        self, requests: AsyncIterator[session_pb2.TrackRequest], context: Context
    ) -> None:
        """One wearer: Open, then frames; Opened, then faces."""
        request = await _first(requests, self.open_s)
        if request is None:
            return
        async with self.door.entered(request, address_of(context), streams=1) as wearer:
            await self._track(wearer, request, requests, context)

    async def _track(
        self,
        wearer: Entered,
        request: session_pb2.Open,
        requests: AsyncIterator[session_pb2.TrackRequest],
        context: Context,
    ) -> None:
        seat, resumed = wearer
        answer = opened(seat, resumed)
        publisher = publisher_of(self.sinks, answer, request.clock, recording=False)
        broadcast = Broadcast(answer, publisher)
        notices = [Code.RESUME] if request.resume_token and not resumed else []
        door = self.door
        track = Track(
            seat, self.engine, request, broadcast, self.stats, door.seal, door.limits, notices
        )
        self._streams.add(track)
        self.broadcasts.add(broadcast)
        self.stats.opened += 1
        try:
            await context.write(session_pb2.TrackResponse(opened=answer))
            await track.run(requests, context)
        finally:
            self._streams.discard(track)
            self.broadcasts.remove(broadcast)

    @answered
    async def Watch(  # type: ignore[override]  # noqa: N802
        self, request: session_pb2.WatchRequest, context: Context
    ) -> None:
        """The faces of somebody else's session."""
        broadcast = self.broadcasts.find(request.session_id, request.watch_token)
        spectator = broadcast.join(request.rate_hz)
        try:
            await context.write(session_pb2.WatchResponse(opened=broadcast.opened))
            async for expression in spectator.faces():
                message = expression_to_proto(expression, want_stddev=True)
                await context.write(session_pb2.WatchResponse(expression=message))
            end = session_pb2.End(reason="the session ended")
            await context.write(session_pb2.WatchResponse(end=end))
        finally:
            broadcast.leave(spectator)

    @answered
    async def TrackMany(  # type: ignore[override]  # noqa: N802
        self, requests: AsyncIterator[session_pb2.TrackManyRequest], context: Context
    ) -> None:
        """Many wearers: Open of each, then frames in columns; Opened, then faces in columns."""
        crowd = TrackMany(self.door, self.engine, self.stats, self.broadcasts, self.sinks)
        self._streams.add(crowd)
        try:
            await crowd.run(requests, context)
        finally:
            self._streams.discard(crowd)

    @answered
    async def Reconstruct(  # noqa: N802
        self, request: session_pb2.ReconstructRequest, context: Context
    ) -> session_pb2.ReconstructResponse:
        """Frames in, their faces out, and a token that the next call goes on from."""
        opening = request.open
        async with self.door.entered(opening, address_of(context)) as (seat, resumed):
            faces = await faces_of(self.engine, seat, request)
            kept = await self.engine.between(partial(seat.cohort.pipeline.taken, seat.row))
        self.stats.frames += len(request.frames)
        self.stats.faces += len(faces)
        return session_pb2.ReconstructResponse(
            opened=opened(seat, resumed),
            expressions=[expression_to_proto(face, opening.want_stddev) for face in faces],
            resume_token=token(self.door.seal, seat.wish.kind, kept),
        )


async def _first(
    requests: AsyncIterator[session_pb2.TrackRequest], patience_s: float
) -> session_pb2.Open | None:
    """The Open of a stream; None if the client left without a word.

    Raises:
        OutOfOrder: if the first message is another one, or none comes within `patience_s` seconds.
        TooLarge: if it is beyond the limit.
    """
    try:
        async with asyncio.timeout(patience_s):
            request = await anext(requests, None)
    except TimeoutError:
        raise OutOfOrder(
            f"no Open within {patience_s:g} s.", "Send Open as soon as the stream is there."
        ) from None
    if request is None:
        return None
    parsing.check(request)
    # A calibration has a limit of its own.
    if request.ByteSize() - len(request.open.calibration) > MAX_TRACK_BYTES:
        raise too_large(request)
    kind = request.WhichOneof("message") or "nothing"
    if kind != "open":
        raise OutOfOrder(f"a Track begins with Open, got {kind}.", "Send Open first.")
    return request.open
