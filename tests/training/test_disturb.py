import numpy as np
import pytest

from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.disturb import Disturbances, disturbed

CALM = Disturbances(
    unsteady=0.0, tiers=(), subset=0.0, silent=0.0, dead=0.0, stuck=0.0, latency_s=0.0, jitter_s=0.0
)
FRAMES = 100


@pytest.fixture(scope="module")
def paired():
    return wear(synthetic_take(seed=3, seconds=8.0), headset("eyes_and_mouth"), seed=3)


def draw(paired, amount, seed=0):
    return disturbed(paired, FRAMES, amount, np.random.default_rng(seed))


def test_a_calm_window_is_the_recording_at_other_times(paired):
    window = draw(paired, CALM)
    time_ns = window.frame_time_ns
    assert len(time_ns) == FRAMES
    assert paired.frame_time_ns[0] <= time_ns[0] < time_ns[-1] <= paired.frame_time_ns[-1]
    assert np.ptp(np.diff(time_ns)) <= 1
    np.testing.assert_array_equal(window.truth.weights, paired.truth.at(time_ns).weights)
    for kept, whole in zip(window.streams, paired.streams, strict=True):
        inside = (whole.arrival_ns > time_ns[0]) & (whole.arrival_ns <= time_ns[-1])
        late = kept.arrival_ns > time_ns[0]
        np.testing.assert_array_equal(kept.values[late], whole.values[inside])
        np.testing.assert_array_equal(kept.arrival_ns[late], whole.arrival_ns[inside])


def test_rates_fill_the_range_and_nothing_beyond(paired):
    rates = []
    for seed in range(200):
        time_ns = draw(paired, CALM, seed).frame_time_ns
        rates.append(1e9 * (FRAMES - 1) / (time_ns[-1] - time_ns[0]))
    low, high = CALM.rate_hz
    assert low - 0.01 < min(rates) < low + 3
    assert high - 6 < max(rates) < high + 0.01


def test_a_recording_too_short_for_a_slow_window_gets_a_faster_one(paired):
    for seed in range(40):
        short = disturbed(paired, 1000, Disturbances(), np.random.default_rng(seed))
        assert (np.diff(short.frame_time_ns) > 0).all()
        assert short.frame_time_ns[0] >= paired.frame_time_ns[0]
        assert short.frame_time_ns[-1] <= paired.frame_time_ns[-1]


def test_a_tier_keeps_the_channels_its_headset_has(paired):
    window = draw(
        paired, Disturbances(tiers=(("openness_gaze_mouth", 1.0),), subset=0.0, dead=0, stuck=0)
    )
    tier = headset("openness_gaze_mouth")
    known = {(s.name, c) for s in tier.streams for c in s.channels}
    for stream, samples in zip(window.headset.streams, window.streams, strict=True):
        for place, channel in enumerate(stream.channels):
            there = np.isfinite(samples.values[:, place]).any()
            assert there == ((stream.name, channel) in known)


def test_a_subset_keeps_or_loses_whole_streams(paired):
    kept = set()
    for seed in range(40):
        window = draw(paired, Disturbances(tiers=(), subset=1.0, dead=0.0, silent=0.0), seed)
        there = [np.isfinite(samples.values).any(axis=0) for samples in window.streams]
        assert all(one.all() or not one.any() for one in there)
        kept.add(tuple(bool(one.any()) for one in there))
    assert len(kept) == 2 ** len(paired.streams)


def test_channels_die_and_stick_as_often_as_asked(paired):
    amount = Disturbances(tiers=(), subset=0.0, silent=0.0, dead=0.3, stuck=0.3)
    dead, stuck, channels = 0, 0, 0
    for seed in range(60):
        for samples in draw(paired, amount, seed).streams:
            channels += samples.values.shape[1]
            none = ~np.isfinite(samples.values).any(axis=0)
            dead += none.sum()
            stuck += (np.ptp(samples.values[:, ~none], axis=0) == 0).sum()
    assert 0.25 < dead / channels < 0.35
    # A dead channel may be stuck too, and some channels rest at 0 by themselves.
    assert 0.15 < stuck / channels < 0.5


def test_a_silence_removes_samples_and_no_others(paired):
    amount = Disturbances(
        tiers=(), subset=0, silent=1.0, silence_s=(0.5, 0.5), dead=0, stuck=0, latency_s=0
    )
    gaps = []
    for seed in range(20):
        window = draw(paired, amount, seed)
        gaps += [np.diff(np.sort(s.sample_time_ns)).max(initial=0) / 1e9 for s in window.streams]
    assert 0.5 < max(gaps) < 0.75


def test_lateness_moves_arrivals_only(paired):
    amount = Disturbances(
        tiers=(), subset=0, silent=0, dead=0, stuck=0, latency_s=0.05, jitter_s=0.01
    )
    delays = []
    for seed in range(30):
        window = draw(paired, amount, seed)
        for samples, whole in zip(window.streams, paired.streams, strict=True):
            assert (np.diff(samples.arrival_ns) >= 0).all()
            place = np.searchsorted(whole.sample_time_ns, samples.sample_time_ns)
            np.testing.assert_array_equal(whole.sample_time_ns[place], samples.sample_time_ns)
            delays.append(np.min(samples.arrival_ns - whole.arrival_ns[place]) / 1e9)
    assert min(delays) >= 0.0
    assert 0.03 < max(delays) < 0.06


def test_the_same_seed_makes_the_same_window(paired):
    one, other = draw(paired, Disturbances(), 5), draw(paired, Disturbances(), 5)
    np.testing.assert_array_equal(one.frame_time_ns, other.frame_time_ns)
    for a, b in zip(one.streams, other.streams, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
