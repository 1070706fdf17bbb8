"""`Resident`: a session that the server feeds itself, from a tracker, for others to watch."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING

from vrface.client.server_file import ServerFile
from vrface.errors import VrfaceError
from vrface.face.expression import Expression, Style
from vrface.face.smoothing import Smoothing
from vrface.outputs.sinks import Sinks
from vrface.serving.broadcast import Broadcast
from vrface.serving.opening import drawn_seed, opened
from vrface.serving.publishing import publisher_of
from vrface.serving.stats import Stats
from vrface.serving.status import where
from vrface.session import Session
from vrface.trust.permission import Permission
from vrface.wire.messages import session_pb2

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model
    from vrface.trackers.tracker import Tracker

_log = logging.getLogger(__name__)


class Resident:
    """A tracker's session inside the server, on a thread of its own.

    Args:
        tracker: Where frames come from.
        model: What infers.
        permission: That this face may be processed.
        stats: The server's.
        sinks: Where its faces go beside gRPC.
        calibration: What is known of the wearer.
        style: What its face shows of a law; the lively style's seed is drawn.
        smoothing: How calm its face is shown.

    Attributes:
        broadcast: Where spectators see it.
    """

    def __init__(
        self,
        tracker: Tracker,
        model: Model,
        permission: Permission,
        stats: Stats,
        sinks: Sinks,
        calibration: Calibration | None = None,
        style: Style = "expected",
        smoothing: Smoothing = Smoothing.none(),
    ) -> None:
        self._session = Session(
            tracker=tracker,
            model=model,
            calibration=calibration,
            permission=permission,
            style=style,
            smoothing=smoothing,
            seed=drawn_seed(),
        )
        self._tracker = tracker
        self._stats = stats
        answer = opened(self._session)
        # In real time a tracker's frames are on this machine's monotonic clock.
        clock, recording = session_pb2.CLOCK_KIND_MONOTONIC, self._session.recorder is not None
        publisher = publisher_of(sinks, answer, clock, recording)
        self.broadcast = Broadcast(answer, publisher)
        self._thread: threading.Thread | None = None

    def start(self, address: str) -> None:
        """Begin, and write the server's file for this user's spectators. Call it in the event loop.

        The file is there as long as the tracker gives frames.

        Raises:
            ServerError: if the file cannot be written.
        """
        token = self.broadcast.watch_token.hex()
        file = ServerFile(address, self.broadcast.session_id, token)
        file.write()
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._feed, args=(loop, file), name="vrface-tracker", daemon=True
        )
        self._thread.start()

    async def stop(self) -> None:
        """End the session, and with it the file."""
        self._session.close()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _feed(self, loop: asyncio.AbstractEventLoop, file: ServerFile) -> None:
        try:
            for frame in self._tracker.frames():
                started_ns = time.perf_counter_ns()
                expression = self._session.step(frame)
                step_us = (time.perf_counter_ns() - started_ns) // 1000
                loop.call_soon_threadsafe(self._show, expression, step_us)
        except VrfaceError as error:
            _log.error("the tracker %s stopped: %s", self._tracker.name, error)
        except Exception as error:
            kind = type(error).__name__
            _log.error("the tracker %s failed: %s at %s", self._tracker.name, kind, where(error))
        finally:
            file.remove()
            loop.call_soon_threadsafe(self.broadcast.end)

    def _show(self, expression: Expression, step_us: int) -> None:
        self._stats.frames += 1
        self._stats.step.add(step_us)
        self._stats.faces += 1
        self.broadcast.publish(expression)
