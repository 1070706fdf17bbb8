"""`Stream`: one Track call on one server, from its Open to its end."""

from __future__ import annotations

import threading
from typing import Protocol

import grpc

from vrface.client.connection import Dial, error_of
from vrface.client.mailbox import Mailbox
from vrface.client.outbox import Outbox
from vrface.errors import ServerError, VrfaceError
from vrface.face.blendshapes import BLENDSHAPES
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2


class Listener(Protocol):
    """Whoever a stream tells what its server says."""

    def hear(self, stream: Stream, response: session_pb2.TrackResponse) -> None:
        """The server said something after its Opened."""
        ...

    def ended(self, stream: Stream, error: VrfaceError) -> None:
        """The server says no more."""
        ...


class Stream:
    """Frames go up from an outbox; what comes down is read at once, so that nothing old waits.

    Args:
        dial: How it is called.
        address: ``host:port`` of the server.
        request: What to open with.
        outbox: Where the frames are, once `Outbox.send_on` names this stream.
        listener: Told of what comes, on a thread of the stream's own.
        timeout_s: How long the server may take to answer, seconds.

    Attributes:
        address: Of the server.
        opened: Its answer.
        over: Why it says no more; None while it may.

    Raises:
        ServerError: if no server answers there, or one that speaks of other blendshapes.
        VrfaceError: if it says no.
    """

    def __init__(
        self,
        dial: Dial,
        address: str,
        request: session_pb2.Open,
        outbox: Outbox,
        listener: Listener,
        timeout_s: float,
    ) -> None:
        self.address = address
        self.over: VrfaceError | None = None
        self._outbox, self._listener = outbox, listener
        self._answer: Mailbox[session_pb2.Opened] = Mailbox()
        self._channel = dial(address, timeout_s)
        stub = expression_service_pb2_grpc.ExpressionServiceStub(self._channel)
        self._call = stub.Track(outbox.requests(self, request))
        self._receiver = threading.Thread(target=self._receive, name="vrface-client", daemon=True)
        self._receiver.start()
        try:
            self.opened = self._answer.wait_for(lambda _: True, timeout_s)
            _check(self.opened)
        except BaseException:
            self.close(0.0)
            raise

    def close(self, patience_s: float) -> None:
        """Say End, and wait so long, seconds, for the server to say its own."""
        self._outbox.give_up(self)
        if threading.current_thread() is not self._receiver:
            self._receiver.join(patience_s)
        self._call.cancel()  # type: ignore[no-untyped-call]
        self._channel.close()

    def _receive(self) -> None:
        ending: VrfaceError = ServerError("the session has ended.")
        try:
            for response in self._call:
                if response.HasField("opened"):
                    self._answer.put(response.opened)
                else:
                    self._listener.hear(self, response)
        except grpc.RpcError as error:
            ending = error_of(error, self.address)
        self.over = ending
        self._outbox.give_up(self)
        self._answer.close(ending)
        if self._answer.newest is not None:
            self._listener.ended(self, ending)


def _check(opened: session_pb2.Opened) -> None:
    if tuple(opened.blendshapes.names) != BLENDSHAPES:
        raise ServerError(
            f"the server speaks blendshape set {opened.blendshapes.name!r} version "
            f"{opened.blendshapes.version}, which this client does not know.",
            "Install the same version of vrface on both sides.",
        )
