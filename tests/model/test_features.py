"""Features: one width for every headset, absent is 0, one path for serving and training."""

import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.face.extras import EXTRAS
from vrface.model.features import (
    EMG_REST_V,
    FEATURES_VERSION,
    MAX_AGE_S,
    MAX_DIFFERENCE,
    MAX_VALUE,
    NAMED,
    RING_M,
    SKIN,
    SLOTS,
    SPREAD_FLOOR,
    WIDTH,
    Features,
    Levels,
    against,
)
from vrface.sensors.align import Align, Aligned
from vrface.sensors.channels import NUMBERED_LIMITS
from vrface.sensors.frame import SampleColumns
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset

PLAIN = 68
"""The slots of sensors whose values are taken as they are: mouth, upper face, lids and gaze."""

EVERYTHING = headset("everything")


def aligned(
    profile: HeadsetProfile, value: float, *, age_s: float = 0.01, difference: float = 0.0
) -> Aligned:
    channels = sum(len(stream.channels) for stream in profile.streams)
    shape = (1, channels)
    return Aligned(
        value=np.full(shape, value, np.float32),
        difference=np.full(shape, difference, np.float32),
        present=np.full(shape, age_s < 0.1),
        age_s=np.full(shape, age_s, np.float32),
        sample_time_ns=np.zeros(1, np.int64),
    )


def channel(profile: HeadsetProfile, stream: str, name: str) -> int:
    """The place of a channel among a headset's."""
    names = [(one.name, channel) for one in profile.streams for channel in one.channels]
    return names.index((stream, name))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_headset_has_the_same_width_and_fills_its_own_slots(name: str) -> None:
    make = Features(headset(name))
    features = make(aligned(headset(name), 0.25))
    assert features.shape == (1, 4, WIDTH) == (1, 4, 256)
    posed = np.array([stream == "head_pose" for stream, _ in SLOTS])
    # A quaternion of four times .25 is far from a unit one: no pose.
    np.testing.assert_array_equal(features[0, 2] > 0, make.measured & ~posed)
    np.testing.assert_array_equal(features[0, 0, :PLAIN], 0.25 * make.measured[:PLAIN])
    assert (features[0, 3][~make.measured] == MAX_AGE_S).all()
    has = {(stream.name, one) for stream in headset(name).streams for one in stream.channels}
    filled = {SLOTS[place] for place in np.flatnonzero(make.measured & ~posed)}
    unheard = {(stream, one) for stream, one in has if one in EXTRAS or one == "vergence_m"}
    assert filled == {one for one in has if one[0] != "head_pose"} - unheard | each_eyes(has)


