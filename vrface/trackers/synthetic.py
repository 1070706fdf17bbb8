"""`SyntheticTracker`: a wearer who does not exist, for as long as anybody looks."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import ceil

import numpy as np

from vrface.errors import BadUse
from vrface.face.take import Take
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.simulation import Wearer, synthetic_take, wear
from vrface.trackers.pace import Pace, check_rate

CHUNK_S = 20.0
"""About how long a performance is, from rest to rest; the next is made while one plays."""

_OVERLAP_S = 1.5  # more than any stream's latency: samples sensed before a border arrive after it
_PERFORMANCES = 2**20  # of one wearer, each with a seed of its own: most of a year


class SyntheticTracker:
    """Sensor frames of a simulated wearer, without end.

    Args:
        headset: What they wear.
        seed: Who they are and what they do; the same seed gives the same frames.
        realtime: Whether frames come when their time has come, on `clock_ns`; otherwise as fast as
            they are taken, at times from 0 on.
        rate_hz: Frames a second, 50-144.
        clock_ns: The clock of frames in real time.
        sleep: Waits for some seconds; tests pass their own.

    Raises:
        BadUse: if `rate_hz` is out of range or `seed` below 0.
    """

    name = "synthetic"

    def __init__(
        self,
        headset: HeadsetProfile,
        seed: int = 0,
        realtime: bool = True,
        rate_hz: float = 90.0,
        *,
        clock_ns: Callable[[], int] = time.perf_counter_ns,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        check_rate(rate_hz)
        if seed < 0:
            raise BadUse(f"a seed is 0 or more, got {seed}.")
        self.headset = headset
        self._seed = seed
        self._rate_hz = rate_hz
        self._wearer = Wearer.drawn(seed)
        self.realtime = realtime
        self._pace = Pace(clock_ns, sleep)
        due = ((frame.frame_time_ns, frame) for frame in self._endless())
        self._frames = self._pace.frames(due) if realtime else self._unpaced()

    def frames(self) -> Iterator[SensorFrame]:
        """The frames; a second call goes on where the first one stopped."""
        return self._frames

    def close(self) -> None:
        """Stop."""
        self._pace.stop()

    def _unpaced(self) -> Iterator[SensorFrame]:
        return itertools.takewhile(lambda _: not self._pace.stopped, self._endless())

    def _endless(self) -> Iterator[SensorFrame]:
        """The frames of one performance after another, at times from 0 on."""
        sequence = itertools.count(1)
        with ThreadPoolExecutor(1, "vrface-synthetic") as pool:
            upcoming = pool.submit(self._perform, 0, None)
            for number in itertools.count(1):
                paired, take = upcoming.result()
                upcoming = pool.submit(self._perform, number, take)
                start_ns = take.time_ns[0]
                for frame in paired.frames():
                    if frame.frame_time_ns >= start_ns:
                        yield replace(frame, sequence=next(sequence))

    def _perform(self, number: int, before: Take | None) -> tuple[Paired, Take]:
        """One performance through the headset, led in by the one before; and its own take."""
        frames = round(CHUNK_S * self._rate_hz)
        take = synthetic_take(
            seed=(self._seed * _PERFORMANCES + number) % 2**63,
            seconds=frames / self._rate_hz,
            rate_hz=2 * self._rate_hz,
            wearer=self._wearer,
        )
        take = replace(take, time_ns=take.time_ns + round(number * frames * 1e9 / self._rate_hz))
        played = take
        if before is not None:
            rows = slice(-2 * ceil(_OVERLAP_S * self._rate_hz), None)
            played = replace(
                take,
                time_ns=np.concatenate([before.time_ns[rows], take.time_ns]),
                weights=np.concatenate([before.weights[rows], take.weights]),
                gaze=np.concatenate([before.gaze[rows], take.gaze]),
            )
        return wear(played, self.headset, seed=self._seed, rate_hz=self._rate_hz), take
