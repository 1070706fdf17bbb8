import threading
import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.sensors import Sample, SensorFrame
from vrface.trackers.pace import Pace

PERIOD_NS = 10_000_000


class Clock:
    """Time that passes when somebody sleeps or says so."""

    def __init__(self, now_ns: int = 10**12) -> None:
        self.now_ns = now_ns
        self.slept: list[float] = []

    def __call__(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_ns += round(seconds * 1e9)


def source(count: int, start_ns: int = 77):
    for number in range(count):
        time_ns = start_ns + number * PERIOD_NS
        sample = Sample(0, time_ns - 5, np.zeros(1, np.float32))
        yield time_ns, SensorFrame(number + 1, time_ns, (sample,))


def test_each_frame_comes_at_its_time_on_the_clock():
    clock = Clock()
    start_ns = clock.now_ns
    for number, frame in enumerate(Pace(clock, clock.sleep).frames(source(100))):
        due_ns = start_ns + number * PERIOD_NS
        assert frame.frame_time_ns == due_ns
        assert frame.samples[0].sample_time_ns == due_ns - 5
        assert clock.now_ns == due_ns


def test_work_between_frames_makes_no_drift():
    clock = Clock()
    start_ns = clock.now_ns
    for number, _ in enumerate(Pace(clock, clock.sleep).frames(source(1000))):
        assert clock.now_ns == start_ns + number * PERIOD_NS
        clock.now_ns += 3_000_000


def test_a_sleep_that_wakes_early_is_gone_on_with():
    clock = Clock()
    pace = Pace(clock, lambda seconds: clock.sleep(seconds / 2 if seconds > 1e-6 else seconds))
    assert [frame.sequence for frame in pace.frames(source(5))] == [1, 2, 3, 4, 5]
    assert clock.now_ns == 10**12 + 4 * PERIOD_NS


def test_a_consumer_that_lags_gets_the_newest_frame_with_all_samples():
    clock = Clock()
    frames = Pace(clock, clock.sleep).frames(source(100))
    assert next(frames).sequence == 1
    clock.now_ns += 35_000_000
    frame = next(frames)
    assert frame.sequence == 4
    assert len(frame.samples) == 3
    assert next(frames).sequence == 5


@given(st.lists(st.integers(0, 40_000_000), max_size=40))
def test_whatever_the_consumer_does_each_sample_comes_once_and_no_frame_is_early(delays):
    clock = Clock()
    shift_ns = clock.now_ns - 77
    seen = []
    frames = Pace(clock, clock.sleep).frames(source(60))
    for delay_ns, frame in zip([*delays, *[0] * 60], frames, strict=False):
        assert frame.frame_time_ns <= clock.now_ns
        seen += [sample.sample_time_ns - shift_ns for sample in frame.samples]
        clock.now_ns += delay_ns
    assert seen == [77 + number * PERIOD_NS - 5 for number in range(60)]


def test_stop_wakes_whoever_waits():
    def slow():
        for time_ns, frame in source(2):
            yield time_ns * 10**6, frame

    pace = Pace()
    got: list[SensorFrame] = []
    thread = threading.Thread(target=lambda: got.extend(pace.frames(slow())))
    thread.start()
    time.sleep(0.05)
    pace.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert [frame.sequence for frame in got] == [1]
