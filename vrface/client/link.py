"""`Link`: a session's line to its servers; where one is gone, the next one goes on with it."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from vrface.client.connection import Dial, Gone
from vrface.client.outbox import MAX_BYTES, Outbox
from vrface.client.stream import Stream
from vrface.errors import BadUse, ServerError, VrfaceError
from vrface.sensors.frame import SensorFrame
from vrface.wire.messages import session_pb2

ATTEMPT_S = 1.0
"""How long one server may take to answer while another one is looked for."""

PAUSE_S = 0.05
"""Between two rounds of asking all of them."""


class Link:
    """Keeps one session alive, on one server at a time.

    A server that goes away says so, and serves on until another one took over. One that is gone
    without a word is replaced by whichever answers first, itself perhaps. The newest resume token
    goes along, so that the face goes on where it was when that was sealed, a second ago at most.

    Args:
        dial: How a server is called.
        addresses: ``host:port`` of each server, the first choice first.
        request: What the session opens with.
        heard: Told of all that a server says but Opened, tokens and its leave.
        lost: Told why, when there is no server any more.
        timeout_s: How long the first server may take to answer, seconds.
        patience_s: How long another one is looked for, seconds; 0 = not at all.

    Attributes:
        opened: What the server that serves, or did last, said first.
        moves: How often another server, or the same one started anew, went on.

    Raises:
        ServerError: if no server answers there.
        VrfaceError: if the first one says no.
    """

    def __init__(
        self,
        dial: Dial,
        addresses: Sequence[str],
        request: session_pb2.Open,
        heard: Callable[[session_pb2.TrackResponse], None],
        lost: Callable[[VrfaceError], None],
        *,
        timeout_s: float,
        patience_s: float,
    ) -> None:
        if not addresses:
            raise BadUse("no address of a server.", "Give host:port, of one or of several.")
        self.moves = 0
        self._dial, self._addresses, self._request = dial, tuple(addresses), request
        self._heard, self._lost = heard, lost
        self._timeout_s, self._patience_s = timeout_s, patience_s
        self._outbox = Outbox(self._lose)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._moving: threading.Thread | None = None
        self._down_ns: int | None = None
        self._why: VrfaceError | None = None
        self._stream: Stream | None = None
        stream = self._first()
        self.opened = stream.opened
        request.seed = self.opened.seed  # or the next server would draw another one
        with self._lock:
            if stream.over is not None:
                raise stream.over
            self._stream = stream
        self._send_on(stream)

    @property
    def down_s(self) -> float:
        """For how long, seconds, there has been no server."""
        since_ns = self._down_ns
        return 0.0 if since_ns is None else (time.perf_counter_ns() - since_ns) / 1e9

    def put(self, frame: SensorFrame) -> None:
        """Send a frame as soon as there is a server that takes it; returns at once."""
        self._outbox.put(frame)

    def end(self) -> None:
        """Say End, after the frame that waits."""
        self._closed.set()
        self._outbox.end()

    def close(self) -> None:
        """Say End and hang up."""
        self.end()
        if self._moving is not None:
            self._moving.join()
        if self._stream is not None:
            self._stream.close(self._timeout_s)

    def hear(self, stream: Stream, response: session_pb2.TrackResponse) -> None:
        """A server said something."""
        kind = response.WhichOneof("message")
        if kind == "resume_token":
            self._request.resume_token = response.resume_token
        elif kind == "go_away":
            going = response.go_away
            self._leave(stream, ServerError(f"the server goes away: {going.reason}."), going)
        elif kind != "end":
            if kind == "expression":
                self._outbox.acknowledge(response.expression.sequence)
            self._heard(response)

    def ended(self, stream: Stream, error: VrfaceError) -> None:
        """A server says no more."""
        with self._lock:
            current = stream is self._stream
            if current:
                self._down_ns = time.perf_counter_ns()
        if current and isinstance(error, Gone):
            self._leave(stream, error)
        elif current and self._moving is None:
            self._lose(self._why or error)

    def _leave(
        self, stream: Stream, why: VrfaceError, going: session_pb2.GoAway | None = None
    ) -> None:
        """Look for another server."""
        with self._lock:
            if self._closed.is_set() or self._moving or stream is not self._stream:
                return
            self._why = why
            if self._patience_s > 0.0:
                endpoint = going.endpoint if going is not None else ""
                self._moving = threading.Thread(target=self._move, args=(endpoint,), daemon=True)
                self._moving.start()
                return
        if going is None:
            self._lose(why)
        else:  # End follows the frame that waits; its face still comes.
            self._outbox.end()

    def _move(self, endpoint: str) -> None:
        for stream in self._others(endpoint):
            with self._lock:
                if stream.over is not None:
                    continue
                old, self._stream = self._stream, stream
                self._moving, self._why, self._down_ns = None, None, None
            self.moves, self.opened = self.moves + 1, stream.opened
            self._send_on(stream)
            if old is not None:
                old.close(self._timeout_s)
            return
        self._lose(self._why or ServerError("there is no server any more."))

    def _others(self, endpoint: str) -> Iterator[Stream]:
        """Servers that go on with the session, as long as patience lasts."""
        until_s = time.monotonic() + self._patience_s
        last = "" if self._stream is None else self._stream.address
        order = [endpoint, *(one for one in self._addresses if one != last), last]
        for address in itertools.cycle([one for one in order if one]):
            left_s = until_s - time.monotonic()
            if left_s <= 0.0 or self._closed.is_set():
                return
            try:
                yield self._opened(address, min(left_s, ATTEMPT_S))
            except VrfaceError as error:
                if not isinstance(error, ServerError):
                    self._why = error  # it says more than that another one is gone
            if address == last:
                self._closed.wait(PAUSE_S)

    def _opened(self, address: str, timeout_s: float) -> Stream:
        stream = self._open(address, timeout_s)
        if stream.opened.extras != self.opened.extras:
            stream.close(0.0)
            raise ServerError(f"the server at {address} reads this headset otherwise.")
        return stream

    def _first(self) -> Stream:
        """The first server that answers."""
        *others, last = self._addresses
        for address in others:
            with contextlib.suppress(ServerError):
                return self._open(address, self._timeout_s)
        return self._open(last, self._timeout_s)

    def _open(self, address: str, timeout_s: float) -> Stream:
        return Stream(self._dial, address, self._request, self._outbox, self, timeout_s)

    def _send_on(self, stream: Stream) -> None:
        self._outbox.max_bytes = stream.opened.max_message_bytes or MAX_BYTES
        self._outbox.send_on(stream)

    def _lose(self, error: VrfaceError) -> None:
        self._outbox.end()
        self._lost(error)
