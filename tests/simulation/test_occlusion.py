from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse, TakeError
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index, indices
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.schemes import scheme
from vrface.face.take import Take
from vrface.log.importers.livelink import read_livelink
from vrface.sensors.headset import SHIPPED, headset
from vrface.sensors.stream import Sources, Stream
from vrface.simulation import synthetic_take, wear
from vrface.simulation.eye_tracker import HELD_AROUND_S, openness
from vrface.simulation.mouth_tracker import GAIN, NOISE_TIME_CONSTANT_S
from vrface.simulation.occlusion import DROPPED, SENSORS_VERSION

TIER = headset("eyes_and_mouth")
VIVE = headset("vive_pro_eye_lip")
LIVELY = synthetic_take(seed=1, seconds=60)
SHORT = synthetic_take(seed=1, seconds=10)


def face(seconds=60.0, rate_hz=30.0, **weights):
    """A take that holds still, but for the weights given."""
    frames = round(seconds * rate_hz)
    values = np.full((frames, COUNT), 0.5, np.float32)
    values[:, EYE_LOOK_INDICES] = 0
    values[:, indices(["eyeBlinkLeft", "eyeBlinkRight"])] = 0
    for name, value in weights.items():
        values[:, index(name)] = value
    return Take(
        name="still",
        person="nobody",
        time_ns=np.round(np.arange(frames) * 1e9 / rate_hz).astype(np.int64),
        weights=values,
        gaze=np.zeros((frames, 4), np.float32),
        source=np.full(COUNT, Source.MEASURED, np.uint8),
        simulated=True,
    )


def stream(recording, name):
    number = recording.headset.stream_index(name)
    return recording.headset.streams[number], recording.streams[number]


def sensed(recording, name, channel):
    profile, samples = stream(recording, name)
    return samples.values[:, profile.channels.index(channel)]


def same(a, b):
    return all(
        x.values.tobytes() == y.values.tobytes()
        and x.arrival_ns.tobytes() == y.arrival_ns.tobytes()
        and x.sample_time_ns.tobytes() == y.sample_time_ns.tobytes()
        for x, y in zip(a.streams, b.streams, strict=True)
    )


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


def test_extras_are_what_the_scheme_makes_of_the_face():
    """Parts of one of the 54 move as it does; what no face here has is at rest."""
    quiet = replace(VIVE, streams=tuple(replace(its, noise=0.0) for its in VIVE.streams))
    take = face(mouthFunnel=0.8, mouthLeft=0.4, tongueOut=0.0)
    worn = wear(take, quiet, seed=0)
    sensed_here = {n: sensed(worn, "mouth_tracker", n) for n in VIVE.extras}
    own = scheme("htc")
    (passed,) = own.read(own.write(take.weights[:1]))
    for name, expected in zip(VIVE.extras, passed[COUNT:], strict=True):
        if np.isnan(expected):  # nothing to write it from
            expected = 0.0
        low, high = (expected * end for end in GAIN)
        assert ((sensed_here[name] >= low - 1e-6) & (sensed_here[name] <= high + 1e-6)).all(), name
    assert sensed_here["lipFunnelUpper"][0] > 0.6
    assert (sensed_here["tongueRoll"] == 0).all()


def test_extras_have_gains_and_noise_of_their_own():
    first, second = (wear(face(60), VIVE, seed=7), wear(face(60), VIVE, seed=8))
    upper, lower = (sensed(first, "mouth_tracker", f"lipFunnel{lip}") for lip in ("Upper", "Lower"))
    assert abs(np.corrcoef(upper, lower)[0, 1]) < 0.3
    assert upper.std() == pytest.approx(0.02, rel=0.2)
    again = sensed(second, "mouth_tracker", "lipFunnelUpper")
    assert abs(again.mean() - upper.mean()) > 1e-3
    assert same(first, wear(face(60), VIVE, seed=7))


