"""Assembly: a face is the sum of the names heard, whatever packets they came in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trackers.senders import FB2, random_face, split, steamlink_face
from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.schemes import scheme
from vrface.sensors import headset
from vrface.sensors.align import MAX_AGE_S, Align
from vrface.sensors.frame import SensorFrame, columns
from vrface.trackers import steamlink, vrcft
from vrface.trackers.assembly import STANDS_NS, Assembly

QUEST = headset("quest_pro")
MS = 1_000_000


class Heard:
    """What a headset's channels were last heard to be, and when."""

    def __init__(self, profile):
        self.profile = profile
        self.values = {}

    def add(self, samples):
        for sample in samples:
            stream = self.profile.streams[sample.stream]
            for name, value in zip(stream.channels, sample.values.tolist(), strict=True):
                if not np.isnan(value):
                    self.values[stream.name, name] = value
        return self

    def shape(self, name):
        for stream in ("mouth_tracker", "upper_face"):
            if (stream, name) in self.values:
                return self.values[stream, name]
        return None


def quest(dialect=steamlink.DIALECT):
    return Assembly(QUEST, dialect)


def by_stream(samples):
    return {QUEST.streams[sample.stream].name: sample for sample in samples}


def expected(face):
    """The weights of a face by name, as the scheme reads it when nothing is missing."""
    weights = scheme("fb2").read([face[shape] for shape in FB2])
    return dict(zip((*BLENDSHAPES, *scheme("fb2").extras), weights.tolist(), strict=True))


sizes = st.lists(st.integers(1, 30), max_size=20)


@given(st.integers(0, 2**32 - 1), st.lists(sizes, min_size=1, max_size=4), st.randoms())
def test_a_face_is_itself_however_it_is_split_shuffled_and_doubled(seed, rounds, random):
    rng = np.random.default_rng(seed)
    assembly, heard, now = quest(), Heard(QUEST), 10**9
    for cut in rounds:
        face = random_face(rng)
        sent = steamlink_face(face)
        random.shuffle(sent)
        datagrams = split(sent, cut)
        datagrams += random.sample(datagrams, random.randint(0, len(datagrams)))
        random.shuffle(datagrams)
        for datagram in datagrams:
            now += 1000
            assembly.hear(steamlink.read(datagram), now)
            if random.random() < 0.3:
                heard.add(assembly.take(now))
        heard.add(assembly.take(now))
    weights = expected(face)
    for stream in QUEST.streams[:2]:
        for name in stream.channels:
            assert heard.values[stream.name, name] == pytest.approx(weights[name], abs=1e-6)
    for side in ("left", "right"):
        closed = weights[f"eyeBlink{side.capitalize()}"]
        assert heard.values["lids", f"openness_{side}"] == pytest.approx(1 - closed, abs=1e-6)


@given(st.integers(0, 2**32 - 1), sizes, st.randoms())
def test_what_is_lost_stays_as_it_was_and_touches_nothing_else(seed, cut, random):
    rng = np.random.default_rng(seed)
    before, after = random_face(rng), random_face(rng)
    assembly, heard, now = quest(), Heard(QUEST), 10**9
    assembly.hear(steamlink.read(split(steamlink_face(before), ())[0]), now)
    heard.add(assembly.take(now))
    arrived = {shape: before[shape] for shape in FB2}
    for datagram in split(steamlink_face(after), cut):
        if random.random() < 0.5:
            named = steamlink.read(datagram)
            arrived.update({name: value for name, value in named if name in FB2})
            assembly.hear(named, now + 10 * MS)
    heard.add(assembly.take(now + 11 * MS))
    weights = expected(arrived)
    for stream in QUEST.streams[:2]:
        for name in stream.channels:
            assert heard.values[stream.name, name] == pytest.approx(weights[name], abs=1e-6)


def test_a_sample_holds_what_was_heard_since_the_one_before_and_nothing_else():
    assembly = quest()
    assembly.hear([("JAW_DROP", 0.5), ("BROW_LOWERER_L", 0.25)], 10**9)
    first = by_stream(assembly.take(10**9))
    assert set(first) == {"mouth_tracker", "upper_face"}
    assert np.isfinite(first["mouth_tracker"].values).sum() == 1
    assert assembly.take(10**9 + MS) == ()
    assembly.hear([("JAW_DROP", 0.75)], 10**9 + 2 * MS)
    second = by_stream(assembly.take(10**9 + 2 * MS))
    assert set(second) == {"mouth_tracker"}
    assert np.nanmax(second["mouth_tracker"].values) == 0.75


