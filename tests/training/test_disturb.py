from dataclasses import replace

import numpy as np
import pytest

from tests.training.lessons import calm
from vrface.face.blendshapes import BLENDSHAPES, COUNT, PAIR, index, mask
from vrface.model.features import SLOTS, STREAMS, WIDTH
from vrface.sensors.headset import SHIPPED, headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.disturb import Disturbances, disturbed, kept, sensed, slots_of, warp

CALM = calm()
WORN = headset("eyes_and_mouth")


@pytest.fixture(scope="module")
def paired():
    return wear(synthetic_take(seed=3, seconds=8.0), WORN, seed=3)


def draw(paired, amount, seed=0):
    return disturbed(paired, amount, np.random.default_rng(seed))


def test_left_alone_it_is_the_recording_at_other_times(paired):
    calm_one = draw(paired, CALM)
    time_ns = calm_one.frame_time_ns
    assert time_ns[0] == paired.frame_time_ns[0]
    assert 0 <= paired.frame_time_ns[-1] - time_ns[-1] < 1.01e9 / 60
    assert np.ptp(np.diff(time_ns)) <= 1
    np.testing.assert_array_equal(calm_one.truth.weights, paired.truth.at(time_ns).weights)
    for found, whole in zip(calm_one.streams, paired.streams, strict=True):
        for name in ("sample_time_ns", "arrival_ns", "values"):
            np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def test_rates_fill_the_range_and_nothing_beyond(paired):
    rates = []
    amount = replace(CALM, rate_hz=(50.0, 144.0))
    for seed in range(200):
        steps = np.diff(draw(paired, amount, seed).frame_time_ns)
        rates.append(1e9 / np.median(steps))
    assert 49.9 < min(rates) < 53
    assert 138 < max(rates) < 144.1


def test_frames_are_as_unsteady_as_asked_and_never_go_back(paired):
    for seed in range(20):
        steps = np.diff(draw(paired, replace(CALM, unsteady=0.3), seed).frame_time_ns)
        assert (steps > 0).all()
        assert np.std(steps[:-1]) / np.mean(steps[:-1]) == pytest.approx(0.3, abs=0.06)


def test_a_recording_of_a_moment_stays_one(paired):
    moment = replace(
        paired,
        frame_time_ns=paired.frame_time_ns[:2],
        truth=paired.truth.at(paired.frame_time_ns[:2]),
    )
    for seed in range(20):
        found = draw(moment, Disturbances(), seed).frame_time_ns
        assert (np.diff(found) > 0).all()
        assert paired.frame_time_ns[0] <= found[0] <= found[-1] <= paired.frame_time_ns[1]


def keep(amount, seed=0, worn=WORN):
    return kept(worn, amount, np.random.default_rng(seed))


@pytest.mark.parametrize("tier", ["openness_gaze_mouth", "mouth_only"])
def test_a_tier_keeps_the_channels_its_headset_has(tier):
    there = keep(replace(CALM, tiers=((tier, 1.0),)))
    known = {(s.name, c) for s in headset(tier).streams for c in s.channels}
    has = {(s.name, c) for s in WORN.streams for c in s.channels}
    assert {SLOTS[slot] for slot in np.flatnonzero(there)} == known & has


def test_a_headset_that_has_nothing_of_a_tier_keeps_what_it_has():
    foam = headset("foam_16")
    assert keep(replace(CALM, tiers=(("mouth_only", 1.0),)), worn=foam)[slots_of(foam)].all()


def test_a_subset_keeps_or_loses_whole_streams():
    amount = replace(CALM, subset=1.0)
    heard = np.array([stream for stream, _ in SLOTS])
    share = np.zeros(len(STREAMS))
    for seed in range(200):
        there = keep(amount, seed)
        for number, stream in enumerate(STREAMS):
            of = there[heard == stream]
            assert of.all() or not of.any()
            share[number] += of[0] / 200
    assert (np.abs(share - 0.5) < 0.15).all()


