"""What belongs to an activity is told of that activity alone; times are those put in."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.realism.faces import REST, pulses, take
from vrface.simulation.behaviour.plan import LISTEN, TALK
from vrface.simulation.performance import FINE_HZ, perform
from vrface.simulation.wearer import Wearer
from vrface.training.realism.dynamics import dynamics


@pytest.fixture(scope="module")
def someone():
    return perform(Wearer.drawn(1), seed=1, seconds=60.0 + 1.0 / FINE_HZ)


def _doing(someone, activity, blink, pitch=lambda s: 0.0 * s):
    face = take({"eyeBlink": blink}, pitch=pitch, rate_hz=FINE_HZ)
    doing = np.full(len(face.time_ns), activity)
    return replace(someone, weights=face.weights, gaze=face.gaze, activity=doing)


def test_blinks_are_counted_where_they_belong(someone):
    found = dynamics(_doing(someone, TALK, pulses((0.8,))), REST)
    assert found["blinks_talking"] == pytest.approx(15.0, rel=0.01)
    assert found["blinks_resting"] is None


def test_a_moment_of_talk_tells_no_rate(someone):
    listening = _doing(someone, LISTEN, pulses((0.8,)))
    listening.activity[: round(3 * FINE_HZ)] = TALK
    found = dynamics(listening, REST)
    assert found["blinks_talking"] is None
    assert found["blinks_resting"] == pytest.approx(15.0, rel=0.1)


def test_a_blink_has_its_times_and_its_speed(someone):
    found = dynamics(_doing(someone, TALK, pulses((0.8,), up_s=0.08, down_s=0.16)), REST)
    assert found["fine_closing_ms"] == pytest.approx(80.0, abs=4.0)
    assert found["fine_opening_ms"] == pytest.approx(160.0, abs=6.0)
    assert found["fine_main"] == pytest.approx(1 / 0.08, rel=0.05)


def _steps(time_s):
    """Every second a saccade of 25 ms and 2.4 ms per degree, of 4 to 16 degrees in turn."""
    sizes = np.array([4.0, 10.0, 16.0, 8.0])
    number = (time_s // 1.0).astype(int)
    size, sign = sizes[number // 2 % 4], np.where(number % 2, -1.0, 1.0)
    done = np.clip(time_s % 1.0 / (0.025 + 0.0024 * size), 0.0, 1.0)
    return np.deg2rad(np.where(sign > 0, done, 1.0 - done) * size)


def test_saccades_last_as_long_as_they_were_made(someone):
    found = dynamics(_doing(someone, TALK, lambda s: 0.0 * s, _steps), REST)
    assert found["saccade_ms_per_deg"] == pytest.approx(2.4, abs=0.3)
    assert found["saccade_ms_at_0"] == pytest.approx(25.0, abs=4.5)


def test_eyes_that_rest_have_no_main_sequence(someone):
    found = dynamics(_doing(someone, TALK, pulses((0.8,))), REST)
    assert found["saccade_ms_per_deg"] is None