def test_a_sample_is_dated_back_by_what_the_sensors_need():
    assembly = quest()
    newest_ns = 10**9 + 3 * MS
    assembly.hear([("JAW_DROP", 0.5), ("BROW_LOWERER_L", 0.5)], 10**9)
    assembly.hear([("JAW_THRUST", 0.5), ("EYES_CLOSED_L", 0.5)], newest_ns)
    arrived_ns = {"mouth_tracker": newest_ns, "lids": newest_ns, "upper_face": 10**9}
    found = by_stream(assembly.take(10**9 + 5 * MS))
    assert set(found) == set(arrived_ns)
    for name, sample in found.items():
        latency_us = QUEST.streams[sample.stream].latency_us
        assert sample.sample_time_ns == arrived_ns[name] - latency_us * 1000


def test_a_name_that_stops_goes_stale_though_its_neighbours_go_on():
    assembly, align = quest(), Align(QUEST, 1)
    jaw, funnel = (QUEST.streams[0].channels.index(n) for n in ("jawOpen", "mouthFunnel"))
    smile = QUEST.streams[0].channels.index("mouthSmileLeft")
    quarters = [f"LIP_FUNNELER_{place}" for place in ("LB", "LT", "RB", "RT")]
    present: dict[int, list[bool]] = {jaw: [], funnel: [], smile: []}
    for k in range(60):
        now = 10**9 + k * 10 * MS
        named = [("LIP_CORNER_PULLER_L", 0.5)] + [(name, 0.5) for name in quarters[1:]]
        if k < 20:
            named += [("JAW_DROP", 0.5), (quarters[0], 0.5)]
        assembly.hear(named, now)
        frame = SensorFrame(k, now, assembly.take(now))
        align.push(columns([(0, frame)], align.widths))
        aligned = align.at(np.array([now]))
        for place, seen in present.items():
            seen.append(bool(aligned.present[0, place]))
    assert all(present[smile])
    last = 20 + round(MAX_AGE_S * 100)
    assert all(present[jaw][:20])
    assert not any(present[jaw][last:])
    # The funnel is made of four, three of which go on: it stands until the fourth is too old.
    assert all(present[funnel][:20])
    assert not any(present[funnel][last + round(STANDS_NS / 1e7) :])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 7.0, -1.0, 1e300])
def test_a_value_that_no_weight_can_have_is_no_value(value):
    assembly = quest()
    assembly.hear([("JAW_DROP", value), ("JAW_THRUST", 1.04)], 10**9)
    (sample,) = assembly.take(10**9)
    channels = QUEST.streams[0].channels
    assert np.isnan(sample.values[channels.index("jawOpen")])
    assert sample.values[channels.index("jawForward")] == 1.0
    assembly.hear([("JAW_DROP", 0.5)], 10**9 + MS)
    (sample,) = assembly.take(10**9 + MS)
    assert sample.values[channels.index("jawOpen")] == 0.5


@pytest.mark.parametrize("angle", [np.nan, np.inf, 1e300, 3.0])
def test_an_angle_passes_as_it_is_for_align_to_judge(angle):
    assembly = quest()
    assembly.hear([("left_yaw", angle), ("left_pitch", 0.25)], 10**9)
    (sample,) = assembly.take(10**9)
    assert not -1.7 < sample.values[0] < 1.7
    assert sample.values[1] == 0.25


def test_confidence_goes_with_its_streams():
    assembly = quest()
    assembly.hear(
        [("JAW_DROP", 0.5), ("BROW_LOWERER_L", 0.5), ("EYES_CLOSED_L", 0.1), ("left_yaw", 0.1)],
        10**9,
    )
    assembly.hear([("lower confidence", 0.75), ("upper confidence", 0.25)], 10**9)
    found = {name: sample.confidence for name, sample in by_stream(assembly.take(10**9)).items()}
    assert found == {"mouth_tracker": 0.75, "upper_face": 0.25, "lids": 0.25, "gaze": None}
    for k, bad in enumerate((np.nan, 1.5, -0.1)):
        assembly.hear([("JAW_DROP", 0.5), ("lower confidence", bad)], 10**9 + k)
        (sample,) = assembly.take(10**9 + k)
        assert sample.confidence is None


def test_a_lost_face_is_not_a_neutral_one():
    """A runtime that lost the face gives zeros, and says so by its confidence alone."""
    assembly = quest()
    nothing = dict.fromkeys(FB2, 0.0)
    read = [steamlink.read(split(steamlink_face(nothing, *by), ())[0]) for by in ((0, 0), (1, 1))]
    assembly.hear(read[0], 10**9)
    assert assembly.take(10**9) == ()
    assembly.hear(read[1], 10**9 + MS)
    neutral = {"mouth_tracker", "upper_face", "lids"}  # and no gaze: not even ahead
    assert set(by_stream(assembly.take(10**9 + MS))) == neutral


