from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.wearing import VIVE, performance, worn
from vrface.simulation.delivery import LATE, LOST, MOST_LATE, delivered, sample_times
from vrface.simulation.donning import Donning
from vrface.simulation.worn import Worn

GAZE = VIVE.streams[VIVE.stream_index("gaze")]


def sent(one, stream=GAZE):
    """Samples of ones, as they arrive."""
    time_s = sample_times(stream, one)
    values = np.ones((len(time_s), len(stream.channels)), np.float32)
    return time_s, delivered(stream, one, time_s, values)


@pytest.mark.parametrize("rate_hz", [0.5, 60.0, 120.0, 2000.0])
def test_samples_keep_the_rate_within_the_performance_but_not_to_the_tick(rate_hz):
    time_s = sample_times(replace(GAZE, rate_hz=rate_hz), worn())
    steps = np.diff(time_s) * rate_hz
    assert len(time_s) == pytest.approx(performance().time_s[-1] * rate_hz, abs=2)
    assert steps.min() > 0.7
    assert steps.max() < 1.3
    assert rate_hz < 10 or steps.std() > 0.01
    assert time_s[0] >= 0
    assert time_s[-1] <= performance().time_s[-1]


def test_each_stream_has_a_phase_of_its_own():
    starts = [sample_times(stream, worn())[0] for stream in VIVE.streams]
    assert len(set(starts)) == len(starts)


def test_nothing_arrives_before_its_latency_nor_out_of_order_nor_much_too_late():
    for latency_us in (0, 17_000, 400_000):
        _, samples = sent(worn(seconds=60.0), replace(GAZE, latency_us=latency_us))
        late = samples.arrival_ns - samples.sample_time_ns
        assert late.min() >= 1000 * latency_us
        assert late.max() <= 1000 * latency_us * (1 + LATE * MOST_LATE)
        assert (np.diff(samples.arrival_ns) >= 0).all()
        assert (latency_us == 0) == (late.std() == 0)


def test_some_are_lost_one_by_one_and_some_in_a_row():
    lost, longest = [], []
    for wearer in range(10):
        one = Worn(performance(seconds=60.0), VIVE, Donning.drawn(wearer))
        time_s, samples = sent(one)
        lost.append(1 - len(samples.values) / len(time_s))
        longest.append(np.diff(samples.sample_time_ns).max() / 1e9)
    assert LOST[0] / 2 < min(lost)
    assert max(lost) < LOST[1] + 0.03
    assert 0.1 < max(longest) < 1.5


def test_how_many_are_lost_belongs_to_the_donning_and_which_to_the_performance():
    quiet = [sent(worn(seed=seed, seconds=60.0)) for seed in (1, 2)]
    shares = [1 - len(samples.values) / len(time_s) for time_s, samples in quiet]
    assert abs(shares[0] - shares[1]) < 0.02
    first, second = (samples.sample_time_ns for _, samples in quiet)
    assert not np.array_equal(first, second)


def test_a_sample_without_any_value_is_not_sent():
    one = worn()
    time_s = sample_times(GAZE, one)
    values = np.ones((len(time_s), len(GAZE.channels)), np.float32)
    values[100:200] = np.nan
    values[300:400, 0] = np.nan
    samples = delivered(GAZE, one, time_s, values)
    kept_s = samples.sample_time_ns / 1e9
    assert not ((kept_s > time_s[100] - 1e-6) & (kept_s < time_s[199] + 1e-6)).any()
    assert np.isnan(samples.values[:, 0]).sum() > 80
    assert np.isfinite(samples.values[:, 1]).all()