def test_brows_are_sensed_as_the_mouth_is():
    take = face(120, browDownLeft=0.3)
    for name in ("browDownLeft", "noseSneerRight"):
        values = sensed(wear(take, headset("quest_pro"), seed=3), "upper_face", name)
        truth = 0.3 if name == "browDownLeft" else 0.5
        assert GAIN[0] - 0.02 <= values.mean() / truth <= GAIN[1] + 0.02
        assert values.std() == pytest.approx(0.02, rel=0.1)


def test_a_combined_gaze_is_the_mean_of_both_eyes():
    take = face()
    take.gaze[:] = (0.1, -0.2, 0.3, 0.4)
    profile, samples = stream(wear(take, headset("steam_frame"), seed=0), "gaze_combined")
    np.testing.assert_allclose(samples.values.mean(0), (0.2, 0.1), atol=0.002)
    np.testing.assert_allclose(samples.values.std(0), profile.noise, rtol=0.05)


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


def test_the_mouth_has_a_gain_of_its_own_in_every_channel():
    gains = (
        np.concatenate(
            [
                stream(wear(face(30), TIER, seed=s), "mouth_tracker")[1].values.mean(0)
                for s in range(20)
            ]
        )
        / 0.5
    )
    assert gains.min() == pytest.approx(GAIN[0], abs=0.02)
    assert gains.max() == pytest.approx(GAIN[1], abs=0.02)
    assert gains.std() == pytest.approx((GAIN[1] - GAIN[0]) / np.sqrt(12), rel=0.1)


def test_one_donning_keeps_its_gains_over_takes():
    first, second = face(60), replace(face(60), name="another")
    a, b = (stream(wear(t, TIER, seed=7), "mouth_tracker")[1].values for t in (first, second))
    np.testing.assert_allclose(a.mean(0), b.mean(0), atol=0.01)
    assert not np.array_equal(a[:100], b[:100])


def test_the_noise_of_the_mouth_is_autoregressive():
    profile, samples = stream(wear(face(600), TIER, seed=0), "mouth_tracker")
    noise = samples.values - samples.values.mean(0)
    assert noise.std(0).mean() == pytest.approx(0.02, rel=0.05)
    steps = np.round(np.diff(samples.sample_time_ns) * profile.rate_hz / 1e9) == 1
    memory = (noise[1:] * noise[:-1])[steps].mean() / noise.var()
    assert memory == pytest.approx(np.exp(-1 / (60 * NOISE_TIME_CONSTANT_S)), abs=0.02)
    assert noise[:20].std() == pytest.approx(0.02, rel=0.3)  # from the first sample on


def test_openness_is_1_1_times_what_the_blink_leaves_open():
    for blink in (0.0, 0.05, 0.3, 0.5, 0.95):
        values = sensed(wear(face(eyeBlinkLeft=blink), TIER, seed=0), "lids", "openness_left")
        clean = min(1.1 * (1 - blink), 1)
        if 0.1 < clean < 0.9:
            assert values.mean() == pytest.approx(clean, abs=0.002)
            assert values.std() == pytest.approx(0.03, rel=0.05)
        assert values.min() >= 0
        assert values.max() <= 1


def test_wide_and_squeeze_are_the_shapes_with_their_own_noise():
    worn = wear(face(eyeWideRight=0.3, eyeSquintLeft=0.6), TIER, seed=0)
    for channel, value in (("wide_right", 0.3), ("squeeze_left", 0.6), ("squeeze_right", 0.5)):
        values = sensed(worn, "lids", channel)
        assert values.mean() == pytest.approx(value, abs=0.002)
        assert values.std() == pytest.approx(0.02, rel=0.05)


def test_gaze_has_the_profiles_noise_and_no_gain():
    take = face()
    take.gaze[:] = (0.1, -0.2, 0.3, 0.4)
    profile, samples = stream(wear(take, TIER, seed=0), "gaze")
    np.testing.assert_allclose(samples.values.mean(0), (0.1, -0.2, 0.3, 0.4), atol=0.002)
    np.testing.assert_allclose(samples.values.std(0), profile.noise, rtol=0.05)


