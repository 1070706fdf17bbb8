"""What is measured of a server, each beside the empty one, the two taking turns."""

from __future__ import annotations

import queue
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import numpy as np

from benchmarks import measure
from benchmarks.performance import host, messages
from benchmarks.performance.load import WARM_UP_S, Load, Told
from benchmarks.performance.servers import ECHO, TRACK, TRACK_MANY, Server
from vrface.wire.messages import session_pb2

SESSIONS = 32
"""Sessions of the row of CPU time per frame."""

FEW = 8
"""Sessions that more of them are held against, where it is about memory."""

ROUNDS = 5
"""How often each side has its turn; the median counts."""

_OPTIONS = [("grpc.enable_http_proxy", 0)]

LIGHT_HZ, LIGHT_S = 10.0, 24.0
"""Frames a second of sessions whose memory is read, so few that none wait, and seconds of load, the
last third of which counts: what a start leaves behind was given back to the system after 11 s."""

HELD = 0.99
"""Wearers are held if this share of their faces is on time."""


@dataclass(frozen=True)
class Bench:
    """What every row needs.

    Attributes:
        load: The program that plays clients.
        folder: Where messages are kept.
        ours: Our server.
        echo: The empty one.
        seconds: Of load that count, in each run.
    """

    load: Load
    folder: Path
    ours: Server
    echo: Server
    seconds: float

    @property
    def frames(self) -> int:
        """Frames of a run, those of the warm-up too."""
        return int((self.seconds + WARM_UP_S) * messages.RATE_HZ)

    def track(self, side: str, sessions: int) -> Told:
        """Tracks on one of the two."""
        path = self.folder / f"track-{self.frames}"
        if not path.exists():
            messages.written(path, messages.track(0, self.frames))
        if side == "vrface":
            return self.load(self.ours, TRACK, path, "track", sessions)
        return self.load(self.echo, ECHO, path, "count", sessions)

    def track_many(self, wearers: int) -> Told:
        """One TrackMany of so many wearers."""
        path = self.folder / f"many-{wearers}-{self.frames}"
        if not path.exists():
            messages.written(path, messages.track_many(wearers, self.frames))
        return self.load(self.ours, TRACK_MANY, path, "many", 1)


@contextmanager
def watched(row: dict[str, Any]) -> Iterator[None]:
    """Note how restless the host was before and after a row was measured."""
    before_us = host.jitter_us()
    yield
    row["host_jitter_us"] = max(before_us, host.jitter_us())
    row["noisy_host"] = row["host_jitter_us"] > host.NOISY_US


def cpu_per_frame(bench: Bench, wearers: int) -> dict[str, Any]:
    """Server CPU time per frame at `SESSIONS` Tracks, and per wearer's frame in a TrackMany."""
    row: dict[str, Any] = {"sessions": SESSIONS, "rounds": ROUNDS, "track_many_wearers": wearers}
    taken: dict[str, list[float]] = {"echo": [], "vrface": [], "many": []}
    with watched(row):
        for _ in range(ROUNDS):
            taken["echo"].append(bench.track("echo", SESSIONS).server_cpu_us)
            taken["vrface"].append(bench.track("vrface", SESSIONS).server_cpu_us)
            taken["many"].append(bench.track_many(wearers).server_cpu_us / wearers)
    row["echo_us"], row["track_us"], row["track_many_us"] = (
        statistics.median(taken[side]) for side in ("echo", "vrface", "many")
    )
    row["track_ratio"] = row["track_us"] / row["echo_us"]
    return row


