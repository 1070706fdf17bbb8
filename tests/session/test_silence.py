"""`Silence`: a stream is missed when frames come without it, for longer than the face holds on."""

from dataclasses import replace

import numpy as np

from vrface.log import Event
from vrface.sensors import Sample, SensorFrame, headset
from vrface.session.silence import SILENT_PERIODS, SILENT_S, Silence

MS = 1_000_000
PROFILE = headset("vive_pro_eye_lip")
NAMES = [stream.name for stream in PROFILE.streams]


def frame(*streams: int) -> SensorFrame:
    return SensorFrame(1, 0, tuple(Sample(k, 0, np.zeros(1, np.float32)) for k in streams))


def events(silence: Silence, frames: list[tuple[int, SensorFrame]]) -> list[tuple[int, Event]]:
    return [(ms, event) for ms, one in frames for event in silence.frame(one, ms * MS)]


def test_a_stream_that_falls_silent_is_told_once_and_again_when_it_is_back():
    frames = [
        (ms, frame(0, 1, 2) if ms < 100 or ms >= 900 else frame(0, 2)) for ms in range(0, 1200, 10)
    ]
    found = events(Silence(PROFILE.streams), frames)
    assert found == [
        (610, Event.drop_out(NAMES[1], 100 * MS)),
        (900, Event.drop_out(NAMES[1], 100 * MS, 900 * MS)),
    ]
    assert SILENT_S == 0.5
    assert [event.text for _, event in found] == ["gaze is silent.", "gaze is back after 0.8 s."]


def test_a_short_pause_is_none():
    frames = [(ms, frame(0, 1, 2) if ms % 400 == 0 else frame(0, 2)) for ms in range(0, 4000, 10)]
    assert events(Silence(PROFILE.streams), frames) == []


def test_a_stream_that_never_came_is_missed_from_the_first_frame_on():
    found = events(Silence(PROFILE.streams), [(ms, frame(0, 1)) for ms in range(7, 2000, 10)])
    assert found == [(517, Event.drop_out(NAMES[2], 7 * MS))]


def test_while_no_frame_comes_no_stream_is_missed():
    frames = [(0, frame(0, 1, 2)), (5000, frame(0)), (5010, frame(1, 2)), (9000, frame(0, 1, 2))]
    assert events(Silence(PROFILE.streams), frames) == []


def test_a_slow_stream_has_as_many_periods_as_a_fast_one():
    slow = replace(PROFILE.streams[0], rate_hz=2.0)
    limit_ms = int(SILENT_PERIODS / 2.0 * 1000)
    frames = [(ms, frame()) for ms in range(0, limit_ms + 20, 10)]
    ((at_ms, _),) = events(Silence([slow]), frames)
    assert at_ms == limit_ms + 10


def test_a_clock_that_goes_back_and_samples_of_no_stream_make_no_difference():
    silence = Silence(PROFILE.streams)
    frames = [(1000, frame(0, 1, 2, 99)), (10, frame(99)), (20, frame(0, 1, 2))]
    assert events(silence, frames) == []
