"""What a headset put on a recorded face sends, and the truth it hides."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from tests.face.faces import weights
from tests.simulation.occlusion.sensing import TIER, VIVE, face, same, sensed, stream
from vrface.errors import BadUse, TakeError
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index, indices
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.schemes import scheme
from vrface.log.importers import read_take
from vrface.sensors.headset import SHIPPED, headset
from vrface.sensors.stream import Sources, Stream
from vrface.simulation import synthetic_take, wear
from vrface.simulation.occlusion.shape_tracker import GAIN
from vrface.simulation.occlusion.wear import DROPPED, SENSORS_VERSION, through_scheme

LIVELY = synthetic_take(seed=1, seconds=60)
SHORT = synthetic_take(seed=1, seconds=10)


def test_the_version_is_stated():
    assert SENSORS_VERSION == 1
    assert "evaluation sensors version 1" in TIER.streams[0].sources.noise


def test_what_comes_out_says_what_it_is():
    worn = wear(LIVELY, VIVE, seed=3)
    assert (worn.name, worn.wearer) == (LIVELY.name, LIVELY.person)
    assert not worn.real_face
    assert not worn.real_sensors
    assert wear(replace(LIVELY, simulated=False), VIVE, seed=3).real_face
    assert wear(LIVELY, VIVE, seed=4).donning != worn.donning


def test_same_seed_same_bytes_other_seed_other_bytes():
    assert same(wear(LIVELY, VIVE, seed=5), wear(LIVELY, VIVE, seed=5))
    assert not same(wear(LIVELY, VIVE, seed=5), wear(LIVELY, VIVE, seed=6))


def test_streams_do_not_depend_on_one_another():
    whole, part = wear(LIVELY, TIER, seed=1), wear(LIVELY, TIER.without("lids"), seed=1)
    for name in ("mouth_tracker", "gaze"):
        np.testing.assert_array_equal(stream(whole, name)[1].values, stream(part, name)[1].values)


@pytest.mark.parametrize("rate_hz", [50.0, 60.0, 72.0, 90.0, 120.0, 144.0])
def test_frames_come_at_any_rate_and_never_hold_the_future(rate_hz):
    take = synthetic_take(seed=2, seconds=5)
    worn = wear(take, VIVE, seed=0, rate_hz=rate_hz)
    latency_ns = [1000 * its.latency_us for its in VIVE.streams]
    assert worn.frame_time_ns[0] == take.time_ns[0]
    assert worn.frame_time_ns[-1] <= take.time_ns[-1] < worn.frame_time_ns[-1] + 1e9 / rate_hz
    assert np.abs(np.diff(worn.frame_time_ns) - 1e9 / rate_hz).max() <= 1
    frames = list(worn.frames())
    assert len(frames) == len(worn.frame_time_ns)
    late = [
        frame.frame_time_ns - s.sample_time_ns - latency_ns[s.stream]
        for frame in frames
        for s in frame.samples
    ]
    assert min(late) >= 0
    assert max(late) <= 1e9 / rate_hz + 1


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_headset_can_be_worn(name):
    worn = wear(LIVELY, headset(name), seed=0)
    for profile, samples in zip(worn.headset.streams, worn.streams, strict=True):
        count = len(samples.values)
        if profile.name not in SENSED:
            assert count == 0
            continue
        assert count / 60 == pytest.approx(profile.rate_hz * (1 - DROPPED), rel=0.02)
        known = [channel != "vergence_m" for channel in profile.channels]
        np.testing.assert_array_equal(np.isfinite(samples.values), [known] * count)
        np.testing.assert_array_equal(
            samples.arrival_ns - samples.sample_time_ns, 1000 * profile.latency_us
        )


SENSED = ("mouth_tracker", "upper_face", "lids", "gaze", "gaze_combined")
"""The streams that somebody simulates."""


def plain(profile):
    """The same stream without its extras."""
    kept = tuple(name for name in profile.channels if name not in EXTRAS)
    return replace(profile, channels=kept)


@pytest.mark.parametrize("name", [name for name in SHIPPED if headset(name).extras])
def test_no_other_value_changes_because_there_are_extras(name):
    """Models are trained on these very samples: the canonical channels keep every bit."""
    rich = headset(name)
    poor = replace(rich, streams=tuple(map(plain, rich.streams)))
    richer, poorer = wear(SHORT, rich, seed=1), wear(SHORT, poor, seed=1)
    for there, here in zip(richer.streams, poorer.streams, strict=True):
        assert there.sample_time_ns.tobytes() == here.sample_time_ns.tobytes()
        assert there.arrival_ns.tobytes() == here.arrival_ns.tobytes()
    for profile in poor.streams:
        for channel in profile.channels:
            there, here = (sensed(worn, profile.name, channel) for worn in (richer, poorer))
            assert there.tobytes() == here.tobytes(), channel


def test_latencies_are_those_of_version_1():
    assert [its.latency_us for its in TIER.streams] == [33_000, 17_000, 17_000]


def test_a_headset_gives_nothing_on_streams_it_lacks():
    worn = wear(LIVELY, headset("mouth_only"), seed=0)
    assert {s.stream for frame in worn.frames() for s in frame.samples} == {0}
    assert len(worn.streams) == 1


def test_a_stream_nobody_simulates_stays_silent():
    imu = Stream("imu", ("angular_velocity_x",), 1000.0, 0, 0.0, Sources(*["assumed"] * 4))
    worn = wear(LIVELY, replace(TIER, streams=(*TIER.streams, imu)), seed=0)
    assert len(worn.streams[-1].values) == 0
    assert len(worn.streams[0].values) > 0


def test_drop_outs_are_two_per_cent_and_come_by_chance():
    gaps = np.diff(stream(wear(face(600), TIER, seed=0), "lids")[1].sample_time_ns) * 120 / 1e9
    missing = np.round(gaps).astype(int) - 1
    assert missing.sum() / (600 * 120) == pytest.approx(0.02, rel=0.1)
    assert np.mean(missing[missing > 0] > 1) == pytest.approx(0.02, abs=0.015)


def test_the_face_passes_through_the_scheme_of_the_headset():
    """HTC has one dial each way for the upper and the lower lip, and no shape for a dimple."""
    quiet = replace(VIVE, streams=tuple(replace(its, noise=0.0) for its in VIVE.streams))
    take = face(mouthRight=0.4, mouthFunnel=0.8, tongueOut=0.0)
    worn = wear(take, quiet, seed=0)
    profile, samples = stream(worn, "mouth_tracker")
    assert not {"mouthDimpleLeft", "mouthStretchRight", "mouthPressLeft"} & set(profile.channels)
    canonical = [n for n in profile.channels if n not in EXTRAS]
    truth = take.weights[0, indices(canonical)]
    ratio = samples.values[:, : len(canonical)] / np.maximum(truth, 1e-6)
    moved = truth > 0
    assert (ratio[:, moved] >= GAIN[0] - 1e-6).all()
    assert (ratio[:, moved] <= GAIN[1] + 1e-6).all()
    dimple = replace(
        VIVE, streams=(replace(profile, channels=("mouthDimpleLeft",)), *VIVE.streams[1:])
    )
    assert len(wear(take, dimple, seed=0).streams[0].values) == 0


def test_a_shape_the_recorder_lacks_is_not_sensed():
    take = face()
    take.source[index("tongueOut")] = Source.ABSENT
    take.weights[:, index("tongueOut")] = np.nan
    for profile in (TIER, VIVE):
        worn = wear(take, profile, seed=0)
        assert np.isnan(sensed(worn, "mouth_tracker", "tongueOut")).all()
        assert np.isfinite(sensed(worn, "mouth_tracker", "jawOpen")).all()


def test_where_the_recording_lost_the_face_nothing_is_sensed_or_true():
    take = face(seconds=10)
    take.weights[90:120] = np.nan  # seconds 3 to 4
    worn = wear(take, VIVE, seed=0)
    for samples in worn.streams:
        inside = (samples.sample_time_ns > 3.0e9) & (samples.sample_time_ns < 3.9e9)
        assert not inside.any()
        assert np.isfinite(samples.values).all()
    lost = (worn.frame_time_ns > 3.0e9) & (worn.frame_time_ns < 3.9e9)
    assert not worn.truth.tracked[lost].any()
    assert worn.truth.tracked[~lost].mean() > 0.98


def test_truth_is_the_take_at_the_frame_times_with_gaze_as_the_one_source_of_eye_look():
    take = face()
    take.gaze[:] = (0.2, -0.3, 0.1, -0.3)
    worn = wear(take, VIVE, seed=0, rate_hz=90)
    np.testing.assert_array_equal(worn.truth.time_ns, worn.frame_time_ns)
    np.testing.assert_array_equal(
        worn.truth.weights[:, EYE_LOOK_INDICES], eye_look_from_gaze(worn.truth.gaze)
    )
    others = np.setdiff1d(np.arange(COUNT), EYE_LOOK_INDICES)
    np.testing.assert_allclose(
        worn.truth.weights[:, others],
        take.weights[:1, others].repeat(len(worn.frame_time_ns), axis=0),
    )
    assert (take.weights[:, EYE_LOOK_INDICES] == 0).all()  # the take itself is left alone


@pytest.mark.parametrize("rate_hz", [0.0, -60.0, 0.01])
def test_a_rate_without_frames_is_refused(rate_hz):
    with pytest.raises(BadUse, match="Hz"):
        wear(LIVELY, VIVE, seed=0, rate_hz=rate_hz)


def test_a_recording_without_a_face_is_refused():
    take = face(seconds=2)
    take.weights[1:] = np.nan
    with pytest.raises(TakeError, match="fewer than two frames"):
        wear(take, VIVE, seed=0)


def test_a_take_shorter_than_a_sample_gives_none():
    take = face(seconds=0.1, rate_hz=1000)
    slow = replace(TIER, streams=tuple(replace(its, rate_hz=0.5) for its in TIER.streams))
    assert sum(len(samples.values) for samples in wear(take, slow, seed=0).streams) <= 3


@pytest.mark.parametrize("name", ["S07-001", "apfel", "facial"])
def test_on_a_real_take_too(vrface_data, name):
    take = read_take(vrface_data / "arkit" / "talk" / f"{name}.csv")
    worn = wear(take, VIVE, seed=0)
    assert worn.real_face
    lost = ~np.isfinite(worn.truth.weights).all(axis=1)
    assert lost.any() == (name == "apfel")
    gaps = np.diff(worn.streams[0].sample_time_ns)
    assert (gaps.max() > 0.1e9) == (name == "apfel")


@pytest.mark.parametrize("name", ["arkit", "htc", "bd", "fb2"])
@given(values=weights((3, COUNT)), absent=arrays(np.bool_, COUNT))
def test_through_a_scheme_a_shape_is_itself_or_lost_or_the_mean_of_the_two_it_ties(
    name, values, absent
):
    """Bit for bit: models are trained on it, whatever else the scheme splits and merges."""
    half = np.float32(0.5)
    values[values < 1e-6] = 0  # half of the smallest floats is no float
    expected = np.where(absent, np.float32(0.0), values)
    if name in ("arkit", "bd"):
        for left in (index("browInnerUpLeft"), index("cheekPuffLeft")):
            tied = half * expected[:, left] + half * expected[:, left + 1]
            expected[:, left] = expected[:, left + 1] = tied
    expected[:, absent | np.isin(BLENDSHAPES, scheme(name).lacks)] = np.nan
    take = replace(
        face(0.1),
        weights=values,
        source=np.where(absent, Source.ABSENT, Source.MEASURED).astype(np.uint8),
    )
    seen = through_scheme(take, name)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen, expected)


def test_what_leaves_a_scheme_is_no_more_than_a_weight_can_be():
    seen = through_scheme(face(0.1, jawOpen=1.2, mouthLeft=-0.1), "htc")
    assert (seen[:, index("jawOpen")] == 1).all()
    assert (seen[:, index("mouthLeft")] == 0).all()
