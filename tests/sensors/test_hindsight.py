"""Alignment in hindsight says what alignment frame by frame said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.sensors import hindsight
from vrface.sensors.align import Align
from vrface.sensors.headset import headset
from vrface.sensors.hindsight import aligned_frames
from vrface.sensors.paired import Paired, column_frames
from vrface.sensors.recording import StreamSamples
from vrface.simulation import synthetic_take, wear
from vrface.training.disturb import Disturbances, disturbed

WORN = wear(synthetic_take(seed=1, seconds=3), headset("vive_pro_eye_lip"), seed=1, rate_hz=60)


def frame_by_frame(paired: Paired):
    align = Align(paired.headset, 1)
    for frame_time_ns, samples in column_frames([paired]):
        align.push(samples)
        yield align.at(frame_time_ns)


def assert_same(paired: Paired):
    then = list(frame_by_frame(paired))
    for frames, aligned in aligned_frames(paired):
        for name, found in aligned._asdict().items():
            wanted = np.concatenate([getattr(one, name) for one in then[frames]])
            np.testing.assert_array_equal(found, wanted, err_msg=name)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), jitter_ms=st.floats(0, 40), latency_ms=st.floats(0, 80))
def test_it_is_alignment_frame_by_frame_to_the_bit(seed, jitter_ms, latency_ms):
    amount = Disturbances(jitter_s=jitter_ms / 1e3, latency_s=latency_ms / 1e3, silent=20.0)
    assert_same(disturbed(WORN, amount, np.random.default_rng(seed)))


def test_pieces_join_without_a_seam(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hindsight, "TOGETHER", 37)
    assert sum(frames.stop - frames.start for frames, _ in aligned_frames(WORN)) == 180
    assert_same(WORN)


def test_a_stream_that_never_says_anything_is_absent():
    nothing = StreamSamples(
        np.zeros(0, np.int64), np.zeros(0, np.int64), WORN.streams[0].values[:0]
    )
    quiet = replace(WORN, streams=(nothing, *WORN.streams[1:]))
    assert_same(quiet)
    ((_, aligned),) = aligned_frames(quiet)
    assert not aligned.present[:, : nothing.values.shape[1]].any()


def test_values_out_of_range_count_as_none():
    wild = []
    for one in WORN.streams:
        odd = np.arange(len(one.values))[:, None] % 5 == 0
        values = np.where(odd, np.float32(1e9), one.values)
        wild.append(StreamSamples(one.sample_time_ns, one.arrival_ns, values))
    assert_same(replace(WORN, streams=tuple(wild)))
