from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.face.take import Take
from vrface.sensors.align import Align
from vrface.sensors.frame import columns
from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired, column_frames
from vrface.sensors.recording import StreamSamples

PROFILE = headset("openness_gaze_mouth")
WIDTHS = tuple(len(stream.channels) for stream in PROFILE.streams)


def paired(frame_time_ns, arrivals, latency_ns=5):
    """Samples that arrive at the given times, one list a stream; values count up."""
    time_ns = np.array(frame_time_ns, dtype=np.int64)
    streams = []
    for width, times in zip(WIDTHS, arrivals, strict=True):
        arrival = np.array(sorted(times), dtype=np.int64)
        values = np.arange(len(arrival) * width, dtype=np.float32).reshape(-1, width)
        streams.append(StreamSamples(arrival - latency_ns, arrival, values))
    truth = Take(
        name="t",
        person="p",
        time_ns=time_ns,
        weights=np.zeros((len(time_ns), COUNT), np.float32),
        gaze=np.zeros((len(time_ns), 4), np.float32),
        source=np.ones(COUNT, np.uint8),
    )
    return Paired(
        name="t",
        wearer="p",
        donning="d",
        headset=PROFILE,
        frame_time_ns=time_ns,
        streams=tuple(streams),
        truth=truth,
        real_face=True,
        real_sensors=False,
    )


recordings = st.builds(
    paired,
    st.lists(st.integers(0, 100), min_size=2, max_size=12, unique=True).map(sorted),
    st.lists(st.lists(st.integers(-20, 120), max_size=30), min_size=3, max_size=3),
)


def test_a_frame_holds_what_arrived_since_the_one_before():
    frames = list(paired([10, 20, 30], [[1, 10, 11, 20, 21, 31], [], []]).frames())
    assert [frame.sequence for frame in frames] == [1, 2, 3]
    assert [frame.frame_time_ns for frame in frames] == [10, 20, 30]
    arrived = [[sample.sample_time_ns + 5 for sample in frame.samples] for frame in frames]
    assert arrived == [[1, 10], [11, 20], [21]]


@given(recordings)
def test_every_sample_that_arrives_in_time_is_in_exactly_one_frame(recording):
    seen = [0] * len(WIDTHS)
    before = np.iinfo(np.int64).min
    for frame in recording.frames():
        for sample in frame.samples:
            assert before < sample.sample_time_ns + 5 <= frame.frame_time_ns
            stream = recording.streams[sample.stream]
            np.testing.assert_array_equal(stream.values[seen[sample.stream]], sample.values)
            seen[sample.stream] += 1
        before = frame.frame_time_ns
    in_time = [int((s.arrival_ns <= before).sum()) for s in recording.streams]
    assert seen == in_time


@given(st.lists(recordings, min_size=1, max_size=4))
def test_the_columns_of_many_are_the_frames_of_each(recordings):
    frames = [list(recording.frames()) for recording in recordings]
    steps = list(column_frames(recordings))
    assert len(steps) == max(len(its) for its in frames)
    for k, (frame_time_ns, got) in enumerate(steps):
        now = [(row, its[k]) for row, its in enumerate(frames) if k < len(its)]
        want = columns(now, WIDTHS)
        last = [its[min(k, len(its) - 1)].frame_time_ns for its in frames]
        np.testing.assert_array_equal(frame_time_ns, last)
        assert [entry.stream for entry in got] == [entry.stream for entry in want]
        for mine, theirs in zip(got, want, strict=True):
            np.testing.assert_array_equal(mine.row, theirs.row)
            np.testing.assert_array_equal(mine.sample_time_ns, theirs.sample_time_ns)
            np.testing.assert_array_equal(mine.values, theirs.values)


def test_both_ways_align_alike():
    recordings = [
        paired(range(10, 60, 7), [range(0, 60, 3), range(1, 60, 5), range(2, 60, 4)]),
        paired(range(12, 60, 9), [range(4, 60, 6), [], range(3, 60, 2)]),
    ]
    together, alone = Align(PROFILE, 2), Align(PROFILE, 1)
    first = []
    for frame in recordings[0].frames():
        alone.push(columns([(0, frame)], WIDTHS))
        first.append(alone.at(np.array([frame.frame_time_ns])))
    for (frame_time_ns, samples), want in zip(column_frames(recordings), first, strict=True):
        together.push(samples)
        got = together.at(frame_time_ns)
        for field in got._fields:
            np.testing.assert_array_equal(getattr(got, field)[0], getattr(want, field)[0])


def test_columns_take_one_headset():
    recording = paired([10, 20], [[1], [2], [3]])
    other = replace(recording, headset=replace(PROFILE, name="another"))
    with pytest.raises(BadUse, match="one headset"):
        list(column_frames([recording, other]))
    with pytest.raises(BadUse, match="one headset"):
        list(column_frames([]))


def test_parts_that_do_not_fit_together_are_refused():
    good = paired([10, 20], [[1, 2], [3], []])
    lids = good.streams[0]
    wrong = {
        "truth": {"truth": good.truth.at(np.array([10, 21]))},
        "3": {"streams": good.streams[:2]},
        "shape": {"streams": (good.streams[1], *good.streams[1:])},
        "sensed": {"streams": (replace(lids, arrival_ns=lids.arrival_ns - 9), *good.streams[1:])},
        "order": {"streams": (replace(lids, arrival_ns=lids.arrival_ns[::-1]), *good.streams[1:])},
    }
    for says, change in wrong.items():
        with pytest.raises(BadUse, match=says):
            replace(good, **change)