def on_time(bench: Bench, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Share of faces on time at some numbers of sessions, ours and the empty server's."""
    rows = []
    for sessions in numbers:
        row: dict[str, Any] = {"sessions": sessions}
        with watched(row):
            for side in ("echo", "vrface"):
                told = bench.track(side, sessions)
                row[side] = told.on_time
                row[f"{side}_p99_us"] = told.p99_us
                row["sent_late_us"] = max(row.get("sent_late_us", 0.0), told.sent_late_us)
        rows.append(row)
    return rows


def track_many(bench: Bench, numbers: Sequence[int]) -> dict[str, Any]:
    """The most wearers of one TrackMany that are held, of some numbers, in order."""
    row: dict[str, Any] = {"wearers": 0, "on_time": 0.0, "tried": []}
    with watched(row):
        for wearers in numbers:
            told = bench.track_many(wearers)
            row["tried"].append(
                {"wearers": wearers, "on_time": told.on_time, "p99_us": told.p99_us}
            )
            if told.on_time < HELD:
                break
            row["wearers"], row["on_time"] = wearers, told.on_time
    return row


def round_trip(bench: Bench, rounds: int, calls: int) -> dict[str, Any]:
    """One session's round trip at its rate, the same Python client on both sides."""
    row: dict[str, Any] = {"rounds": rounds, "calls": calls}
    sent = list(messages.track(0, rounds * calls))
    sides = {"echo": (bench.echo, ECHO), "vrface": (bench.ours, TRACK)}
    times = {name: np.empty((rounds, calls)) for name in sides}
    with watched(row), _Pinger(*sides["echo"]) as echo, _Pinger(*sides["vrface"]) as ours:
        for pinger in (echo, ours):
            pinger(sent[0])
        for number in range(rounds):
            frames = sent[1 + number * calls :][:calls]
            times["echo"][number] = [echo(frame) for frame in frames]
            times["vrface"][number] = [ours(frame) for frame in frames]
    for name in sides:
        for share in (50, 99):
            row[f"{name}_p{share}_us"] = float(np.percentile(times[name], share))
    row["p50_ratio"] = row["vrface_p50_us"] / row["echo_p50_us"]
    row["p99_ratio"] = row["vrface_p99_us"] / row["echo_p99_us"]
    row["p50_ratio_95"] = measure.ratio(times["vrface"], times["echo"], 0)[1:]
    return row


def memory(bench: Bench, sessions: int, cycles: int) -> dict[str, Any]:
    """What a session holds, and what stays behind of many that came and went.

    Args:
        bench: Both servers.
        sessions: At a time, for the first figure.
        cycles: Sessions that come, show a face and go, for the second.
    """
    few, many = (_resident_kib(bench, number) for number in (FEW, FEW + sessions))
    opening, frame, *_ = messages.track(0, 1)
    once = [opening, frame, session_pb2.TrackRequest(end=session_pb2.End()).SerializeToString()]
    held = [bench.ours.resident_kib()]
    with grpc.insecure_channel(bench.ours.address, options=_OPTIONS) as channel:
        track = channel.stream_stream(TRACK, None, session_pb2.TrackResponse.FromString)
        for number in range(1, cycles + 1):
            for _ in track(iter(once)):
                pass
            if number % max(cycles // 10, 1) == 0:
                held.append(bench.ours.resident_kib())
    return {
        "sessions": sessions,
        "session_kib": (many - few) / sessions,
        "cycles": cycles,
        # Those of the first tenth fill pools once for all.
        "cycles_grew_kib": held[-1] - held[1],
        "resident_kib": held,
    }


def _resident_kib(bench: Bench, sessions: int) -> float:
    """Memory of our server towards the end of a load of so many sessions that it can hold."""
    path = bench.folder / "light"
    if not path.exists():
        frames = int(LIGHT_S * LIGHT_HZ)
        messages.written(path, messages.track(0, frames, LIGHT_HZ))
    held = []
    with bench.load.running(bench.ours, TRACK, path, "track", sessions, LIGHT_HZ) as process:
        while process.poll() is None:
            held.append(bench.ours.resident_kib())
            time.sleep(0.5)
    return statistics.median(held[len(held) * 2 // 3 :])


class _Pinger:
    """Sends a message when its time has come, and waits for the answer."""

    def __init__(self, server: Server, method: str) -> None:
        self._channel = grpc.insecure_channel(server.address, options=_OPTIONS)
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        call = self._channel.stream_stream(method, None, session_pb2.TrackResponse.FromString)
        self._answers = iter(call(iter(self._requests.get, None)))
        self._due_s = 0.0

    def __call__(self, message: bytes) -> float:
        """Microseconds until the answer."""
        self._due_s = max(self._due_s + 1.0 / messages.RATE_HZ, time.perf_counter())
        time.sleep(max(self._due_s - time.perf_counter(), 0.0))
        began = time.perf_counter()
        self._requests.put(message)
        while next(self._answers).WhichOneof("message") not in ("opened", "expression"):
            pass
        return (time.perf_counter() - began) * 1e6

    def __enter__(self) -> _Pinger:
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.put(None)
        self._channel.close()
