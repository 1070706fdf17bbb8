"""A recording with fewer sensors is what the poorer headset would have recorded."""

from dataclasses import replace

import numpy as np

from vrface.face.extras import EXTRAS
from vrface.sensors.headset import check, headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.tiers import reduced, without_extras


def worn(name, seed=1):
    return wear(synthetic_take(seed=seed, seconds=2.0), headset(name), seed=seed)


def test_the_richest_tier_reduced_is_the_poorer_one_exactly():
    rich = worn("eyes_and_mouth")
    for name in ("openness_gaze_mouth", "mouth_only"):
        poor, tier = reduced(rich, headset(name)), headset(name)
        assert poor is not None
        assert poor.headset.occludes == tier.occludes
        assert [s.channels for s in poor.headset.streams] == [s.channels for s in tier.streams]
        check(poor.headset)


def test_what_is_kept_is_untouched():
    rich = worn("eyes_and_mouth")
    poor = reduced(rich, headset("openness_gaze_mouth"))
    assert poor is not None
    lids, before = (p.streams[p.headset.stream_index("lids")] for p in (poor, rich))
    np.testing.assert_array_equal(lids.values, before.values[:, :2])
    np.testing.assert_array_equal(lids.arrival_ns, before.arrival_ns)
    assert poor.truth is rich.truth
    assert rich.headset == headset("eyes_and_mouth")


def test_a_product_keeps_its_own_channels_and_says_both_names():
    poor = reduced(worn("vive_pro_eye_lip"), headset("mouth_only"))
    assert poor is not None
    assert poor.headset.name == "vive_pro_eye_lip as mouth_only"
    (mouth,) = poor.headset.streams
    own = headset("vive_pro_eye_lip").streams[0].channels
    assert mouth.channels == tuple(name for name in own if name not in EXTRAS)
    assert set(poor.headset.measures) == set(mouth.channels)
    check(poor.headset)


def test_without_extras_every_other_channel_is_as_it_was():
    rich = worn("vive_pro_eye_lip")
    plain = without_extras(rich)
    assert plain.headset.extras == ()
    assert plain.headset.measures == rich.headset.measures
    check(plain.headset)
    mouth, before = plain.headset.streams[0], rich.headset.streams[0]
    places = [before.channels.index(name) for name in mouth.channels]
    np.testing.assert_array_equal(plain.streams[0].values, rich.streams[0].values[:, places])
    same = worn("mouth_only")
    assert without_extras(same) is same


def test_what_is_taken_away_is_not_copied_either():
    """Such a headset is one that a log can hold."""
    pico = headset("pico_4_pro")
    extra = "cheekSuckRight"
    mouth = pico.streams[pico.stream_index("mouth_tracker")]
    assert extra not in mouth.channels
    more = replace(mouth, channels=(*mouth.channels, extra))
    streams = tuple(more if stream is mouth else stream for stream in pico.streams)
    copying = replace(pico, streams=streams, copies=(*pico.copies, extra))
    check(copying)
    rich = wear(synthetic_take(seed=1, seconds=2.0), copying, seed=1)
    plain = without_extras(rich)
    check(plain.headset)
    assert plain.headset.copies == pico.copies
    poor = reduced(rich, headset("mouth_only"))
    assert poor is not None
    check(poor.headset)
    assert poor.headset.copies == ("cheekPuffRight",)


def test_a_tier_that_takes_nothing_away_is_none():
    assert reduced(worn("mouth_only"), headset("openness_gaze_mouth")) is None
    assert reduced(worn("vive_pro_eye_lip"), headset("eyes_and_mouth")) is None


def test_a_tier_that_leaves_nothing_is_none():
    eyes = headset("eyes_and_mouth").without("mouth_tracker")
    paired = wear(synthetic_take(seed=1, seconds=2.0), eyes, seed=1)
    assert reduced(paired, headset("mouth_only")) is None