def test_gaze_is_held_while_its_lid_is_low_and_around():
    """Each eye by its own lid; the noise goes on."""
    take = face(seconds=10, rate_hz=240)
    seconds = take.time_ns / 1e9
    take.gaze[:] = seconds[:, None] / 10  # both eyes move all the time
    take.weights[(seconds > 4) & (seconds < 5), index("eyeBlinkLeft")] = 0.5
    quiet = replace(TIER, streams=tuple(replace(its, noise=1e-4) for its in TIER.streams))
    worn = wear(take, quiet, seed=0)
    time_s = stream(worn, "gaze")[1].sample_time_ns / 1e9
    left, right = sensed(worn, "gaze", "left_pitch"), sensed(worn, "gaze", "right_pitch")
    np.testing.assert_allclose(right, time_s / 10, atol=1e-3)
    held = np.abs(left - time_s / 10) > 1.5e-3
    assert time_s[held].min() == pytest.approx(4, abs=0.02)
    assert time_s[held].max() == pytest.approx(5 + HELD_AROUND_S, abs=0.01)
    during = left[(time_s > 4) & (time_s < 5)]
    assert during.mean() == pytest.approx((4 - HELD_AROUND_S) / 10, abs=2e-3)
    assert 0.5e-4 < during.std() < 2e-4


def test_gaze_that_starts_behind_a_closed_lid_has_no_value():
    take = face(seconds=4)
    take.weights[:30, index("eyeBlinkLeft")] = 1
    worn = wear(take, TIER, seed=0)
    time_s = stream(worn, "gaze")[1].sample_time_ns / 1e9
    none = np.isnan(sensed(worn, "gaze", "left_yaw"))
    np.testing.assert_array_equal(none[time_s < 0.9], True)
    np.testing.assert_array_equal(none[time_s > 1.1], False)
    assert np.isfinite(sensed(worn, "gaze", "right_yaw")).all()


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


def test_gaze_does_not_tell_of_blinks():
    """The lid leaks into the gaze of face recordings; the hold takes most of that away."""
    take = face(seconds=120, rate_hz=60)
    lid = synthetic_take(seed=8, seconds=120).weights[:, index("eyeBlinkLeft")]
    take.weights[:, index("eyeBlinkLeft")] = lid
    take.gaze[:, 1] = -0.3 * lid  # as in Live Link Face takes
    assert explained(take, leaky=True) > 0.6
    assert explained(take, leaky=False) < 0.45 * explained(take, leaky=True)


def explained(take, *, leaky):
    """R2 of the left blink from the left pitch as sensed, or as recorded with noise alone."""
    worn = wear(take, TIER, seed=0)
    samples = stream(worn, "gaze")[1]
    then = take.at(samples.sample_time_ns)
    pitch = sensed(worn, "gaze", "left_pitch")
    if leaky:
        pitch = then.gaze[:, 1] + 0.02 * np.random.default_rng(0).standard_normal(len(pitch))
    known = np.isfinite(pitch) & then.tracked
    return np.corrcoef(pitch[known], then.weights[known, index("eyeBlinkLeft")])[0, 1] ** 2


@pytest.mark.parametrize("name", ["S07-001", "apfel", "facial"])
def test_on_a_real_take_too(vrface_data, name):
    take = read_livelink(vrface_data / "arkit" / "talk" / f"{name}.csv")
    assert explained(take, leaky=False) < 0.7 * explained(take, leaky=True)
    worn = wear(take, VIVE, seed=0)
    assert worn.real_face
    lost = ~np.isfinite(worn.truth.weights).all(axis=1)
    assert lost.any() == (name == "apfel")
    gaps = np.diff(worn.streams[0].sample_time_ns)
    assert (gaps.max() > 0.1e9) == (name == "apfel")


def test_openness_of_the_unknown_is_unknown():
    lids = openness(np.full((1, len(BLENDSHAPES)), np.nan, np.float32))
    assert np.isnan(lids).all()
