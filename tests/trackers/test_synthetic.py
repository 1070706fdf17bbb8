import itertools
import json
import time

import numpy as np
import pytest

from vrface.errors import BadUse, UnknownName
from vrface.sensors import headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import FINE_HZ, perform
from vrface.simulation.wearer import Wearer
from vrface.trackers import TRACKERS, open_tracker
from vrface.trackers.synthetic import CHUNK_S, SyntheticTracker, _led_in

PROFILE = headset("vive_pro_eye_lip")
OTHERS = headset("everything").without("foam", "strain", "emg", "mouth_tracker", "gaze", "lids")


def taken(count: int, profile=PROFILE, **options):
    tracker = SyntheticTracker(profile, realtime=False, **options)
    return list(itertools.islice(tracker.frames(), count))


def same(left, right) -> bool:
    return all(
        a.frame_time_ns == b.frame_time_ns
        and [s.sample_time_ns for s in a.samples] == [s.sample_time_ns for s in b.samples]
        and all(
            np.array_equal(s.values, t.values, equal_nan=True)
            for s, t in zip(a.samples, b.samples, strict=True)
        )
        for a, b in zip(left, right, strict=True)
    )


def test_a_seed_is_a_wearer():
    assert same(taken(200, seed=4), taken(200, seed=4))
    assert not same(taken(200, seed=4), taken(200, seed=5))


@pytest.mark.parametrize(
    ("profile", "rate_hz"),
    [*((PROFILE, rate_hz) for rate_hz in (50.0, 72.0, 90.0, 120.0, 59.94)), (OTHERS, 90.0)],
)
def test_no_border_between_performances_shows(profile, rate_hz):
    frames = taken(round(2.2 * CHUNK_S * rate_hz), profile, rate_hz=rate_hz)
    assert [frame.sequence for frame in frames] == list(range(1, len(frames) + 1))
    steps_ns = np.diff([frame.frame_time_ns for frame in frames])
    assert np.abs(steps_ns - 1e9 / rate_hz).max() <= 2
    for number, stream in enumerate(profile.streams):
        samples = [s for frame in frames for s in frame.samples if s.stream == number]
        times_ns = np.array([sample.sample_time_ns for sample in samples])
        gaps = np.diff(times_ns) * stream.rate_hz / 1e9
        border = (times_ns[1:] % (CHUNK_S * 1e9) < 2e8) & (times_ns[1:] > 1e9)
        assert border.sum() > 2
        assert gaps.min() > 0
        # Both performances may stall here, as they may anywhere.
        assert gaps[border].max() < 1.2 * stream.rate_hz
        values = np.stack([sample.values for sample in samples])
        steps = np.nan_to_num(np.abs(np.diff(values, axis=0))).max(axis=1)
        assert steps[border].max() <= steps[~border].max() + 0.05


def test_one_performance_leads_into_the_next_with_voice_and_head():
    wearer = Wearer.drawn(3)
    first, second = (perform(wearer, seed=seed, seconds=5.0) for seed in (1, 2))
    led = _led_in(first, second, 1.5, 5.0)
    assert (led.seed, led.wearer) == (2, wearer)
    assert (np.diff(led.time_s) > 0).all()
    np.testing.assert_allclose(np.diff(led.time_s), 1 / FINE_HZ, rtol=1e-9)
    for time_s, whole, back_s in ((0.25, first, -3.5), (1.5, second, 1.5), (4.0, second, 1.5)):
        here, there = (led.at(np.array([time_s])), whole.at(np.array([time_s - back_s])))
        for name in ("weights", "gaze", "pupils_mm", "head", "clench", "activity"):
            np.testing.assert_allclose(getattr(here, name), getattr(there, name), atol=1e-6)
        for name in ("f0_hz", "loudness", "visemes"):
            np.testing.assert_allclose(
                getattr(here.voice, name), getattr(there.voice, name), atol=1e-6
            )


def test_it_says_where_it_comes_from():
    told = json.loads(SyntheticTracker(PROFILE, seed=4).provenance)
    assert (told["wearer"]["seed"], told["donning"]) == (4, Donning.drawn(4).entries())
    assert (told["headset"]["name"], told["rate_hz"]) == (PROFILE.name, 90.0)


def test_no_sample_comes_before_it_was_sensed():
    for frame in taken(500):
        for sample in frame.samples:
            latency_ns = PROFILE.streams[sample.stream].latency_us * 1000
            assert frame.frame_time_ns - sample.sample_time_ns >= latency_ns - 1


def test_realtime_keeps_the_rate_on_the_monotonic_clock():
    tracker = SyntheticTracker(PROFILE, rate_hz=100)
    frames = tracker.frames()
    first = next(frames)
    started = time.perf_counter()
    for frame in itertools.islice(frames, 50):
        now_ns = time.perf_counter_ns()
        assert frame.frame_time_ns <= now_ns
    elapsed = time.perf_counter() - started
    tracker.close()
    assert elapsed >= 0.49
    assert abs(frame.frame_time_ns - first.frame_time_ns - elapsed * 1e9) < 2e8


@pytest.mark.parametrize("realtime", [True, False])
def test_close_ends_the_frames_and_may_be_called_twice(realtime):
    tracker = SyntheticTracker(PROFILE, realtime=realtime)
    first, second = next(tracker.frames()), next(tracker.frames())
    # In real time a machine that is late gets several frames as one.
    assert 1 <= first.sequence < second.sequence
    assert realtime or (first.sequence, second.sequence) == (1, 2)
    tracker.close()
    tracker.close()
    assert list(tracker.frames()) == []


def test_on_time_no_frame_of_real_time_is_missing():
    now_ns = 0

    def sleep(seconds):
        nonlocal now_ns
        now_ns += round(seconds * 1e9)

    tracker = SyntheticTracker(PROFILE, clock_ns=lambda: now_ns, sleep=sleep)
    taken = list(itertools.islice(tracker.frames(), 5))
    tracker.close()
    assert [frame.sequence for frame in taken] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("options", [{"rate_hz": 49.0}, {"rate_hz": float("nan")}, {"seed": -1}])
def test_figures_out_of_range(options):
    with pytest.raises(BadUse):
        SyntheticTracker(PROFILE, **options)


def test_trackers_by_name():
    assert TRACKERS[:2] == ("synthetic", "replay")
    assert open_tracker("synthetic").headset.name == "vive_pro_eye_lip"
    tracker = open_tracker("synthetic", PROFILE, seed=1)
    assert (tracker.name, tracker.headset) == ("synthetic", PROFILE)
    tracker.close()
    with pytest.raises(UnknownName) as raised:
        open_tracker("sinthetic", PROFILE)
    assert raised.value.advice == "Did you mean 'synthetic'?"
    with pytest.raises(BadUse, match="path"):
        open_tracker("replay", PROFILE)