def each_eyes(has: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What one gaze for both eyes fills beside its own slots, where there is no other."""
    if "gaze" in dict(has) or "gaze_combined" not in dict(has):
        return set()
    return {("gaze", f"{eye}_{angle}") for eye in ("left", "right") for angle in ("yaw", "pitch")}


def test_slots_never_move() -> None:
    """A checkpoint knows its slots by place: where one moves, `FEATURES_VERSION` changes too."""
    assert FEATURES_VERSION == 2
    assert SLOTS[0] == ("mouth_tracker", "jawForward")
    assert SLOTS[30] == ("upper_face", "eyeBlinkLeft")
    assert SLOTS[56:62] == tuple(
        ("lids", f"{kind}_{side}")
        for kind in ("openness", "wide", "squeeze")
        for side in ("left", "right")
    )
    assert SLOTS[62:66] == tuple(
        ("gaze", name) for name in ("left_yaw", "left_pitch", "right_yaw", "right_pitch")
    )
    assert (len(NAMED), len(SKIN)) == (128, 128)
    assert SKIN[0] == ("foam", "0")
    names = "\n".join("/".join(slot) for slot in SLOTS)
    assert zlib.crc32(names.encode()) == 83939790


def plainly(given: Aligned, place: int, rest: float) -> list[float]:
    """The four planes of a sensor that is taken as it is, by what the planes mean."""
    age_s = min(float(given.age_s[0, place]), MAX_AGE_S)
    if not given.present[0, place]:
        return [0.0, 0.0, 0.0, age_s]
    value = float(given.value[0, place]) - rest
    return [value, min(float(given.difference[0, place]), MAX_DIFFERENCE), 1.0, age_s]


@pytest.mark.parametrize("name", ["livelink_face", "vive_pro_eye_lip", "steam_frame_steamlink"])
def test_mouths_lids_and_gaze_are_taken_as_they_are(name: str) -> None:
    profile, rng = headset(name), np.random.default_rng(1)
    width = sum(len(stream.channels) for stream in profile.streams)
    age_s = rng.uniform(0.0, 1.5, (1, width)).astype(np.float32)
    given = Aligned(
        rng.random((1, width), np.float32),
        rng.uniform(0.0, 60.0, (1, width)).astype(np.float32),
        age_s < 0.7,
        age_s,
        np.zeros(1, np.int64),
    )
    levels = Levels(*rng.random((2, 1, WIDTH), np.float32))
    found = against(Features(profile)(given), levels)[0]
    has = {(stream.name, one) for stream in profile.streams for one in stream.channels}
    for place, slot in enumerate(SLOTS[:PLAIN]):
        if slot in each_eyes(has):
            combined = ("gaze_combined", slot[1].partition("_")[2])
            rest = float(levels.rest[0, place])
            expected = plainly(given, channel(profile, *combined), rest)
        elif slot in has:
            expected = plainly(given, channel(profile, *slot), float(levels.rest[0, place]))
        else:
            expected = [0.0, 0.0, 0.0, MAX_AGE_S]
        np.testing.assert_allclose(found[:, place], expected, atol=1e-6, err_msg=str(slot))


def test_the_rest_is_taken_off_what_is_present_only() -> None:
    profile = headset("mouth_only")
    make = Features(profile)
    levels = Levels.none(1)._replace(rest=np.full((1, WIDTH), 0.1, np.float32))
    here = against(make(aligned(profile, 0.25)), levels)
    gone = against(make(aligned(profile, 0.25, age_s=0.5)), levels)
    np.testing.assert_allclose(here[0, 0][make.measured], 0.15, atol=1e-6)
    assert (gone[0, :3] == 0).all()
    assert (gone[0, 3][make.measured] == 0.5).all()


def test_changes_and_ages_are_cut() -> None:
    profile = headset("mouth_only")
    make = Features(profile)
    features = make(aligned(profile, 0.0, difference=1e6))
    assert features[0, 1].max() == MAX_DIFFERENCE
    never = Align(profile, 1).at(np.zeros(1, np.int64))
    assert np.isfinite(make(never)).all()


skin = np.array([stream in NUMBERED_LIMITS for stream, _ in SLOTS])


@given(st.floats(0.0, 3.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_skin_sensors_are_told_in_their_own_spread(spread: float, value: float, rest: float):
    features = np.zeros((1, 4, WIDTH), np.float32)
    features[:, :2], features[:, 2] = value, 1.0
    levels = Levels(*(np.full((1, WIDTH), one, np.float32) for one in (rest, spread)))
    seen = against(features, levels)[0]
    unit = max(spread, SPREAD_FLOOR)
    expected = np.clip((value - rest) / unit, -MAX_VALUE, MAX_VALUE)
    np.testing.assert_allclose(seen[0, skin], expected, rtol=1e-4, atol=1e-5)
    expected = np.clip(value / unit, -MAX_DIFFERENCE, MAX_DIFFERENCE)
    np.testing.assert_allclose(seen[1, skin], expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(seen[0, ~skin], value - rest, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(seen[1, ~skin], value, rtol=1e-4, atol=1e-5)


@given(st.floats(0.0, 2e-4), st.floats(1e-3, 1.0))
def test_an_envelope_is_heard_as_effort_and_its_change_as_efforts(volts: float, speed: float):
    profile = headset("emg_8")
    make = Features(profile)
    features = make(aligned(profile, volts, difference=speed * 1e-4))[0]
    effort = lambda v: np.log1p(v / EMG_REST_V)  # noqa: E731
    there = make.measured
    np.testing.assert_allclose(features[0, there], effort(volts), rtol=1e-4, atol=1e-6)
    step = 1e-9
    change = (effort(volts + step) - effort(volts)) / step * speed * 1e-4
    np.testing.assert_allclose(features[1, there], min(change, MAX_DIFFERENCE), rtol=1e-3)


def test_a_volt_below_nothing_is_no_effort() -> None:
    profile = headset("emg_8")
    features = Features(profile)(aligned(profile, -1e-5))
    assert (features[0, 0] == 0).all()


def test_skin_sensors_stand_where_their_profile_puts_them() -> None:
    positions = Features(EVERYTHING).positions
    assert positions.shape == (len(SKIN), 3)
    known = np.zeros(len(SKIN), np.bool_)
    for stream in EVERYTHING.streams:
        for number, pose in enumerate(stream.positions if stream.name in NUMBERED_LIMITS else ()):
            place = SKIN.index((stream.name, str(number)))
            np.testing.assert_array_equal(positions[place], np.array(pose[:3], np.float32))
            known[place] = True
    assert known.sum() == 16 + 8
    # Where the eight strain gauges sit nobody says: each has a place of its own on the foam's ring.
    first = SKIN.index(("strain", "0"))
    gauges, others = positions[first : first + 8], np.delete(positions, slice(first, first + 8), 0)
    assert len(np.unique(gauges, axis=0)) == 8
    np.testing.assert_allclose(
        (gauges[:, 0] / RING_M[0]) ** 2 + (gauges[:, 1] / RING_M[1]) ** 2, 1.0, rtol=1e-5
    )
    np.testing.assert_allclose(np.sort(gauges[:, 0]), np.sort(-gauges[:, 0]), atol=1e-6)
    assert not others[~np.delete(known, slice(first, first + 8))].any()


def test_of_a_part_of_a_pose_nothing_follows() -> None:
    streams = tuple(
        replace(stream, channels=stream.channels[:3], positions=())
        if stream.name == "head_pose"
        else stream
        for stream in EVERYTHING.streams
    )
    posed = [place for place, (stream, _) in enumerate(SLOTS) if stream == "head_pose"]
    assert Features(EVERYTHING).measured[posed].all()
    part = replace(EVERYTHING, streams=streams)
    assert not Features(part).measured[posed].any()
    assert (Features(part)(aligned(part, 0.3))[0, 2, posed] == 0).all()


@st.composite
def anything(draw: Callable) -> Aligned:
    """Whatever `Align` may hand over of everything, and beyond it."""
    width = sum(len(stream.channels) for stream in EVERYTHING.streams)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.sampled_from([0.0, 1e-7, 1.0, 1e4, 1e8]))
    age_s = rng.choice([0.0, 0.05, 0.4, 1e5, np.inf], (2, width)).astype(np.float32)
    return Aligned(
        (size * rng.normal(size=(2, width))).astype(np.float32),
        (size * rng.normal(size=(2, width))).astype(np.float32),
        age_s < 0.1,
        age_s,
        np.zeros(2, np.int64),
    )


@settings(max_examples=30)
@given(anything(), st.integers(0, 1000))
def test_features_are_finite_in_range_and_0_where_absent(given: Aligned, seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = Levels(*(rng.normal(size=(2, 2, WIDTH)) * [[[1.0]], [[3.0]]]).astype(np.float32))
    plain = Features(EVERYTHING)(given)
    for features in (plain, against(plain, levels)):
        assert np.isfinite(features).all()
        assert np.abs(features[:, 0]).max() <= MAX_VALUE
        assert np.abs(features[:, 1]).max() <= MAX_DIFFERENCE
        assert ((features[:, 3] >= 0.0) & (features[:, 3] <= MAX_AGE_S)).all()
        absent = features[:, 2] == 0.0
        assert (features[:, :2].swapaxes(0, 1)[:, absent] == 0.0).all()
    np.testing.assert_array_equal(against(plain, Levels.none(2)), plain)


def test_many_wearers_equal_each_alone() -> None:
    profile = EVERYTHING
    rng = np.random.default_rng(1)
    together, alone = Align(profile, 3), [Align(profile, 1) for _ in range(3)]
    for number, width in enumerate(together.widths):
        values = rng.random((3, width), dtype=np.float32)
        when = np.array([10, 20, 30]) * 1_000_000
        together.push([SampleColumns(number, np.arange(3), when, values)])
        for w in range(3):
            one = slice(w, w + 1)
            alone[w].push([SampleColumns(number, np.zeros(1, int), when[one], values[one])])
    now = np.full(3, 50_000_000)
    make, levels = Features(profile), Levels(*rng.random((2, 3, WIDTH), dtype=np.float32))
    batch = against(make(together.at(now)), levels)
    for w in range(3):
        mine = Levels(*(part[w : w + 1] for part in levels))
        np.testing.assert_array_equal(batch[w], against(make(alone[w].at(now[:1])), mine)[0])
