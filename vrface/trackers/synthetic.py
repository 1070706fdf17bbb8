"""`SyntheticTracker`: a wearer who does not exist, for as long as anybody looks."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance, perform
from vrface.simulation.simulate import provenance, simulate
from vrface.simulation.wearer import Wearer
from vrface.trackers.pace import Pace, check_rate

CHUNK_S = 20.0
"""About how long a performance is, from rest to rest; the next is made while one plays."""

_OVERLAP_S = 1.5  # more than any stream's latency: samples sensed before a border arrive after it
_PERFORMANCES = 2**20  # of one wearer, each with a seed of its own: most of a year

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Arrays = TypeVar("Arrays", bound="DataclassInstance")


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
        self._donning = Donning.drawn(seed)
        self.realtime = realtime
        self._pace = Pace(clock_ns, sleep)
        due = ((frame.frame_time_ns, frame) for frame in self._endless())
        self._frames = self._pace.frames(due) if realtime else self._unpaced()

    @property
    def provenance(self) -> str:
        """Where the frames come from, for a log: of the performances, the first one's seed."""
        return provenance(
            self._wearer,
            self._donning,
            self.headset,
            performance=self._performance(0),
            seconds=self._frames_a_chunk / self._rate_hz,
            rate_hz=self._rate_hz,
        )

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
        newest: dict[int, int] = {}
        with ThreadPoolExecutor(1, "vrface-synthetic") as pool:
            upcoming = pool.submit(self._perform, 0, None)
            for number in itertools.count(1):
                paired, performance = upcoming.result()
                upcoming = pool.submit(self._perform, number, performance)
                start_ns = self._time_ns((number - 1) * self._frames_a_chunk)
                for frame in paired.frames():
                    if frame.frame_time_ns >= start_ns:
                        samples = tuple(_fresh(frame.samples, newest))
                        yield SensorFrame(next(sequence), frame.frame_time_ns, samples)

    def _perform(self, number: int, before: Performance | None) -> tuple[Paired, Performance]:
        """One performance through the headset, led in by the one before; and it alone."""
        frames, lead = self._frames_a_chunk, 0
        performance = perform(
            self._wearer,
            seed=self._performance(number),
            seconds=frames / self._rate_hz,
        )
        played = performance
        if before is not None:
            lead = ceil(_OVERLAP_S * self._rate_hz)
            played = _led_in(before, performance, lead / self._rate_hz, frames / self._rate_hz)
        paired = simulate(played, self.headset, self._donning, rate_hz=self._rate_hz)
        return _later(paired, self._time_ns(number * frames - lead)), performance

    def _performance(self, number: int) -> int:
        return (self._seed * _PERFORMANCES + number) % 2**63

    @property
    def _frames_a_chunk(self) -> int:
        return round(CHUNK_S * self._rate_hz)

    def _time_ns(self, frame: int) -> int:
        return round(frame * 1e9 / self._rate_hz)


def _fresh(samples: Iterable[Sample], newest: dict[int, int]) -> Iterator[Sample]:
    """Samples but those of before a border that the performance before it has given already."""
    for sample in samples:
        if sample.sample_time_ns > newest.get(sample.stream, -1):
            newest[sample.stream] = sample.sample_time_ns
            yield sample


def _led_in(before: Performance, after: Performance, lead_s: float, seconds: float) -> Performance:
    """A performance behind the last `lead_s` of another one that lasted `seconds`."""
    tail = before.time_s >= seconds - lead_s
    tail_s = before.time_s[tail] - (seconds - lead_s)
    time_s = np.concatenate([tail_s, after.time_s + lead_s])
    return replace(_joined(before, after, tail), time_s=time_s)


def _joined(before: Arrays, after: Arrays, tail: NDArray[np.bool_]) -> Arrays:
    """Every array of one behind some rows of another's; what both share stays as it is."""
    arrays: dict[str, Any] = {}
    for field in fields(after):
        first, last = getattr(before, field.name), getattr(after, field.name)
        if isinstance(last, np.ndarray):
            arrays[field.name] = np.concatenate([first[tail], last])
        elif is_dataclass(last) and last is not first:
            arrays[field.name] = _joined(first, last, tail)
    return replace(after, **arrays)


def _later(paired: Paired, by_ns: int) -> Paired:
    """The same at later times."""
    return replace(
        paired,
        frame_time_ns=paired.frame_time_ns + by_ns,
        truth=replace(paired.truth, time_ns=paired.truth.time_ns + by_ns),
        streams=tuple(
            replace(
                samples,
                sample_time_ns=samples.sample_time_ns + by_ns,
                arrival_ns=samples.arrival_ns + by_ns,
            )
            for samples in paired.streams
        ),
    )