def test_a_region_of_confidence_0_is_lost_though_its_last_face_goes_on():
    assembly, frozen = quest(), random_face(np.random.default_rng(4))
    point = [("point yaw", 0.25), ("point pitch", 0.125)]

    def streams(lower, upper, now):
        face = split(steamlink_face(frozen, lower=lower, upper=upper), ())[0]
        assembly.hear([*steamlink.read(face), *point], now)
        return by_stream(assembly.take(now))

    assert set(streams(0.0, 0.5, 10**9)) == {"upper_face", "lids", "gaze"}
    both = streams(0.5, 0.0, 10**9 + MS)
    assert set(both) == {"mouth_tracker", "gaze"}  # the gaze is the point's, not the frozen looks'
    np.testing.assert_allclose(both["gaze"].values[:4], [0.25, 0.125] * 2)
    assert set(streams(0.0, 0.0, 10**9 + 2 * MS)) == {"gaze"}
    assert len(streams(0.01, 0.01, 10**9 + 3 * MS)) == 4


def test_a_value_left_out_because_it_did_not_change_stands_with_its_sender():
    assembly = quest(vrcft.DIALECT)
    jaw = QUEST.streams[0].channels.index("jawOpen")
    assembly.hear([("JawOpen", 0.5)], 10**9, sender=1)
    assembly.take(10**9)
    later = 10**9 + 10 * STANDS_NS
    assembly.hear([("JawLeft", 0.25)], later - STANDS_NS // 2, sender=1)
    (sample,) = assembly.take(later)
    assert sample.values[jaw] == 0.5
    # Somebody else's data, or none that anybody listens to, keep nobody alive.
    assembly.hear([("JawRight", 0.25)], later + STANDS_NS, sender=2)
    assembly.hear([("Nonsense", 0.25)], later + STANDS_NS, sender=1)
    (sample,) = assembly.take(later + STANDS_NS)
    assert np.isnan(sample.values[jaw])


def test_the_best_source_of_a_channel_is_taken_while_it_stands():
    assembly = quest()

    def left_yaw(named, now):
        assembly.hear(named, now)
        return by_stream(assembly.take(now))["gaze"].values[0]

    both = [("yaw", 0.1), ("point yaw", 0.2)]
    looks = [("EYES_LOOK_RIGHT_L", 0.5), ("EYES_LOOK_LEFT_L", 0.0)]
    assert left_yaw([("yaw", 0.1)], 0) == np.float32(0.1)
    assert left_yaw(both, MS) == np.float32(0.2)
    assert left_yaw([*both, *looks], 2 * MS) == pytest.approx(np.pi / 8)
    assert left_yaw([*both, *looks, ("left_yaw", 0.3)], 3 * MS) == np.float32(0.3)
    later = 3 * MS + STANDS_NS + 1
    assert left_yaw([*both, *looks], later) == pytest.approx(np.pi / 8)
    assert left_yaw(both, later + STANDS_NS + 1) == np.float32(0.2)


def test_one_gaze_of_both_eyes_is_of_an_eye_alone_whose_own_looks_are_silent():
    assembly = quest()
    zeros = {f"EYES_LOOK_{way}_{side}": 0.0 for way in ("LEFT", "RIGHT") for side in "LR"}
    pitches = {f"EYES_LOOK_{way}_{side}": 0.0 for way in ("UP", "DOWN") for side in "LR"}
    looks = {**zeros, **pitches, "EYES_LOOK_RIGHT_L": 0.5}
    assembly.hear([*looks.items(), ("point yaw", 0.2), ("point pitch", 0.1)], 10**9)
    left_yaw, left_pitch, right_yaw, right_pitch = assembly.take(10**9)[-1].values[:4]
    assert (left_yaw, left_pitch) == (pytest.approx(np.pi / 8), 0.0)
    assert (right_yaw, right_pitch) == (np.float32(0.2), np.float32(0.1))


def test_of_a_name_said_twice_the_last_word_counts():
    assembly = quest()
    assert assembly.hear([("JAW_DROP", 0.25), ("nobody", 1.0), ("JAW_DROP", 0.5)], 10**9) == 2
    (sample,) = assembly.take(10**9)
    assert np.nanmax(sample.values) == 0.5


def test_a_headset_of_other_sensors_is_refused():
    with pytest.raises(BadUse, match="no channel"):
        Assembly(headset("emg_8"), steamlink.DIALECT)