def test_tiers_come_as_often_as_asked():
    amount = replace(CALM, tiers=(("mouth_only", 0.3),))
    poorer = [not keep(amount, seed)[slots_of(WORN)].all() for seed in range(300)]
    assert np.mean(poorer) == pytest.approx(0.3, abs=0.08)


def test_channels_die_as_often_as_asked():
    there = np.stack([keep(replace(CALM, dead=0.3), seed) for seed in range(60)])
    assert there.shape == (60, WIDTH)
    assert there.mean() == pytest.approx(0.7, abs=0.02)
    assert keep(CALM).all()


def test_a_shape_is_measured_where_a_channel_that_measures_it_is_there():
    for name in SHIPPED:
        worn = headset(name)
        everything = np.ones(WIDTH, np.bool_)
        np.testing.assert_array_equal(sensed(worn, everything), mask(worn.measures))
        assert not sensed(worn, ~everything).any()
    there = np.ones(WIDTH, np.bool_)
    there[SLOTS.index(("lids", "openness_left"))] = False
    there[[n for n, (stream, _) in enumerate(SLOTS) if stream == "mouth_tracker"]] = False
    found = sensed(WORN, there)
    assert not found[index("eyeBlinkLeft")]
    assert not found[index("jawOpen")]
    assert found[index("eyeBlinkRight")]


def test_only_what_no_sensor_measures_is_warped():
    measured = np.zeros(COUNT, np.bool_)
    measured[index("browDownLeft")] = True
    for part in warp(replace(CALM, warp=0.3), measured, np.random.default_rng(0)):
        np.testing.assert_array_equal(part, part[PAIR])
        bent = {name for name, value in zip(BLENDSHAPES, part, strict=True) if value != 1.0}
        assert {"browInnerUpLeft", "eyeWideRight", "cheekSquintLeft", "noseSneerLeft"} <= bent
        assert not {"browDownLeft", "browDownRight", "eyeBlinkLeft", "jawOpen"} & bent


def test_channels_stick_as_often_as_asked(paired):
    stuck, channels = 0, 0
    moving = [np.ptp(samples.values, axis=0) > 0 for samples in paired.streams]
    for seed in range(60):
        found = draw(paired, replace(CALM, stuck=0.3), seed)
        for samples, moves in zip(found.streams, moving, strict=True):
            channels += moves.sum()
            stuck += (np.ptp(samples.values[:, moves], axis=0) == 0).sum()
    assert stuck / channels == pytest.approx(0.3, abs=0.04)


def test_silences_come_as_often_and_last_as_long_as_asked(paired):
    amount = replace(CALM, silent=6.0, silence_s=(0.5, 0.5))
    gaps, minutes = [], 0.0
    for seed in range(40):
        for samples, whole in zip(draw(paired, amount, seed).streams, paired.streams, strict=True):
            between = np.diff(np.sort(samples.sample_time_ns)) / 1e9
            gaps += between[between > 0.1].tolist()
            minutes += np.ptp(whole.sample_time_ns) / 60e9
            place = np.searchsorted(whole.sample_time_ns, samples.sample_time_ns)
            np.testing.assert_array_equal(whole.values[place], samples.values)
    assert min(gaps) > 0.48
    assert np.median(gaps) == pytest.approx(0.5, abs=0.05)
    assert len(gaps) / minutes == pytest.approx(6.0, rel=0.3)


def test_lateness_moves_arrivals_only(paired):
    amount = replace(CALM, latency_s=0.05, jitter_s=0.01)
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


def test_the_same_seed_makes_the_same_recording(paired):
    one, other = draw(paired, Disturbances(), 5), draw(paired, Disturbances(), 5)
    np.testing.assert_array_equal(one.frame_time_ns, other.frame_time_ns)
    for a, b in zip(one.streams, other.streams, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
