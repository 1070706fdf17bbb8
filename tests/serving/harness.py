"""A server in a thread of the test's process, with a small real model, and frames to send it."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from vrface.model import checkpoint
from vrface.model.config import NetworkConfig
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.sensors import HeadsetProfile, SensorFrame, headset
from vrface.serving import Limits, Server
from vrface.simulation import synthetic_take, wear
from vrface.wire.address import Address
from vrface.wire.codec import frame_to_proto
from vrface.wire.messages import session_pb2

HEADSET = "vive_pro_eye_lip"


SMALL = NetworkConfig(width=16, encoder_width=16, slot_width=8, blocks=1, memory=16, hidden=16)


def small_model(folder: Path, seed: int = 7, config: NetworkConfig = SMALL) -> Model:
    """A checkpoint with random weights: its faces move, and nothing was trained."""
    params = {
        name: np.asarray(leaf)
        for name, leaf in NetworkArchitecture(config).drawn(seed=seed).items()
    }
    params["head.laws.kernel"] = params["head.laws.kernel"] * 20.0
    levels = {"face_rest": 0.05, "sensor_rest": 0.05}
    statistics, rivals = (
        {name: np.full(shape, levels.get(name, 0.2), np.float32) for name, shape in shapes.items()}
        for shapes in (checkpoint.statistics_of(config.width), checkpoint.RIVALS)
    )
    checkpoint.save(
        folder,
        network=config,
        config={},
        params=params,
        rivals=rivals,
        statistics=statistics,
        card="small",
    )
    return checkpoint.load(folder, name="small")


def profile() -> HeadsetProfile:
    return headset(HEADSET)


def frames(count: int, rate_hz: float = 90.0, seed: int = 1) -> list[SensorFrame]:
    """The first frames of a synthetic wearer, after half a second, so that each holds samples."""
    take = synthetic_take(seed=seed, seconds=count / rate_hz + 3.0, rate_hz=120)
    made = wear(take, profile(), seed=seed, rate_hz=rate_hz).frames()
    started = itertools.islice(made, 45, 45 + count)
    return [
        SensorFrame(number, frame.frame_time_ns, frame.samples)
        for number, frame in enumerate(started, 1)
    ]


def opening(**fields) -> session_pb2.TrackRequest:
    """A first message; fields given replace the usual ones."""
    usual = {"protocol": 1, "headset_name": HEADSET, "want_stddev": True}
    if "headset_profile" in fields:
        del usual["headset_name"]
    return session_pb2.TrackRequest(open=session_pb2.Open(**{**usual, **fields}))


def request(frame: SensorFrame, ack: int = 0) -> session_pb2.TrackRequest:
    return session_pb2.TrackRequest(ack=ack, frame=frame_to_proto(frame))


END = session_pb2.TrackRequest(end=session_pb2.End())


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until something holds, or fail."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not come about in time"
        time.sleep(0.01)


ANY = Limits(rate_hz=10_000.0, opens_hz=1000.0, busy=1.0)
"""Whoever finds a place is let in and may be as fast as they can, on whatever machine."""


class RunningServer:
    """A server on any free port, in a thread with an event loop of its own."""

    def __init__(self, models, **options) -> None:
        options.setdefault("limits", ANY)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server = Server(models, where=Address(port=0), **options)
        self.address = self._await(self.server.start())
        self._stopped = False

    @property
    def service(self):
        return self.server.service

    @property
    def stats(self):
        return self.server.service.stats

    def stop(self, grace_s: float = 0.2) -> None:
        if self._stopped:
            return
        self._stopped = True
        self._await(self.server.stop(grace_s))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def _await(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)


def texts(responses: Iterator[session_pb2.TrackResponse]) -> list[str]:
    """Which messages came, in order."""
    return [str(response.WhichOneof("message")) for response in responses]


class Stream:
    """A Track that sends what it is told when it is told."""

    def __init__(self, stub, *first) -> None:
        self._requests: queue.SimpleQueue[session_pb2.TrackRequest | None] = queue.SimpleQueue()
        self.responses = stub.Track(iter(self._requests.get, None))
        self.send(*first)

    def send(self, *requests) -> None:
        for message in requests:
            self._requests.put(message)

    def read(self, kind: str):
        """The next message, resume tokens aside unless one is asked for."""
        response = next(self.responses)
        while response.HasField("resume_token") and kind != "resume_token":
            response = next(self.responses)
        assert response.WhichOneof("message") == kind, response
        return getattr(response, kind)

    def close(self) -> None:
        self._requests.put(None)
