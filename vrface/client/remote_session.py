"""`RemoteSession`: a session whose model runs on a server; the tracker runs here."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vrface.client.connection import connect
from vrface.client.link import Link
from vrface.client.mailbox import Mailbox
from vrface.closing import Closing
from vrface.errors import BadUse, UnknownName, VrfaceError
from vrface.face.expression import STYLES, Expression, Style
from vrface.face.smoothing import Smoothing
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import DEFAULT_HEADSET, SHIPPED, HeadsetProfile
from vrface.sensors.headset import headset as load_headset
from vrface.trust.permission import Permission
from vrface.trust.tls import Tls
from vrface.wire.codec import expression_from_proto, headset_to_proto
from vrface.wire.messages import session_pb2
from vrface.wire.smoothing import smoothing_to_proto

PROTOCOL = 1
"""The version of the protocol that this client speaks."""

LAST = 65_536
"""Round trips and notices that are kept: at 90 Hz those of 12 minutes."""

SHOWN_S = 0.5
"""How long, seconds, the last face is given out while there is no server: as long as the face of
a wearer whose sensors are silent takes to come to rest (`vrface.outputs.fusion`)."""

_log = logging.getLogger(__name__)


class FrameTracker(Protocol):
    """What a remote session needs of a tracker."""

    @property
    def headset(self) -> HeadsetProfile:
        """Whose streams the samples refer to."""
        ...

    def frames(self) -> Iterator[SensorFrame]:
        """The sensor frames, each when its time has come."""
        ...

    def close(self) -> None:
        """Stop."""
        ...


class RemoteSession(Closing):
    """Turns one wearer's sensor frames into faces on a server; the methods are `vrface.Session`'s.

    Frames go up, faces come down on a thread that always keeps the newest one. Either ask for
    faces one by one (`step`, `run`, `take`), or push frames and look at `latest`; one session does
    one or the other.

    Args:
        address: ``host:port`` of a server started with ``vrface serve``, or of several: the first
            that answers serves, the others stand in for it.
        tracker: Where frames come from; None to bring one's own.
        headset: A shipped profile's name, the path of a TOML file, or a profile; None = the
            tracker's, else `DEFAULT_HEADSET`. A tracker knows its headset already.
        model: The name of a model that the server has; ``"default"`` is the server's default.
        calibration: What is known of the wearer: the bytes of a calibration file; empty = nothing.
        permission: That this face may be processed.
        rate_hz: Frames a second that will be sent.
        window: Faces that may be on their way at a time, so that none is old; 0 = no limit.
        timeout_s: How long to wait for the server to answer, seconds.
        patience_s: How long to look for a server that goes on where one goes away or is gone,
            seconds; 0 = not at all.
        style: What is shown of what the sensors do not see: ``"expected"`` or ``"lively"``.
        seed: Of the lively style, in 0..2^64-1; 0 = the server draws one (`RemoteSession.seed`).
        smoothing: How calm the face is shown, as for `vrface.Session`.
        tls: What the connection is encrypted with (`vrface.trust.tls.Tls`); None = clear text.
        insecure_lan: Whether clear text may leave this machine.

    Attributes:
        headset: Whose streams the samples of frames refer to.
        notices: What the server had to say, oldest first.
        round_trip_ms: Of the last `LAST` faces asked for by `run` or `take`, milliseconds.

    Raises:
        ServerError: if no server answers there.
        BadUse: if `address` is none, the server knows no such headset or model, with the nearest
            names, or the calibration is none.
        Refused: if the server has no room, the permission does not open a session, or a face would
            leave this machine in clear text.
    """

    def __init__(
        self,
        address: str | Sequence[str],
        tracker: FrameTracker | None = None,
        headset: str | Path | HeadsetProfile | None = None,
        model: str = "default",
        permission: Permission = Permission.local(),
        *,
        calibration: bytes = b"",
        rate_hz: float = 90.0,
        window: int = 2,
        timeout_s: float = 5.0,
        patience_s: float = 5.0,
        style: Style = "expected",
        seed: int = 0,
        smoothing: Smoothing | str = Smoothing.none(),
        tls: Tls | None = None,
        insecure_lan: bool = False,
    ) -> None:
        permission.require("RemoteSession")
        self.headset = _worn(tracker, headset)
        self.notices: deque[session_pb2.Notice] = deque(maxlen=LAST)
        self.round_trip_ms: deque[float] = deque(maxlen=LAST)
        self._tracker = tracker
        self._timeout_s = timeout_s
        self._last_sequence = 0
        self._pushed = False
        self._feeder: threading.Thread | None = None
        self._faces: Mailbox[Expression] = Mailbox()
        request = _open(self.headset, model, rate_hz, window, calibration, style, seed)
        if (calm := Smoothing.of(smoothing)) != Smoothing.none():
            request.smoothing.CopyFrom(smoothing_to_proto(calm))
        addresses = (address,) if isinstance(address, str) else tuple(address)
        self._link = Link(
            partial(connect, tls=tls, insecure_lan=insecure_lan),
            addresses,
            request,
            self._hear,
            self._faces.close,
            timeout_s=timeout_s,
            patience_s=patience_s,
        )

    @property
    def session_id(self) -> str:
        """What spectators name the session by; another one on each server."""
        return self._link.opened.session_id

    @property
    def watch_token(self) -> bytes:
        """What spectators need: its owner's secret; another one on each server."""
        return self._link.opened.watch_token

    @property
    def moves(self) -> int:
        """How often another server, or the same one started anew, went on with the session."""
        return self._link.moves

    @property
    def model_name(self) -> str:
        """The server's name of the model."""
        return self._link.opened.model

    @property
    def model_digest(self) -> bytes:
        """SHA-256 of the checkpoint's manifest."""
        return self._link.opened.model_digest

    @property
    def seed(self) -> int:
        """Of the lively style."""
        return self._link.opened.seed

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of measured shapes beyond the canonical 54."""
        return tuple(self._link.opened.extras)

    @property
    def expected_source(self) -> NDArray[np.uint8]:
        """[54 + extras] `Source` of each weight when every sensor is well."""
        return np.frombuffer(self._link.opened.expected_source, dtype=np.uint8)

    @property
    def missing_streams(self) -> tuple[str, ...]:
        """Streams the model could use and this headset lacks."""
        return tuple(self._link.opened.missing_streams)

    @property
    def unused_streams(self) -> tuple[str, ...]:
        """Streams of this headset that the model does not look at."""
        return tuple(self._link.opened.unused_streams)

    def step(self, frame: SensorFrame) -> Expression:
        """The face at one frame; waits for it.

        Raises:
            BadUse: if the frame's sequence is not above the last one's, the session is closed, or
                works by `push` and `latest`.
            ServerError: if the server does not answer, or is gone.
        """
        self._check_idle()
        if frame.sequence <= self._last_sequence:
            raise BadUse(
                f"frame {frame.sequence} after frame {self._last_sequence}.",
                "Sequences count up from 1 through a session; open another one to start anew.",
            )
        started_ns = time.perf_counter_ns()
        self._send(frame)
        expression = self._faces.wait_for(lambda e: e.sequence >= frame.sequence, self._timeout_s)
        self.round_trip_ms.append((time.perf_counter_ns() - started_ns) / 1e6)
        return expression

    def run(self, frames: Iterable[SensorFrame]) -> Iterator[Expression]:
        """One face for each frame, in order: for replay and evaluation. Errors as for `step`."""
        self._check_idle()
        for frame in frames:
            yield self.step(frame)
            # Before the next frame is asked for: since the last one, they may go to `latest`.
            self._check_idle()

    def take(self, count: int) -> Iterator[Expression]:
        """The next `count` faces of the session's tracker. Errors as for `step`.

        Raises:
            BadUse: also if the session has no tracker.
        """
        self._check_idle()
        if self._tracker is None:
            raise BadUse("this session has no tracker to take frames from.", "Use run(frames).")
        return self.run(itertools.islice(self._tracker.frames(), count))

    def push(self, frame: SensorFrame) -> None:
        """Hand a frame over and return at once; the newest frame wins, its face is `latest`.

        Raises:
            BadUse: if the session is closed.
            ServerError: if the server is gone.
        """
        self._pushed = True
        self._send(frame)

    def latest(self) -> Expression | None:
        """The newest face; None before the first one, and where no server has answered for long.

        Never blocks: an engine's call.

        Raises:
            BadUse: if the session is closed.
            ServerError: if there is no server any more.
            VrfaceError: if the tracker failed.
        """
        self._pushed = True
        self._check_open()
        if self._tracker is not None and self._feeder is None:
            self._feeder = threading.Thread(target=self._feed, args=(self._tracker,), daemon=True)
            self._feeder.start()
        # A face that is not renewed is not shown for long: as if its sensors were silent.
        return None if self._link.down_s > SHOWN_S else self._faces.newest

    def close(self) -> None:
        """Say End to the server and stop the tracker."""
        self._faces.close(BadUse("this session is closed.", "Open another one."))
        if self._tracker is not None:
            self._tracker.close()
        if self._feeder is not None:
            self._feeder.join(self._timeout_s)
        self._link.close()

    def _send(self, frame: SensorFrame) -> None:
        self._check_open()
        self._last_sequence = max(self._last_sequence, frame.sequence)
        self._link.put(frame)

    def _check_open(self) -> None:
        if self._faces.error is not None:
            raise self._faces.error

    def _check_idle(self) -> None:
        self._check_open()
        if self._pushed:
            raise BadUse("this session works by push() and latest() already.", "Open another one.")

    def _hear(self, response: session_pb2.TrackResponse) -> None:
        kind = response.WhichOneof("message")
        if kind == "expression":
            expression = expression_from_proto(response.expression, self.headset.extras)
            # Two servers may answer at once, amid a move.
            if self._faces.newest is None or expression.sequence > self._faces.newest.sequence:
                self._faces.put(expression)
        elif kind == "notice":
            self.notices.append(response.notice)
            _log.warning("%s %s", response.notice.text, response.notice.advice)

    def _feed(self, tracker: FrameTracker) -> None:
        try:
            for frame in tracker.frames():
                self._send(frame)
        except VrfaceError as error:
            self._stop(error)
        except Exception as error:
            # It is told to whoever asks for a face: a thread has nobody to raise to.
            self._stop(VrfaceError(f"the tracker failed: {type(error).__name__}: {error}."))

    def _stop(self, error: VrfaceError) -> None:
        self._faces.close(error)
        self._link.end()


def _worn(
    tracker: FrameTracker | None, headset: str | Path | HeadsetProfile | None
) -> HeadsetProfile:
    if tracker is not None:
        return tracker.headset
    if isinstance(headset, HeadsetProfile):
        return headset
    return load_headset(DEFAULT_HEADSET if headset is None else headset)


def _open(
    headset: HeadsetProfile,
    model: str,
    rate_hz: float,
    window: int,
    calibration: bytes,
    style: Style,
    seed: int,
) -> session_pb2.Open:
    if style not in STYLES:
        raise UnknownName("style", style, STYLES)
    if not 0 <= seed < 2**64:
        raise BadUse(f"a seed is in 0..2^64-1, got {seed}.")
    request = session_pb2.Open(
        protocol=PROTOCOL,
        model="" if model == "default" else model,
        clock=session_pb2.CLOCK_KIND_MONOTONIC,
        rate_hz=rate_hz,
        window=window,
        want_stddev=True,
        style=session_pb2.STYLE_LIVELY if style == "lively" else session_pb2.STYLE_EXPECTED,
        seed=seed,
        calibration=calibration,
        client=f"vrface-python/{version('vrface')}",
    )
    # By name where the server must know the very same profile; else the profile itself.
    if headset.name in SHIPPED and headset == load_headset(headset.name):
        request.headset_name = headset.name
    else:
        request.headset_profile.CopyFrom(headset_to_proto(headset))
    return request
