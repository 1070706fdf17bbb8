"""`Watcher`: the faces of somebody else's session."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import grpc

from vrface.client.connection import connect, error_of
from vrface.client.mailbox import Mailbox
from vrface.closing import Closing
from vrface.errors import ServerError
from vrface.face.expression import Expression
from vrface.trust.tls import Tls
from vrface.wire.codec import expression_from_proto
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2


class _Ended(ServerError):
    """The session that is watched is over."""


class Watcher(Closing):
    """Iterates over the newest faces of a session; one that lags misses faces and sees no old ones.

    Args:
        address: ``host:port`` of the server.
        session_id: Which session.
        watch_token: The secret of its owner.
        rate_hz: Most faces a second; 0 = all.
        timeout_s: How long to wait for the server, seconds.
        tls: What the connection is encrypted with; None = clear text.
        insecure_lan: Whether clear text may come from another machine.

    Raises:
        BadUse: if `address` is none.
        Refused: if a face would come from another machine in clear text, and nobody agreed.
        ServerError: if no server answers there.
    """

    def __init__(
        self,
        address: str,
        session_id: str,
        watch_token: bytes,
        *,
        rate_hz: float = 0.0,
        timeout_s: float = 5.0,
        tls: Tls | None = None,
        insecure_lan: bool = False,
    ) -> None:
        self._address = address
        self._channel = connect(address, timeout_s, tls, insecure_lan)
        stub = expression_service_pb2_grpc.ExpressionServiceStub(self._channel)
        self._call = stub.Watch(
            session_pb2.WatchRequest(
                session_id=session_id, watch_token=watch_token, rate_hz=rate_hz
            )
        )
        self._seen: Expression | None = None
        self._faces: Mailbox[Expression] = Mailbox()
        self._receiver = threading.Thread(target=self._receive, name="vrface-watch", daemon=True)
        self._receiver.start()

    def __iter__(self) -> Iterator[Expression]:
        """Each newest face once; ends when the session does.

        Raises:
            Refused: if there is no such session or the token is wrong.
            ServerError: if the server is gone.
        """
        while True:
            try:
                self._seen = self._faces.wait_for(lambda face: face is not self._seen)
            except _Ended:
                return
            yield self._seen

    def close(self) -> None:
        """Stop watching."""
        self._call.cancel()  # type: ignore[no-untyped-call]
        self._receiver.join()
        self._channel.close()

    def _receive(self) -> None:
        extras: tuple[str, ...] = ()
        try:
            for response in self._call:
                kind = response.WhichOneof("message")
                if kind == "opened":
                    extras = tuple(response.opened.extras)
                elif kind == "expression":
                    self._faces.put(expression_from_proto(response.expression, extras))
            self._faces.close(_Ended("the session has ended."))
        except grpc.RpcError as error:
            self._faces.close(error_of(error, self._address))
