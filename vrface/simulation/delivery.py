"""When a simulated sensor takes its samples, which are lost on the way, and when the rest arrive.

A sensor has a clock of its own, a link that stalls, and software that is now and then late. What no
source is named for is assumed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.recording import StreamSamples
from vrface.sensors.stream import Stream
from vrface.simulation.simulators.outages import Outages
from vrface.simulation.worn import Worn

CLOCK_JITTER = 0.02
"""Standard deviation of a sample's time, in periods; never more than `MOST_JITTER`."""

MOST_JITTER = 0.1

LOST = (0.005, 0.03)
"""Least and largest share of samples that are lost one by one; one for each donning."""

STALLS_A_MINUTE, STALL_S = 1.0, (0.03, 0.5)
"""How often nothing comes for a while, and how long that lasts, at least and at most."""

LATE = 0.1
"""Mean of what is added to the profile's latency, as a share of it: exponential, as of queues."""

MOST_LATE = 5.0
"""In `LATE`: no sample comes later than half a latency beyond its own."""


def sample_times(stream: Stream, worn: Worn) -> NDArray[np.float64]:
    """[samples] when each sample is taken, seconds of the performance, increasing.

    Args:
        stream: Of `worn`'s headset.
        worn: What is sensed.
    """
    rng = _generator(stream, worn)
    seconds = worn.performance.seconds
    count = int(seconds * stream.rate_hz) + 1
    jitter = CLOCK_JITTER * rng.standard_normal(count)
    ticks = np.arange(count) + rng.uniform() + np.clip(jitter, -MOST_JITTER, MOST_JITTER)
    time_s: NDArray[np.float64] = np.maximum(ticks, 0.0) / stream.rate_hz
    return time_s[time_s <= seconds]


def delivered(
    stream: Stream, worn: Worn, time_s: NDArray[np.float64], values: NDArray[np.float32]
) -> StreamSamples:
    """What arrives of the samples of one stream.

    Args:
        stream: Of `worn`'s headset; its latency is the profile's.
        worn: What is sensed.
        time_s: [samples] as of `sample_times`.
        values: [samples, channels]; a sample without any value is not sent.
    """
    rng = _generator(stream, worn, "delivery")
    count = len(time_s)
    lost_share = worn.donned(f"{stream.name}/delivery").uniform(*LOST)
    arrives = np.isfinite(values).any(axis=1) & (rng.uniform(size=count) >= lost_share)
    seconds = worn.performance.seconds
    arrives &= ~Outages.drawn(rng, seconds, STALLS_A_MINUTE, *STALL_S).cover(time_s)
    late = 1 + LATE * np.minimum(rng.standard_exponential(count), MOST_LATE)
    time_ns = np.round(time_s * 1e9).astype(np.int64)
    arrival_ns = time_ns + np.round(1000 * stream.latency_us * late).astype(np.int64)
    return StreamSamples(
        sample_time_ns=time_ns[arrives],
        # A late sample holds up those behind it.
        arrival_ns=np.maximum.accumulate(arrival_ns[arrives]),
        values=values[arrives],
    )


def _generator(stream: Stream, worn: Worn, what: str = "clock") -> np.random.Generator:
    return worn.noise(f"{stream.name}/{what}")
