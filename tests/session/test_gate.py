from dataclasses import replace

import numpy as np
import pytest

from tests.serving.harness import frames, profile
from vrface.sensors import Sample, SensorFrame
from vrface.session.gate import MAX_AHEAD_NS, FrameGate
from vrface.wire.notice_code import Code


@pytest.fixture
def gate():
    return FrameGate(profile())


def gaze(time_ns: int) -> Sample:
    return Sample(profile().stream_index("gaze"), time_ns, np.zeros(4, np.float32))


def test_frames_in_order_pass_as_they_are(gate):
    for frame in frames(200):
        assert gate.admit(frame) == (frame, [])


@pytest.mark.parametrize("sequence", [0, 4, 5, 2**63, 2**64 - 1])
def test_a_sequence_that_does_not_increase_or_fit_is_ignored(gate, sequence):
    gate.admit(SensorFrame(5, 0))
    assert gate.admit(SensorFrame(sequence, 1)) == (None, [Code.FRAME_ORDER])
    assert gate.admit(SensorFrame(6, 2))[1] == []


def test_a_frame_time_far_ahead_of_its_samples_is_moved_back(gate):
    frame, codes = gate.admit(SensorFrame(1, 10**12, (gaze(10**9),)))
    arrival_ns = 10**9 + 17_000_000
    assert codes == [Code.FRAME_TIME]
    assert frame.frame_time_ns == arrival_ns + MAX_AHEAD_NS


def test_when_every_sensor_is_silent_time_still_goes_on(gate):
    gate.admit(SensorFrame(1, 10**9, (gaze(10**9 - 1000),)))
    frame = SensorFrame(2, 10**9 + 400_000_000)
    assert gate.admit(frame) == (frame, [])


def test_an_old_sample_beside_newer_ones_moves_nothing(gate):
    gate.admit(SensorFrame(1, 10**9, (gaze(10**9),)))
    frame = SensorFrame(2, 10**9 + 20_000_000, (gaze(5),))
    assert gate.admit(frame) == (frame, [])


@pytest.mark.parametrize(
    "sample", [replace(gaze(0), stream=7), replace(gaze(0), values=np.zeros(3, np.float32))]
)
def test_a_sample_that_the_headset_cannot_have_is_told(gate, sample):
    frame, codes = gate.admit(SensorFrame(1, 0, (sample,)))
    assert codes == [Code.SAMPLE]
    assert frame is not None
