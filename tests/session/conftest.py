"""What tests of recording and replaying share: frames as bad as they come, and sinks that fail."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.log.sinks import MemorySink
from vrface import Session
from vrface.log import LogHeader, LogReader, LogWriter
from vrface.model import pretrained
from vrface.sensors import HeadsetProfile, Sample, SensorFrame, headset
from vrface.session.recorder import Recorder

PERIOD_NS = 11_111_111


class Ticking:
    """A clock that goes on by one frame each time it is looked at."""

    def __init__(self, start_ns: int = 0) -> None:
        self.now_ns = start_ns

    def __call__(self) -> int:
        self.now_ns += PERIOD_NS
        return self.now_ns


class FrameTracker:
    """Hands out given frames as fast as they are taken."""

    name = "given"

    def __init__(self, profile: HeadsetProfile, given: list[SensorFrame]) -> None:
        self.headset = profile
        self._given = given

    def frames(self) -> Iterator[SensorFrame]:
        return iter(self._given)

    def close(self) -> None: ...


def messy_frames(profile: HeadsetProfile, count: int, seed: int = 0) -> list[SensorFrame]:
    """Frames and samples that are late, doubled, out of order, silent, NaN or of no stream.

    The sixth and seventh frame change places, and the ninth comes twice.
    """
    rng = np.random.default_rng(seed)
    frames = []
    for k in range(1, count + 1):
        now = k * PERIOD_NS
        samples = [
            Sample(number, now - int(rng.integers(0, 60_000_000)), values, 0.1 * (number + 1))
            for number, stream in enumerate(profile.streams)
            for values in rng.random((rng.integers(0, 4), len(stream.channels)), np.float32)
        ]
        for sample in samples:
            sample.values[rng.random(len(sample.values)) < 0.1] = np.nan
        samples += samples[:1]
        samples.append(Sample(99, now, np.array([np.inf], np.float32)))
        rng.shuffle(samples)
        frames.append(SensorFrame(k, now, tuple(samples)))
    return [*frames[:5], *reversed(frames[5:7]), *frames[7:9], *frames[8:]]


def until(condition: Callable[[], object]) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.005)


@pytest.fixture
def profile() -> HeadsetProfile:
    return headset("vive_pro_eye_lip")


def recording(session: Session) -> Recorder:
    assert session.recorder is not None
    return session.recorder


def log_to(sink: MemorySink, profile: HeadsetProfile) -> LogWriter:
    digest = pretrained.load().digest.hex()
    return LogWriter(sink, LogHeader(profile, "w", "d", "device", model_digest=digest))


def read(sink: MemorySink, folder: Path) -> LogReader:
    path = folder / "sink.mcap"
    path.write_bytes(sink.data)
    return LogReader(path)


def is_latest(session: Session, sequence: int) -> bool:
    face = session.latest()
    return face is not None and face.sequence == sequence
